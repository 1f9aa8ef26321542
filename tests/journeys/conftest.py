import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.journeys.tree import Running, remove
from tests.workers.office import Sink, serving

Start = Callable[..., Running]


@dataclass(frozen=True)
class Place:
    """A data folder that `saili run` was started on once; `said` is what it said then, with the port it was given."""

    data: Path
    port: int
    said: list[str]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Named relative to where it was started, with a space and with Chinese in its path."""
    folder, port = tmp_path_factory.mktemp("new machine"), free_port()
    running = Running("run", cwd=folder, SAILI_DATA="赛历 data/here", PORT=port)
    data = folder / "赛历 data" / "here"
    try:
        try:
            asyncio.run(running.is_ready())
        finally:
            running.kill()
        yield Place(data, port, running.lines)
    finally:
        remove(data)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command that is gone after the test, whatever became of it."""
    started: list[Running] = []

    def begin(*words: str, **own: object) -> Running:
        started.append(Running(*words, **own))
        return started[-1]

    yield begin
    for running in started:
        with contextlib.suppress(ProcessLookupError):
            running.kill()


@pytest.fixture
async def http(unused_tcp_port: int) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever asks the web server on this test's port."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", timeout=10) as client:
        yield client


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with serving() as sink:
        yield sink
