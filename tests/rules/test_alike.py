"""Finding likely twins among thousands by their rarest pairs misses none that a comparison with all would find."""

import random
from datetime import date
from uuid import UUID

from events.submissions.matching import ALIKE, Candidate, Candidates, _pairs

HERE = frozenset({"310110", "310000"})
DAY = date(2026, 5, 2)


def test_the_short_way_finds_what_the_long_way_finds() -> None:
    draw = random.Random(1)  # noqa: S311 - the same titles every time
    titles = ["".join(draw.choices("滨江健步走社区篮球赛", k=draw.randint(1, 9))) for _ in range(300)]
    stored = [Candidate(UUID(int=n), title, "310110", HERE, DAY, DAY) for n, title in enumerate(titles)]
    candidates = Candidates(stored)
    found = {title: [c.id for c, _ in candidates.like(title, "310110", HERE, DAY, DAY)] for title in titles}
    assert found == {title: _by_comparing(title, stored) for title in titles}
    assert sum(len(ids) > 1 for ids in found.values()) > 20


def _by_comparing(title: str, stored: list[Candidate]) -> list[UUID]:
    ours = _pairs(title)
    scores = [(2 * len(ours & (theirs := _pairs(c.title))) / (len(ours) + len(theirs)), c.id) for c in stored]
    return [id_ for score, id_ in sorted(scores, key=lambda pair: (-pair[0], pair[1])) if score >= ALIKE][:3]
