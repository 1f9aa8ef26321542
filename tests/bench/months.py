"""What a month costs that must be made anew, beside few and beside very many events of other months; and searching the many."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from statistics import quantiles
from uuid import UUID

from infra.installation import Installation
from tests.bench import load, search
from tests.bench.figures import Figure
from tests.bench.filling import fill, found_city, months_around, settle
from tests.bench.servers import Bench
from tests.bench.writing import Office, office_key

HERE, FEW, MANY = 500, 1_000, 100_000
ROUNDS, MONTHS = 32, 48


@dataclass
class Served:
    installation: Installation
    port: int
    office: Office
    event_ids: Sequence[UUID]
    month: date

    async def made_anew(self, number: int) -> float:
        """Milliseconds for the month's page just after a write to it."""
        await self.office.rename(self.event_ids[number], f"改名{number}")
        begun = time.perf_counter()
        await load.run(self.port, [load.get(f"/calendar/{self.month:%Y-%m}")], clients=1)
        return (time.perf_counter() - begun) * 1000


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with AsyncExitStack() as stack:
        few, many = [await _served(bench, stack, others) for others in (FEW, MANY)]
        taken: dict[int, list[float]] = {FEW: [], MANY: []}
        for number in range(ROUNDS + 2):
            for others, served in ((FEW, few), (MANY, many)):
                milliseconds = await served.made_anew(number)
                if number >= 2:
                    taken[others].append(milliseconds)
        # The quickest quarter, because what else the machine does only ever adds.
        least, most = [quantiles(taken[others], n=4)[0] for others in (FEW, MANY)]
        name = "month page made anew, 100,000 : 1,000 events in other months"
        yield Figure(name, f"{most:.0f} : {least:.0f} ms", most / least, 1.3, at_most=True)
        async for figure in search.measure(many.installation, many.port):
            yield figure


async def _served(bench: Bench, stack: AsyncExitStack, others: int) -> Served:
    installation = await stack.enter_async_context(bench.installation())
    city, months = await found_city(installation), months_around(MONTHS)
    month = months.pop(MONTHS // 2)
    await fill(installation, city, others, [one for one in months if one < month or (one - month).days > 40])
    event_ids = await fill(installation, city, HERE, [month], seed=2)
    await settle(installation)
    port = await stack.enter_async_context(bench.web(str(installation.settings.database_url)))
    return Served(installation, port, Office(port, await office_key(installation)), event_ids, month)
