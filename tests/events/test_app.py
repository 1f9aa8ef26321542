import httpx
import pytest

from infra.web import SECURITY_HEADERS


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
    assert [answer.headers.get_list(name.decode()) for name, _ in SECURITY_HEADERS] == [[value.decode()] for _, value in SECURITY_HEADERS]
    assert (answer.content == b"") is (status == 204)


async def test_an_unknown_address_is_a_problem_in_the_readers_language(client: httpx.AsyncClient) -> None:
    chinese = await client.get("/nothing/here")
    english = await client.get("/nothing/here", headers={"Accept-Language": "en-GB,zh;q=0.4"})
    assert (chinese.status_code, chinese.headers["content-type"], chinese.json()["code"]) == (404, "application/problem+json", "not_found")
    assert (chinese.json()["title"], english.json()["title"]) == ("没有找到", "Not found")
