"""What is measured: a durable PostgreSQL with a database of its own for each part, and processes as an operator starts them."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from events.calendar.sports import ensure_sports
from events.regions.service import load_facts, set_up
from events.tables import metadata
from infra import postgres
from infra.database import make_engine, make_sessions
from infra.installation import Installation, open_installation
from infra.migrations import upgrade
from infra.processes import spawn
from infra.settings import read_settings
from tests.databases import Server

ROOT = Path(__file__).parents[2]
SECRET = "a key for measuring, of enough characters"
START_SECONDS = 30


@dataclass
class Bench:
    """Databases and processes, all gone when the measuring ends."""

    server: Server
    folder: Path
    template: str
    databases: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def installation(self) -> AsyncIterator[Installation]:
        """A fresh database with the facts in it, as a process of ours sees it."""
        name = f"saili_bench_{uuid.uuid4().hex[:12]}"
        dsn = await self.server.create(name, self.template)
        opened = open_installation(read_settings(self.environment(dsn)), dsn, pool_size=10)
        try:
            yield opened
        finally:
            await opened.close()
            await self.server.drop(name)

    def environment(self, dsn: str, **more: str) -> dict[str, str]:
        return {"DATABASE_URL": dsn, "SAILI_DATA": str(self.folder), "SECRET_KEY": SECRET, "LOG_LEVEL": "WARNING", **more}

    @asynccontextmanager
    async def web(self, dsn: str, **more: str) -> AsyncIterator[int]:
        """A web process; its port, once it answers."""
        port = free_port()
        with self.running("-m", "events.cli", "web", **self.environment(dsn, PORT=str(port), NETWORK_LIMIT="1000000", **more)) as process:
            await answering(port, "/health/ready", process)
            yield port

    @contextmanager
    def running(self, *arguments: str, output: Path | None = None, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A Python program of ours, from here to the end of the block; it is told to end, and killed when it doesn't."""
        log = output or self.folder / f"{uuid.uuid4().hex[:8]}.log"
        with log.open("wb") as said:
            process = spawn([sys.executable, *arguments], env={**os.environ, **environment}, output=said, cwd=ROOT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            words = log.read_text(errors="replace").strip()
            if words and process.returncode not in (0, -signal.SIGTERM):
                print("\n".join(f"    {arguments[-1]} | {line}" for line in words.splitlines()[-12:]), file=sys.stderr)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """The server that SAILI_BENCH_DATABASE_URL names (its role may create databases), else an embedded one that syncs as in earnest."""
    folder = Path(tempfile.mkdtemp(prefix="saili-bench-"))
    embedded = None if (given := os.environ.get("SAILI_BENCH_DATABASE_URL")) else postgres.start(folder / "server")
    server = Server(given or (embedded.dsn if embedded else ""))
    template = f"saili_bench_{uuid.uuid4().hex[:12]}"
    try:
        await _fill_facts(await server.create(template))
        yield Bench(server, folder, template)
    finally:
        await server.drop(template)
        if embedded:
            embedded.stop()
            shutil.rmtree(embedded.home)
        shutil.rmtree(folder, ignore_errors=True)


async def _fill_facts(dsn: str) -> None:
    upgrade(dsn, metadata())
    engine = make_engine(dsn, pool_size=1)
    async with make_sessions(engine).begin() as session:
        await load_facts(session)
        await set_up(session, "310000")
        await ensure_sports(session)
    await engine.dispose()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def answering(port: int, path: str, process: subprocess.Popen[bytes], *, seconds: float = START_SECONDS) -> None:
    """Wait until the address answers 200."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close())
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {path} of port {port}")
