"""A small HTTP/1.1 load client: so many connections, each asking again as soon as it is answered, for so long."""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass
class Measured:
    """Answers of one run: how many, in how many seconds, by status, and each one's time in seconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)] * 1000


def get(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: bench", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    given = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [f"POST {path} HTTP/1.1", "Host: bench", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class _Connection(asyncio.Protocol):
    """One connection: sends the next request when the whole answer to the last one has come."""

    def __init__(self, requests: Iterator[bytes], measured: Measured, done: asyncio.Future[None]) -> None:
        self.requests, self.measured, self.done = requests, measured, done
        self.missing = 0
        self.begun = 0.0
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing:
            self.missing -= len(data)
        else:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, rest = self.head[:end].lower(), len(self.head) - end - 4
            self.status = int(head[9:12])
            at = head.find(b"content-length:")
            self.missing = (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0) - rest
            self.head = b""
        if self.missing == 0:
            self.measured.times.append(time.perf_counter() - self.begun)
            self.measured.statuses[self.status] = self.measured.statuses.get(self.status, 0) + 1
            self.ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def run(port: int, requests: Iterable[bytes], *, clients: int, seconds: float | None = None) -> Measured:
    """Ask each request once; with `seconds`, for so long, a list of requests round and round, an iterator as far as it goes."""
    measured = Measured()
    begun = time.perf_counter()
    source: Iterator[bytes] = iter(requests)
    if seconds is not None:
        end, around = begun + seconds, itertools.cycle(requests) if isinstance(requests, list) else source
        source = itertools.takewhile(lambda _: time.perf_counter() < end, around)
    loop = asyncio.get_running_loop()
    waits: list[asyncio.Future[None]] = []
    for _ in range(clients):
        done = loop.create_future()
        await loop.create_connection(lambda done=done: _Connection(source, measured, done), "127.0.0.1", port)
        waits.append(done)
    await asyncio.gather(*waits)
    measured.seconds = time.perf_counter() - begun
    return measured
