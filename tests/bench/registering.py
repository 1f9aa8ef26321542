"""Teams of eight that all want into one division, over HTTP and beside the same transaction in plain asyncpg."""

import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tests.bench import load
from tests.bench.figures import Figure, most, ratio
from tests.bench.filling import settle
from tests.bench.plain import register_plainly
from tests.bench.servers import Bench
from tests.teams import make_division, team

QUOTA = 1_000_000
ROUNDS, SECONDS, WARMING = 4, 1.5, 1.0
ROSTER = [{"name": f"队员{n}", "role": "athlete"} for n in range(8)]


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with bench.installation() as installation:
        dsn = str(installation.settings.database_url)
        hot, plain = [await make_division(installation, quota=QUOTA) for _ in range(2)]
        async with bench.web(dsn, TRUSTED_PROXIES="127.0.0.1") as port:
            await _register(port, hot, clients=8, seconds=WARMING)
            await register_plainly(dsn, plain, clients=8, seconds=WARMING)
            await settle(installation)
            for clients in (8, 32):
                ours, least = [], []
                for _ in range(ROUNDS):
                    least.append(await register_plainly(dsn, plain, clients=clients, seconds=SECONDS))
                    ours.append((await _register(port, hot, clients=clients, seconds=SECONDS)).rate)
                yield ratio(f"registration over HTTP, {clients} clients : plain asyncpg", 0.25, ours, least)
            crowd = await _register(port, hot, clients=64, seconds=2 * SECONDS)
            yield most("registration over HTTP, 64 clients, p99", 500, crowd.percentile(0.99), "ms")


async def _register(port: int, division_id: UUID, *, clients: int, seconds: float) -> load.Measured:
    measured = await load.run(port, registrations(division_id), clients=clients, seconds=seconds)
    if measured.statuses.keys() != {201}:
        raise RuntimeError(f"answered {measured.statuses}")
    return measured


def registrations(division_id: UUID, **changes: Any) -> Iterator[bytes]:
    """Requests without end, each of another team and, as in a rush, from anywhere: of one network few get as far."""
    path = f"/api/v1/divisions/{division_id}/registrations"
    for _ in itertools.count():
        body = msgspec.json.encode(team(roster=ROSTER, **changes))
        network = f"198.18.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        yield load.post(path, body, Idempotency_Key=uuid4().hex, X_Forwarded_For=network)
