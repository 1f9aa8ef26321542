"""Which stored event a row without a number may be: listed for a person to decide, never merged by us. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from events.calendar.search import normal

# Titles that share fewer than this of their pairs are two events; dates further apart than this are two years or two rounds.
ALIKE = 0.6
DAYS_APART = timedelta(days=31)
# Titles of one pattern by the thousand (健身赛1 … 健身赛9999) share all their pairs: those with the rarest pairs are the likest.
ENOUGH = 500
# Two days further apart than this are the same event only when it was moved, which a later file of another source seldom tells.
ROUNDS_APART = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored event as it is compared."""

    id: UUID
    title: str
    region_code: str
    within: frozenset[str]
    first_on: date | None
    last_on: date | None
    days: bool = False
    sports: frozenset[str] = frozenset()
    source: str | None = None
    source_key: str | None = None


class Candidates:
    """The stored events, found by the pairs of characters in their titles: a file of thousands is compared with few of them."""

    def __init__(self, stored: Iterable[Candidate]) -> None:
        self._stored = [(candidate, _pairs(candidate.title)) for candidate in stored]
        self._by_pair: dict[str, list[int]] = defaultdict(list)
        for at, (_, pairs) in enumerate(self._stored):
            for pair in pairs:
                self._by_pair[pair].append(at)

    def like(
        self, title: str, code: str, within: frozenset[str], first_on: date | None, last_on: date | None
    ) -> list[tuple[Candidate, float]]:
        """The three likest, best first: a title alike, in the region or around it, at about the time or at a time not known."""
        pairs = _pairs(title)
        found: list[tuple[Candidate, float]] = []
        for at in self._near(pairs):
            candidate, theirs = self._stored[at]
            related = code in candidate.within or candidate.region_code in within
            if related and _near_in_time(first_on, last_on, candidate):
                alike = 2 * len(pairs & theirs) / (len(pairs) + len(theirs))
                found += [(candidate, alike)] if alike >= ALIKE else []
        return sorted(found, key=lambda pair: (-pair[1], pair[0].id))[:3]

    def _near(self, pairs: frozenset[str]) -> set[int]:
        """Those that share one of the rarest pairs: who shares 0.6 of all pairs can't miss every one of the rarest 0.6 of ours."""
        rarest = sorted(pairs, key=lambda pair: len(self._by_pair.get(pair, ())))
        most = len(rarest) - int(len(rarest) * ALIKE / (2 - ALIKE)) + 1
        near: set[int] = set()
        for pair in rarest[:most]:
            if len(near) < ENOUGH:
                near.update(self._by_pair.get(pair, ()))
        return near


def is_weak(
    title: str, first_on: date | None, last_on: date | None, sports: frozenset[str], theirs: Candidate, words: Collection[str]
) -> bool:
    """Whether a likeness is only one of a series' rounds (both days are known, and weeks apart) or of two sports under one name."""
    if theirs.days and first_on and last_on and theirs.first_on and theirs.last_on:
        apart = max(first_on - theirs.last_on, theirs.first_on - last_on)
        if apart > ROUNDS_APART:
            return True
    ours, other = ({word for word in words if word in text} for text in (title, theirs.title))
    return bool(sports and theirs.sports and not sports & theirs.sports) or bool(ours and other and not ours & other)


def _pairs(title: str) -> frozenset[str]:
    text = normal(title).replace(" ", "")
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1)))


def _near_in_time(first_on: date | None, last_on: date | None, candidate: Candidate) -> bool:
    if first_on is None or last_on is None or candidate.first_on is None or candidate.last_on is None:
        return True
    return candidate.first_on - DAYS_APART <= last_on and first_on <= candidate.last_on + DAYS_APART
