"""A feed of 1,000 events in the three ways that calendar programs ask for it, while the offices write."""

from collections.abc import AsyncIterator

from tests.bench import load
from tests.bench.figures import Figure, ratio
from tests.bench.filling import fill, found_city, months_around, settle
from tests.bench.reads import asked
from tests.bench.servers import Bench
from tests.bench.writing import Office, office_key, writing

EVENTS, CARRIED = 10_000, 1_000
ROUNDS, SECONDS = 3, 2.0
PATH = "/feeds/events.ics?series=brand-0&alarm="


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with bench.installation() as installation:
        city, months = await found_city(installation), months_around(4)
        brand = city.series.pop(0)[0]
        others = await fill(installation, city, EVENTS, months)
        await fill(installation, city, CARRIED, months[2:], seed=2, rendered=True, series_id=brand, board_id=None, date_text=None)
        await settle(installation)
        key = await office_key(installation)
        async with bench.web(str(installation.settings.database_url)) as port:
            office = Office(port, key)
            requests = {
                "304": [load.get(PATH, If_None_Match="*")],
                "200 compressed": [load.get(PATH, Accept_Encoding="gzip")],
                "200 plain": [load.get(PATH)],
            }
            live: list[float] = []
            rates: dict[str, list[float]] = {name: [] for name in requests}
            for _ in range(ROUNDS):
                live.append(await asked(port, [load.get("/health/live")], seconds=SECONDS))
                for name, request in requests.items():
                    async with writing(office, others):
                        rates[name].append(await asked(port, request, seconds=SECONDS))
    for name, target in (("304", 0.6), ("200 compressed", 0.25), ("200 plain", 0.1)):
        yield ratio(f"feed of 1,000 events, {name}, 5 writes/s : /health/live", target, rates[name], live)
