"""Months of 20,000 events under many filters while the offices write, beside the least that the same server can do."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from urllib.parse import quote
from uuid import UUID

from tests.bench import load
from tests.bench.figures import Figure, ratio
from tests.bench.filling import City, fill, found_city, months_around, settle
from tests.bench.servers import Bench, answering, free_port
from tests.bench.writing import Office, office_key, writing

EVENTS, MONTHS, ADDRESSES = 20_000, 24, 200
ROUNDS, SECONDS, SHORT, CLIENTS = 4, 2.5, 0.8, 16


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with bench.installation() as installation:
        city, months = await found_city(installation), months_around(MONTHS)
        event_ids = await fill(installation, city, EVENTS, months)
        await settle(installation)
        key, bare_port = await office_key(installation), free_port()
        with bench.running("-m", "tests.bench.bare", str(bare_port)) as bare:
            await answering(bare_port, "/", bare)
            async with bench.web(str(installation.settings.database_url)) as port:
                rates: dict[str, list[float]] = {"bare": [], "live": [], "JSON": [], "page": []}
                json, page = addresses("/api/v1/calendar", months, city), addresses("/calendar", months, city)
                office = Office(port, key)
                others = other_pages(months[MONTHS // 2], event_ids[0])
                for requests in (json, page, others.values()):
                    await asked(port, [*requests], seconds=None)
                for _ in range(ROUNDS):
                    rates["bare"].append(await asked(bare_port, [load.get("/")]))
                    rates["live"].append(await asked(port, [load.get("/health/live")]))
                    for name, requests in (("JSON", json), ("page", page)):
                        async with writing(office, event_ids):
                            rates[name].append(await asked(port, requests))
                rates |= {name: [await asked(port, [one], seconds=SHORT) for _ in range(ROUNDS)] for name, one in others.items()}
    yield ratio("/health/live : a bare Litestar handler", 0.8, rates["live"], rates["bare"])
    yield ratio("month JSON, 200 addresses, 5 writes/s : /health/live", 0.5, rates["JSON"], rates["live"])
    yield ratio("month page, 200 addresses, 5 writes/s : /health/live", 0.35, rates["page"], rates["live"])
    for name in others:
        yield ratio(f"{name} page : /health/live", 0.2, rates[name], rates["live"])


def other_pages(month: date, event_id: UUID) -> dict[str, bytes]:
    """The other public pages, one of each."""
    paths = {
        "event": f"/events/{event_id}",
        "subscribe": "/subscribe",
        "agenda": f"/calendar/{month:%Y-%m}/agenda",
        "week": f"/calendar/week/{month}",
        "year": f"/calendar/{month.year}",
        "streets": f"/calendar/{month:%Y-%m}/streets",
        "map": f"/calendar/{month:%Y-%m}/map",
        "print": f"/calendar/{month:%Y-%m}/print",
        "brands": "/brands/310110",
    }
    return {name: load.get(path, Accept_Encoding="gzip") for name, path in paths.items()}


async def asked(port: int, requests: Sequence[bytes], *, seconds: float | None = SECONDS) -> float:
    """Answers a second; anything but a 200 or 304 ends the measuring."""
    measured = await load.run(port, requests, clients=CLIENTS, seconds=seconds)
    if not measured.statuses.keys() <= {200, 304}:
        raise RuntimeError(f"answered {measured.statuses}")
    return measured.rate


def addresses(path: str, months: Sequence[date], city: City) -> list[bytes]:
    """200 months under filters, each asked for as browsers and programs do: compressed."""
    return [load.get(f"{path}/{months[n % len(months)]:%Y-%m}{query}", Accept_Encoding="gzip") for n, query in enumerate(_queries(city))]


def _queries(city: City) -> list[str]:
    """A ninth asks for the whole month; the others for tiers, districts, streets, brands, sports, audiences, words, and two at once."""
    districts = [code for code, _, tier in city.regions if tier == "district"]
    streets = [code for code, _, tier in city.regions if tier == "street"]
    made = []
    for n in range(ADDRESSES):
        tier = ("city", "district", "street")[n % 3]
        district, street = districts[n % len(districts)], streets[n % len(streets)]
        series, sport = city.series[n % len(city.series)][1], city.sports[n % len(city.sports)][0]
        kinds = (
            "", f"?tier={tier}", f"?region={district}", f"?region={street}", f"?series={series}", f"?sport={sport}",
            f"?audience=family&tier={tier}", f"?q={quote('羽毛球')}", f"?region={district}&tier=street",
        )  # fmt: skip
        made.append(kinds[n % len(kinds)])
    return made
