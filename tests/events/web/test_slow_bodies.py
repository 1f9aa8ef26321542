"""A request whose body is slow costs nobody else anything: no connection to the database waits for it, and it is not waited for long."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from events.registrations.tokens import manage_token
from infra import web
from infra.database import passes
from infra.installation import Installation, open_installation
from tests.apps import app_over
from tests.followers import follow, manage_code
from tests.serving import served
from tests.teams import desk, enter, make_division

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
DOOR = "/registrations/manage"


def writing(app: Litestar) -> Iterator[tuple[str, str]]:
    """Every method and address that takes a body."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from ((method, route.path) for method in sorted(route.methods - {"GET", "HEAD", "OPTIONS"}))


@asynccontextmanager
async def begun(address: str, method: str, path: str, *headers: str) -> AsyncIterator[Connection]:
    """A request whose head was sent, and of whose body nothing was."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Length: 100", "Accept: text/html", *headers]
    writer.write("\r\n".join([*head, "", ""]).encode())
    await writer.drain()
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def credentials(installation: Installation) -> tuple[dict[str, str], list[str]]:
    """Ids that addresses may name, and headers with everything that opens what lies there."""
    division = await make_division(installation)
    made = await enter(installation, division)
    followed = manage_code(installation, await follow(installation, "follower@example.org"))
    cookies = f"saili_manage={manage_token(installation.keys, made.id, 0)}; saili_follow={followed}"
    key = (await desk(installation))["Authorization"]
    return {"registration_id": str(made.id), "division_id": str(division)}, [f"Cookie: {cookies}", f"Authorization: {key}"]


async def test_no_connection_to_the_database_waits_for_a_body(installation: Installation) -> None:
    ids, headers = await credentials(installation)
    taken, walked = [], 0
    async with served(installation) as address:
        for method, path in writing(app_over(installation)):
            filled = re.sub(r"\{(\w+):\w+\}", lambda found: ids.get(found[1], ids["division_id"]), path)
            async with begun(address, method, filled, *headers) as (reader, _):
                # Whoever is refused before the body is read is answered, and has given back what was taken.
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.15)
                taken += [f"{method} {path}"] * bool(installation.engine.pool.checkedout())
                walked += 1
    assert (taken, walked > 30) == ([], True)


async def test_a_pool_of_slow_forms_leaves_the_site_open(installation: Installation) -> None:
    ids, headers = await credentials(installation)
    dsn = installation.engine.url.render_as_string(hide_password=False)
    small = open_installation(installation.settings, dsn, pool_size=2)
    paths = ["/follow/manage/leave", "/follow/manage/language", f"/registrations/{ids['registration_id']}/edit"]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(small.close)
        address = await stack.enter_async_context(served(small))
        for path in paths:
            reader, _ = await stack.enter_async_context(begun(address, "POST", path, *headers))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.2)
        reader, _ = await stack.enter_async_context(begun(address, "GET", "/health/ready"))
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 5)


async def dripped(address: str, *, drops: bool) -> bytes:
    """The answer to a body that comes in drops. A bare socket: a stream forgets what it has read once a write fails."""
    parts, loop, answer = urlsplit(address), asyncio.get_running_loop(), b""
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.setblocking(False)
        await loop.sock_sendall(connection, f"POST {DOOR} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 100\r\n\r\n".encode())
        while True:
            try:
                came = await asyncio.wait_for(loop.sock_recv(connection, 10_000), 0.05)
            except TimeoutError:
                came = None
            except ConnectionError:
                came = b""
            if came == b"":
                return answer
            answer += came or b""
            with suppress(ConnectionError):
                await loop.sock_sendall(connection, b"a" * drops)


@pytest.mark.parametrize(("pause", "whole"), [(0.2, 30.0), (15.0, 0.4)])
async def test_a_body_that_does_not_come_is_refused_and_its_connection_closed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, pause: float, whole: float
) -> None:
    """Also one that comes byte by byte, for as long as it pleases."""
    monkeypatch.setattr(web, "BODY_PAUSE", pause)
    monkeypatch.setattr(web, "BODY_WHOLE", whole)
    async with served(installation) as address:
        answer = await asyncio.wait_for(dripped(address, drops=whole < pause), 5)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert "没有及时送到".encode() in answer


async def test_a_body_in_pieces_is_read(installation: Installation) -> None:
    async with served(installation) as address, begun(address, "POST", DOOR) as (reader, writer):
        for _ in range(10):
            writer.write(b"code=12345")
            await asyncio.sleep(0.01)
        assert b" 404 " in await reader.readline()


@pytest.mark.parametrize("path", [DOOR, "/api/v1/keys"])
async def test_whoever_breaks_off_is_no_failure_of_ours(installation: Installation, caplog: pytest.LogCaptureFixture, path: str) -> None:
    async with served(installation) as address:
        async with begun(address, "POST", path, "Content-Type: application/json") as (_, writer):
            writer.write(b'{"code')
            await writer.drain()
        async with begun(address, "GET", "/health/live") as (reader, _):
            assert b" 200 " in await reader.readline()
    assert [one.getMessage() for one in caplog.records if one.levelname in ("ERROR", "CRITICAL")] == []


async def test_a_transaction_that_is_forgotten_gives_its_connection_back(installation: Installation) -> None:
    dsn = installation.engine.url.render_as_string(hide_password=False)
    careful = open_installation(installation.settings, dsn, pool_size=1, idle_seconds=0.2)
    async with careful.sessions() as session:
        await session.execute(text("SELECT 1"))
        await asyncio.sleep(0.6)
        with pytest.raises(DBAPIError) as caught:
            await session.execute(text("SELECT 1"))
    assert passes(caught.value)
    async with careful.sessions() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await careful.close()
