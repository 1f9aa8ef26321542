"""What a stranger may make this process keep: bounded, whatever the address and the headers hold."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from events import i18n
from events.calendar.ready import Ready
from events.web import pages
from infra import serving
from infra.answers import ReadyAnswer
from infra.installation import Installation
from tests.apps import app_over
from tests.serving import served
from tests.teams import make_event

HTML = {"Accept": "text/html"}
LATER = datetime.max.replace(tzinfo=UTC)


async def test_no_cookie_and_no_long_header_is_kept(client: httpx.AsyncClient) -> None:
    pages._look.cache_clear()
    i18n._negotiated.cache_clear()
    for n in range(5):
        cookies = f"other={n}{'x' * 5_000}; lang=en; look=elder; xlang=zh-CN; lang2=zh-CN"
        languages = f"fr;q=0.1, {'x' * 300}{n}"
        answer = await client.get("/privacy", headers=HTML | {"Cookie": cookies, "Accept-Language": languages})
        assert ('lang="en"' in answer.text, 'class="elder"' in answer.text or "elder" in answer.text) == (True, True)
        await client.get("/api/v1/nothing", headers={"Accept-Language": languages})
    assert (pages._look.cache_info().currsize, i18n._negotiated.cache_info().currsize) == (1, 1)


@pytest.mark.parametrize("cookies", ["lang=english", "lang=", "lang", "lang=en-", "llang=en", "a=lang=en", "lang=en x"])
async def test_what_is_no_cookie_of_ours_chooses_nothing(client: httpx.AsyncClient, cookies: str) -> None:
    assert 'lang="zh-CN"' in (await client.get("/privacy", headers=HTML | {"Cookie": cookies})).text


async def test_a_page_is_kept_once_whatever_language_or_print_an_address_makes_up(installation: Installation) -> None:
    event = await make_event(installation)
    app = app_over(installation)
    paths = ["/calendar/2027-05", "/calendar/2027-05/print", f"/events/{event}", "/embed/calendar/2027-05", "/brands/310110"]
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        slots = app.state.months.ready._slots
        for path in paths:
            # Only views have filters; another page leads on from them.
            own = "sport=x&" if "calendar" in path else ""
            shown = (await client.get(f"{path}?{own}".rstrip("?&"), headers=HTML)).text
            before = len(slots)
            for made_up in ("lang=fr", "look=x", "lang=fr&lang=de"):
                assert (await client.get(f"{path}?{own}{made_up}", headers=HTML)).text == shown, path
            assert len(slots) == before, path
            await client.get(f"{path}?{own}lang=fr&lang=en", headers=HTML)
            assert 'lang="en"' in (await client.get(f"{path}?{own}lang=en", headers=HTML)).text, path


async def test_the_address_that_an_answer_is_kept_by_counts(installation: Installation) -> None:
    ready = Ready(installation.reader, most_bytes=100_000)

    async def make() -> ReadyAnswer:
        return ReadyAnswer(b"", "text/html", LATER)

    for n in range(50):
        await ready.get(("page", b"q=%d" % n + b"x" * 20_000), (), make)
        await asyncio.sleep(0)
    assert 0 < len(ready._slots) <= 5
    assert 0 < ready._answers.size <= 100_000
    for key in list(ready._slots):
        ready._remove(key)
    assert ready._answers.size == 0


@pytest.mark.parametrize(
    ("path", "headers", "status", "said"),
    [
        ("/calendar?q=" + "x" * 8_200, {}, 414, "网址太长"),
        ("/" + "x" * 8_200, {}, 414, "网址太长"),
        ("/calendar", {"Cookie": "x" * 33_000}, 431, "请求的标头太大"),
        ("/calendar", {f"X-{n}": "x" * 1_000 for n in range(40)}, 431, "请求的标头太大"),
    ],
)
async def test_an_address_or_headers_that_no_browser_sends_are_refused(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int, said: str
) -> None:
    page = await client.get(path, headers=HTML | headers)
    problem = await client.get("/api/v1" + path, headers=headers)
    assert (page.status_code, said in page.text, len(page.content) < 20_000) == (status, True, True)
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_a_head_without_end_is_not_read_on(installation: Installation) -> None:
    async with served(installation) as address:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        # Not the first request of its connection.
        writer.write(f"GET /health/live HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        assert b" 200 " in await reader.readline()
        await reader.readuntil(b'"live"}')
        writer.write(f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: ".encode())
        sent = 0
        try:
            while sent < 20_000_000:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        writer.close()
    assert sent < 15_000_000


@pytest.mark.parametrize("first", ["", "GET /health/live HTTP/1.1\r\nHost: saili\r\n\r\n"])
async def test_a_head_that_does_not_come_is_not_waited_for(installation: Installation, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """Neither on a new connection nor on one that has had others; but an answer may take as long as it takes."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.3)
    async with served(installation) as address:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"{first}GET /health/live HTTP/1.1\r\nHost: ".encode())
        answered = await asyncio.wait_for(reader.read(), 4)
        assert answered.count(b'{"status":"live"}') == bool(first)
        writer.close()


async def test_a_body_may_take_longer_than_a_head(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.1)
    async with served(installation) as address:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(b"POST /registrations/manage HTTP/1.1\r\nHost: saili\r\nContent-Length: 10\r\n\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.4)
        writer.write(b"code=12345")
        assert b" 404 " in await reader.readline()
        writer.close()
