import asyncio
import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from infra.installation import Installation
from tests.serving import served

# Written out, and not asked of the code: one that went missing there would be missed by nobody.
CLOSING = {"x-content-type-options": "nosniff"}
LEADING = CLOSING | {"referrer-policy": "strict-origin", "permissions-policy": "geolocation=(self)"}
SHUT = "default-src 'none'; frame-ancestors 'none'"


async def test_a_running_office_says_that_it_is_live_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("method", "address", "status", "allow"),
    [
        ("GET", "/health/live", 200, None),
        ("GET", "/nothing", 404, None),
        ("OPTIONS", "/nothing", 404, None),
        ("PUT", "/api/v1/events", 405, "GET, HEAD, OPTIONS, POST"),
        ("OPTIONS", "/api/v1/events", 204, "GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/calendar/2026-05", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/api/v1/occurrences/00000000-0000-0000-0000-000000000000/move", 204, "OPTIONS, POST"),
        ("GET", "/api/v1/occurrences/00000000-0000-0000-0000-000000000000/move", 405, "OPTIONS, POST"),
    ],
)
async def test_every_answer_has_the_headers_that_close_doors_and_says_what_the_address_allows(
    client: httpx.AsyncClient, method: str, address: str, status: int, allow: str | None
) -> None:
    answer = await client.request(method, address)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allow)
    assert closing(answer) == (CLOSING if status == 204 else CLOSING | {"content-security-policy": SHUT})
    assert (answer.content == b"") is (status == 204)


@pytest.mark.parametrize(("path", "status"), [("/calendar/2027-05", 200), ("/calendar", 307), ("/events/nothing", 404), ("/my", 200)])
async def test_pages_and_what_leads_to_them_tell_no_address_and_ask_for_nothing_else(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert closing(answer).items() > LEADING.items()
    again = await client.get(path, headers={"Accept": "text/html", "If-None-Match": answer.headers.get("etag", "-")})
    assert closing(again).items() > LEADING.items()


def closing(answer: httpx.Response) -> dict[str, str]:
    """What closes doors, each once."""
    found = {name: answer.headers.get_list(name) for name in [*LEADING, "content-security-policy"]}
    assert [name for name, values in found.items() if len(values) > 1] == []
    return {name: values[0] for name, values in found.items() if values}


async def test_an_unknown_address_is_a_problem_in_the_readers_language(client: httpx.AsyncClient) -> None:
    chinese = await client.get("/nothing/here")
    english = await client.get("/nothing/here", headers={"Accept-Language": "en-GB,zh;q=0.4"})
    assert (chinese.status_code, chinese.headers["content-type"], chinese.json()["code"]) == (404, "application/problem+json", "not_found")
    assert (chinese.json()["title"], english.json()["title"]) == ("没有找到", "Not found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/sports",
        "/api/openapi.json",
        "/api/v1/nothing",
        "/feeds/events.ics",
        "/feeds/events.atom",
        "/calendar",
        "/health/live",
        "/e/x",
    ],
)
async def test_what_is_no_page_may_load_nothing_and_be_framed_by_nobody(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).headers.get_list("content-security-policy") == [SHUT]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/calendar/2027-05", "frame-ancestors 'none'"),
        ("/api/docs", "style-src 'self'"),
        ("/embed/calendar/2027-05", "frame-ancestors *"),
        ("/embed", "frame-src 'self'"),
        ("/sw.js", "connect-src 'self'"),
        ("/nothing", "style-src 'self'"),
    ],
)
async def test_a_page_has_its_own_policy_and_no_other(client: httpx.AsyncClient, path: str, own: str) -> None:
    [policy] = (await client.get(path, headers={"Accept": "text/html"})).headers.get_list("content-security-policy")
    assert (own in policy, "default-src 'none'" in policy, "unsafe" in policy) == (True, True, False)


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example/x", "/%5Cevil.example/x", "///evil.example", "/%09/evil.example/x", "//\\/evil.example"]
)
async def test_no_link_of_an_error_leads_to_another_site(installation: Installation, path: str) -> None:
    """The address as it was sent, which no client for programs would send."""
    async with served(installation) as address:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
    links = re.findall(r'(?:href|action)="([^"]*)"', answer)
    assert (" 404 " in answer.splitlines()[0], len(links) > 5) == (True, True)
    assert [
        link for link in links if urljoin(address, re.sub(r"[\t\r\n]", "", unescape(link)).replace("\\", "/")).startswith(address) is False
    ] == []
