"""Two web processes: how long a commit made through one stays unseen at the other."""

import asyncio
import http.client
import time
from collections.abc import AsyncIterator
from uuid import UUID

from tests.bench.figures import Figure, most
from tests.bench.filling import fill, found_city, months_around
from tests.bench.servers import Bench
from tests.bench.writing import Office, office_key

EVENTS, WRITES, GIVEN_UP = 2_000, 40, 5.0


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with bench.installation() as installation:
        city, months = await found_city(installation), months_around(4)
        district = city.regions[1][0]
        await fill(installation, city, EVENTS, months[2:3], rendered=True)
        mine = await fill(installation, city, 41, months[2:3], seed=2, rendered=True, region_code=district)
        dsn, key = str(installation.settings.database_url), await office_key(installation)
        addresses = {
            "month JSON": f"/api/v1/calendar/{months[2]:%Y-%m}?region={district}",
            "month page": f"/calendar/{months[2]:%Y-%m}?region={district}",
            "feed": f"/feeds/events.ics?region={district}",
        }
        async with bench.web(dsn) as a, bench.web(dsn) as b:
            office = Office(a, key)
            unseen: dict[str, list[float]] = {name: [] for name in addresses}
            for number in range(WRITES):
                # The first of forty is undated and in no feed.
                await _write_and_look(office, b, mine[1 + number % 39], f"第{number}次改名", addresses, unseen)
    for name, seconds in unseen.items():
        yield most(f"commit unseen by another process's {name}, longest of {WRITES}", 1000, max(seconds) * 1000, "ms")


async def _write_and_look(
    office: Office, port: int, event_id: UUID, title: str, addresses: dict[str, str], unseen: dict[str, list[float]]
) -> None:
    for address in addresses.values():
        await asyncio.to_thread(_body, port, address)
    await office.rename(event_id, title)
    committed = time.monotonic()
    seen = await asyncio.gather(*(asyncio.to_thread(_seen, port, address, title, committed) for address in addresses.values()))
    for name, seconds in zip(addresses, seen, strict=True):
        unseen[name].append(seconds)


def _seen(port: int, address: str, title: str, committed: float) -> float:
    """The seconds from the answered write to the request whose answer shows it."""
    while True:
        asked = time.monotonic() - committed
        if title.encode() in _body(port, address).replace(b"\r\n ", b""):
            return asked
        if asked > GIVEN_UP:
            return asked
        time.sleep(0.005)


def _body(port: int, address: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", address)
    body = connection.getresponse().read()
    connection.close()
    return body
