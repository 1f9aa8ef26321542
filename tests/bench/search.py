"""Searching 100,000 events for words of 1, 2, 3 and 8 characters that stand in many, in few and in none."""

import time
from collections.abc import AsyncIterator
from statistics import median
from urllib.parse import quote

from sqlalchemy import event

from events.calendar.filters import Filters
from events.calendar.listing import Asked, list_entries
from infra import clock
from infra.installation import Installation
from tests.bench import load
from tests.bench.figures import Figure, most
from tests.bench.filling import ZONE

REPEATS = 21
COMMON = ("赛", "街道", "羽毛球", "街道社区羽毛球公")
RARE = ("藤", "藤球", "藤球动", "殷行街道亲子藤球")


async def measure(installation: Installation, port: int) -> AsyncIterator[Figure]:
    """In a database of 100,000 events and through the web process before it."""
    asking = {word: await _in_database(installation, word) for word in (*COMMON, *RARE)}
    over_http = {word: await _over_http(port, word) for word in asking}
    for kind, words in (("common", COMMON), ("rare", RARE)):
        for word in words:
            name = f"search, 100,000 events, {len(word)} characters, {kind}"
            yield most(f"{name}, statements", 20, asking[word], "ms")
            yield most(f"{name}, over HTTP", 20, over_http[word], "ms")


async def _in_database(installation: Installation, word: str) -> float:
    """The milliseconds that the list's statements take, as their sender sees them; the median of some."""
    taken: list[float] = []
    begun = 0.0

    def before(*_: object) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def after(*_: object) -> None:
        taken[-1] += (time.perf_counter() - begun) * 1000

    engine = installation.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    asked = Asked(Filters(q=(word,)))
    async with installation.reader.connect() as connection:
        for _ in range(REPEATS):
            taken.append(0.0)
            await list_entries(connection, asked, clock.now(), ZONE)
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
    return median(taken)


async def _over_http(port: int, word: str) -> float:
    measured = await load.run(port, [load.get(f"/api/v1/events?q={quote(word)}")] * REPEATS, clients=1)
    if measured.statuses.keys() != {200}:
        raise RuntimeError(f"answered {measured.statuses}")
    return measured.percentile(0.5)
