"""What is one reader's stays with that reader: pages kept for all are apart by what they depend on, and nothing of a person is kept."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from infra import clock
from infra.installation import Installation
from tests.apps import app_over
from tests.events.web.test_my_page import leader, mailed
from tests.events.web.test_registering_pages import HTML, post, registered
from tests.followers import follow, manage_code
from tests.teams import enter, make_division, make_event
from tests.waiting import until

ENGLISH, LARGE = {"Accept-Language": "en"}, {"Cookie": "look=elder"}


@asynccontextmanager
async def keeping(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    """A process that keeps pages, and for which no time passes."""
    app = app_over(installation)
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await until(lambda: app.state.months.ready.trusted)
        with clock.frozen(clock.now()):
            yield client


@pytest.fixture
async def over_tls(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    """A site whose public address is https."""
    settings = replace(installation.settings, base_url="https://saili.example")
    office = Installation(settings, installation.engine, installation.reader, installation.sessions, installation.keys)
    transport = httpx.ASGITransport(app_over(office), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://saili.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/events/{event}", "/calendar/2027-05/print", "/calendar/2027-05", "/subscribe", "/brands/310110"])
async def test_a_page_is_kept_apart_by_language_and_print(installation: Installation, path: str) -> None:
    path = path.format(event=await make_event(installation))

    async def shown(client: httpx.AsyncClient, headers: dict[str, str]) -> tuple[bool, bool]:
        answer = await client.get(path, headers=HTML | headers)
        assert answer.status_code == 200
        head = re.search(r"<html[^>]*>", answer.text)
        assert head
        return 'lang="en"' in head[0], "elder" in head[0]

    wanted = [(False, False), (True, False), (False, True), (True, True)]
    asked = [{}, ENGLISH, LARGE, ENGLISH | LARGE]
    async with keeping(installation) as client:
        assert [await shown(client, headers) for headers in (*asked, *asked)] == wanted * 2


async def test_a_frame_is_kept_apart_by_language(installation: Installation) -> None:
    async with keeping(installation) as client:
        pages = [(await client.get("/embed/calendar/2027-05", headers=headers)).text for headers in ({}, ENGLISH, {}, ENGLISH)]
    assert ['lang="en"' in page for page in pages] == [False, True, False, True]


@pytest.mark.parametrize("path", ["/calendar/2027-05", "/calendar/2027-05/print", "/subscribe", "/privacy"])
async def test_what_remembers_a_choice_is_no_scripts_and_no_other_sites(installation: Installation, path: str) -> None:
    async with keeping(installation) as client:
        answers = [await client.get(f"{path}?lang=en&look=elder", headers=HTML) for _ in range(2)]
    for answer in answers:
        cookies = answer.headers.get_list("set-cookie")
        assert sorted(cookie.partition(";")[0] for cookie in cookies) == ["lang=en", "look=elder"]
        for cookie in cookies:
            assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))


async def test_no_page_of_a_person_may_be_kept_by_anybody(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    address = await registered(client, division)
    client.cookies.set("saili_follow", manage_code(installation, await follow(installation, "a@example.org")))
    own = (address, f"{address}/edit", "/my", "/follow/manage", f"/divisions/{division}/register", "/registrations/manage", "/nothing")
    for path in own:
        answer = await client.get(path, headers=HTML)
        assert (path, answer.headers["cache-control"]) == (path, "private, no-store")
    assert "a@example.org" in (await client.get("/follow/manage", headers=HTML)).text


async def test_what_lets_a_browser_in_is_sent_over_tls_alone(over_tls: httpx.AsyncClient, installation: Installation) -> None:
    address = await registered(over_tls, await make_division(installation))
    renewed = await post(over_tls, f"{address}/rotate", [])
    made = await enter(installation, await make_division(installation), leader=leader())
    listed = await post(over_tls, "/my/enter", [("code", await mailed(installation, made.id))])
    code = manage_code(installation, await follow(installation, "a@example.org"))
    followed = await post(over_tls, "/follow/manage", [("code", code)])
    cookies = [cookie for answer in (renewed, listed, followed) for cookie in answer.headers.get_list("set-cookie")]
    names = [cookie.partition("=")[0] for cookie in cookies]
    assert [name[:11] for name in names] == ["saili_manag", "saili_mine_", "saili_my", "saili_follo"]
    for cookie in cookies:
        assert {"secure", "httponly", "samesite=strict"} <= set(cookie.lower().split("; "))


async def test_a_browser_that_forgets_keeps_no_pass(client: httpx.AsyncClient, installation: Installation) -> None:
    made = await enter(installation, await make_division(installation), leader=leader(), team_name="我的队")
    await post(client, "/my/enter", [("code", await mailed(installation, made.id))])
    assert "我的队" in (await client.get("/my", headers=HTML)).text
    gone = await post(client, "/my/forget", [])
    [ended] = [cookie for cookie in gone.headers.get_list("set-cookie") if cookie.startswith("saili_my=")]
    assert {"max-age=0", "path=/my"} <= set(ended.lower().split("; "))
    assert "saili_my" not in client.cookies
    assert "我的队" not in (await client.get("/my", headers=HTML)).text


@pytest.mark.parametrize("path", ["/calendar/2027-05/poster.pdf", "/calendar/2027-05/poster.png", "/events/{event}/picture.png"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_a_poster_says_that_it_depends_on_language_and_cookie(
    client: httpx.AsyncClient, installation: Installation, path: str, accept: str
) -> None:
    answer = await client.get(path.format(event=await make_event(installation)), headers={"Accept": accept})
    assert answer.headers["vary"].lower().split(", ") == ["accept", "accept-language", "cookie"]


@pytest.mark.parametrize("markup", ["<!--", "<!--<script>", "</script>", "<script>", "]]>", "&lt;!--"])
async def test_nothing_in_an_events_data_can_be_read_as_markup(client: httpx.AsyncClient, installation: Installation, markup: str) -> None:
    """After `<!--<script>` a browser takes the page's rest for data."""
    event: UUID = await make_event(installation, title=f"健步走{markup}")
    html = (await client.get(f"/events/{event}", headers=HTML)).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    assert ("健步走" in found[1], [sign for sign in "<>&" if sign in found[1]]) == (True, [])
