"""What the whole tree of `saili run` holds in memory, PostgreSQL included, after it has answered some requests."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import psutil

from infra import clock
from tests.bench import load
from tests.bench.figures import Figure, most
from tests.bench.filling import ZONE
from tests.bench.servers import Bench, answering, free_port

MOST_MB, SETTLING = 600, 3.0


async def measure(bench: Bench) -> AsyncIterator[Figure]:
    port, data = free_port(), bench.folder / "run"
    environment = {"PORT": str(port), "SAILI_DATA": str(data), "LOG_LEVEL": "WARNING", "DATABASE_URL": "", "SMTP_URL": ""}
    with bench.running("-m", "events.cli", "run", **environment) as process:
        await answering(port, "/health/ready", process, seconds=60)
        month = f"{clock.today(ZONE):%Y-%m}"
        paths = [f"/calendar/{month}", f"/calendar/{month}?lang=en", f"/api/v1/calendar/{month}", "/feeds/events.ics"]
        requests = [load.get(path, Accept_Encoding="gzip") for path in [*paths, f"/api/v1/events?q={quote('赛')}"]]
        await load.run(port, requests, clients=16, seconds=SETTLING)
        await asyncio.sleep(SETTLING)
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        held = sum(_proportional(member.pid) for member in tree)
    if (note := data / "postgres.home").exists():  # root's database lies elsewhere
        shutil.rmtree(note.read_text().strip())
    yield most("memory of the whole default tree (PSS)", MOST_MB, held, "MB")


def _proportional(pid: int) -> float:
    """A process's share in MB: what it shares with others is divided among them (proc(5), smaps_rollup)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
