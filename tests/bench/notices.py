"""Mail to team leaders: how soon after the commit when nothing else is to do, and how many a second when very much is."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from infra.installation import Installation
from tests.bench.figures import Figure, least, most
from tests.bench.filling import settle
from tests.bench.servers import Bench, free_port
from tests.teams import enter, make_division
from tests.waiting import until

IDLE, DRAINED, GIVEN_UP = 60, 1_500, 40.0


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    async with bench.installation() as installation:
        division_id, accepted = await make_division(installation, quota=1_000_000), bench.folder / "accepted"
        smtp = free_port()
        environment = bench.environment(str(installation.settings.database_url), SMTP_URL=f"smtp://127.0.0.1:{smtp}")
        with bench.running("-m", "tests.bench.sink", str(smtp), output=accepted):
            for part in ("first", "waiting"):
                with contextlib.ExitStack() as parts:
                    if part == "first":
                        _start(bench, parts, environment)
                        committed = await _idle(installation, division_id, accepted)
                    else:
                        await _enter_many(installation, division_id)
                        await settle(installation)
                        _start(bench, parts, environment)
                        await until(lambda: len(_accepted(accepted)) >= IDLE + DRAINED, seconds=GIVEN_UP)
        times = _accepted(accepted)
    delays = sorted(times.pop(name) - at for name, at in committed.items() if name in times)
    drained = sorted(at for name, at in times.items() if name.startswith("waiting"))
    yield most(f"notices when idle, commit to SMTP accepted, p95 of {len(delays)}", 2, delays[int(len(delays) * 0.95)], "s")
    yield least(f"notices drained by one worker, {len(drained)} mails", 150, (len(drained) - 1) / (drained[-1] - drained[0]), "/s")


def _start(bench: Bench, parts: contextlib.ExitStack, environment: dict[str, str]) -> None:
    for part in ("relay", "worker"):
        parts.enter_context(bench.running("-m", "events.cli", part, **environment))


async def _idle(installation: Installation, division_id: UUID, accepted: Path) -> dict[str, float]:
    """Teams that enter one at a time; the instant of each one's commit by its address. The first finds the processes still starting."""
    await _enter(installation, division_id, "starting@example.org")
    await until(lambda: bool(_accepted(accepted)), seconds=GIVEN_UP)
    committed = {}
    for number in range(IDLE - 1):
        address = f"idle{number}@example.org"
        await _enter(installation, division_id, address)
        committed[address] = time.monotonic()
        await asyncio.sleep(0.05 + secrets.randbelow(200) / 1_000)  # so that no rhythm of a poll is met
    await until(lambda: len(_accepted(accepted)) >= IDLE, seconds=GIVEN_UP)
    return committed


async def _enter_many(installation: Installation, division_id: UUID) -> None:
    async def some(start: int) -> None:
        for number in range(start, DRAINED, 8):
            await _enter(installation, division_id, f"waiting{number}@example.org")

    await asyncio.gather(*map(some, range(8)))


async def _enter(installation: Installation, division_id: UUID, address: str) -> None:
    phone = f"+861{30 + secrets.randbelow(10)}{secrets.randbelow(10**8):08}"
    await enter(installation, division_id, network_limit=1_000_000, leader={"name": "王芳", "phone": phone, "email": address})


def _accepted(path: Path) -> dict[str, float]:
    """When the mail to each address was first accepted, on the clock that all processes share."""
    found: dict[str, float] = {}
    for line in path.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            address, at = line.split()
            found.setdefault(address, float(at))
    return found
