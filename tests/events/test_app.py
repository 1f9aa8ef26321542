import httpx


async def test_a_running_office_says_that_it_is_live_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}


async def test_an_unknown_address_is_a_problem_in_the_readers_language(client: httpx.AsyncClient) -> None:
    chinese = await client.get("/nothing/here")
    english = await client.get("/nothing/here", headers={"Accept-Language": "en-GB,zh;q=0.4"})
    assert (chinese.status_code, chinese.headers["content-type"], chinese.json()["code"]) == (404, "application/problem+json", "not_found")
    assert (chinese.json()["title"], english.json()["title"]) == ("没有找到", "Not found")
