"""No page does more than four SQL statements, whoever asks for it and with whatever filters, also where nothing is kept ready."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from events.app import state_of
from events.calendar.holidays import set_holiday
from events.calendar.models import Event
from events.calendar.revisions import touch
from events.calendar.short import code_of
from events.notices.targets import Scope
from events.registrations import brake
from events.registrations.form_keys import new_form_key
from events.web.pages import assets
from events.web.routes import PAGES
from infra import clock
from infra.installation import Installation
from tests.apps import app_of
from tests.events.web.test_my_page import ADDRESS, mailed
from tests.events.web.test_registering_pages import HTML, form, post, registered
from tests.filling import add_event, add_series
from tests.followers import confirm_code, follow, leave_code, manage_code
from tests.statements import sent
from tests.teams import make_division
from tests.waiting import until

MOST = 4
YEAR = clock.now().year + 1
VAIN = "?region=310110015&sport=nonsense&series=xiu"
FILTERED = ("/calendar", "/embed", "/follow", "/subscribe")
# What a bare address is answered where that is not 200: it leads to another, is being made, or lacks its code.
ANSWERS = {
    "/": 307,
    "/brands": 307,
    "/calendar": 307,
    "/embed/calendar": 307,
    "/e/{code:str}": 308,
    "/follow/confirm": 404,
    "/calendar/{month:str}/poster.pdf": 202,
    "/calendar/{month:str}/poster.png": 202,
}
# What is asked of a route beside its bare address and filters that find nothing; in braces, what the browser was given.
MORE = {
    "/calendar/{month:str}": [f"/calendar/{year}{query}" for year in (YEAR, f"{YEAR}-06") for query in ("", VAIN, f"{VAIN}&when=evening")],
    "/brands/{region:str}": ["/brands/310000"],
    "/follow": [
        "/follow?region=310110",
        "/follow?series=yundong",
        "/follow?sport=basketball",
        "/follow?event={events}&board=none",
        "/follow?tier=street&board=none",
    ],
    "/follow/confirm": ["/follow/confirm?s={s}&t={confirm}"],
}
REGISTER = "/divisions/{division_id:uuid}/register"
EDIT = "/registrations/{registration_id:uuid}/edit"
WRONG = {"team_name": "", "leader.phone": "12345"}
FORMS: list[tuple[str, list[tuple[str, str]], int]] = [
    (REGISTER, form(key="new", **WRONG), 422),
    (REGISTER, form(key="new", do="check"), 200),
    (REGISTER, form(key="new", pasted="队员甲 队员乙"), 200),
    (REGISTER, form(key="new"), 409),
    (REGISTER, form(key="{key}", **WRONG), 422),
    (EDIT, form(**WRONG), 422),
    (EDIT, form(do="check"), 200),
    (EDIT, form(pasted="队员甲 队员乙"), 200),
    (EDIT, form(), 409),
    ("/events/{event_id:uuid}/report", [("message", "")], 422),
    ("/registrations/manage", [("code", "nobody's")], 404),
    ("/follow", [("scope", "region"), ("key", "310110"), ("email", "nobody")], 422),
    ("/follow/confirm", [("s", "{s}"), ("t", "{confirm}")], 200),
    ("/follow/confirm", [("s", "{s}"), ("t", "{leave}")], 404),
    ("/follow/leave", [("s", "{s}"), ("t", "{leave}")], 200),
    ("/follow/manage", [("code", "nobody's")], 404),
    ("/follow/manage/link", [("email", "nobody")], 422),
    ("/follow/manage/leave", [("all", "yes")], 200),
    ("/my/ask", [("contact", "nobody")], 422),
    ("/my/ask", [("contact", ADDRESS)], 200),
    ("/my/enter", [("code", "{used}")], 404),
]
# These answer with the address of another page.
LEADING_ON = [
    "/follow/manage/language",
    "/my/forget",
    "/my/open/{registration_id:uuid}",
    "/registrations/{registration_id:uuid}/rotate",
    "/registrations/{registration_id:uuid}/withdraw",
]

World = dict[str, str]


def routes(method: str) -> list[str]:
    """The paths of all pages, as their handlers write them."""
    return sorted({path for handler in PAGES for path in handler.paths if method in handler.http_methods})


def filled(route: str, world: World) -> str:
    """An address, where the route says what lies in its places: `/events/{name:str}` holds one of `events`."""
    return re.sub(r"(\w+)/\{\w+:\w+\}", r"\1/{\1}", route).format(**world)


@pytest.fixture
async def world(client: httpx.AsyncClient, installation: Installation) -> World:
    """Something to see on every page, for a browser that was let in wherever one can be; and what lies in the places of addresses."""
    brake.asks._counts.clear()
    client.base_url = httpx.URL("http://127.0.0.1")  # letters are read there alone
    letter = EmailMessage()
    letter["Date"], letter["Subject"] = "Fri, 01 May 2026 08:00:00 +0800", "报名已确认"
    letter.set_content("请打开。")
    (installation.settings.data / "mail").mkdir()
    (installation.settings.data / "mail" / "one.eml").write_bytes(letter.as_bytes())
    async with installation.sessions.begin() as session:
        series, _ = await add_series(session, "yundong", "韵动杨浦")
        days = [date(YEAR, 5, 1) + timedelta(days=n) for n in range(20)]
        event = await add_event(session, "篮球联赛", *days, sports=["basketball"], series_id=series, region_code="310110")
        number = (await session.get_one(Event, event)).number
    places = {"calendar": f"{YEAR}-05", "week": f"{YEAR}-01-01", "brands": "310110", "events": str(event), "e": code_of(number)}
    return places | {"assets": next(iter(assets())), "mail": "one.eml", "offline": "en"} | await entered(client, installation, event)


async def entered(client: httpx.AsyncClient, installation: Installation, event: UUID) -> World:
    """Two teams of the event, of which this browser manages the one that waits, and somebody who follows it."""
    division, key = await make_division(installation, event_id=event, quota=1), new_form_key(installation.keys)
    await registered(client, division)
    waiting = (await registered(client, division, key=key, **{"leader.phone": "13900000002", "leader.email": ADDRESS})).rpartition("/")[2]
    used = await mailed(installation, UUID(waiting))
    assert (await post(client, "/my/enter", [("code", used)])).status_code == 303
    follower = await follow(installation, "reader@example.org", Scope.EVENT, str(event))
    assert (await post(client, "/follow/manage", [("code", manage_code(installation, follower))])).status_code == 303
    codes = {"confirm": confirm_code(installation, follower)["t"], "leave": leave_code(installation, follower)["t"], "used": used}
    return {"divisions": str(division), "registrations": waiting, "key": key, "s": str(follower), **codes}


def asking(statements: list[str]) -> list[str]:
    """Those that ask for rows or write them. A savepoint asks for nothing."""
    return [one for one in statements if not one.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"))]


@pytest.mark.parametrize("route", routes("GET"))
async def test_a_page_costs_four_statements_at_the_most(
    client: httpx.AsyncClient, installation: Installation, world: World, route: str
) -> None:
    bare, expected = filled(route, world), ANSWERS.get(route, 200)
    vain = expected if bare.startswith(FILTERED) else 302
    asked = [(bare, {expected}), (bare + VAIN, {expected, vain}), *((one.format(**world), {200}) for one in MORE.get(route, []))]
    for address, statuses in asked:
        app_of(client).state = state_of(installation)  # nothing is kept yet
        with sent(installation) as statements:
            answer = await client.get(address, headers=HTML)
        assert answer.status_code in statuses, address
        assert len(asking(statements)) <= MOST, (address, statements)


@pytest.mark.parametrize(("route", "fields", "status"), FORMS)
async def test_a_form_that_comes_back_as_a_page_costs_four_statements_at_the_most(
    client: httpx.AsyncClient, installation: Installation, world: World, route: str, fields: list[tuple[str, str]], status: int
) -> None:
    with sent(installation) as statements:
        answer = await post(client, filled(route, world), [(name, value.format(**world)) for name, value in fields])
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert len(asking(statements)) <= MOST, statements


def test_every_form_is_among_those_that_come_back_or_leads_on() -> None:
    assert sorted({route for route, _, _ in FORMS} | {*LEADING_ON}) == routes("POST")


@pytest.mark.parametrize("holiday", [False, True], ids=["", "holiday"])
@pytest.mark.parametrize("view", ["", "/agenda", "/streets", "/map", "/print"])
async def test_a_month_that_was_kept_costs_no_more_when_all_of_it_is_outdated_at_once(
    client: httpx.AsyncClient, installation: Installation, view: str, holiday: bool
) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "篮球联赛", date(YEAR, 5, 12), date(YEAR, 5, 13))
    ready, address, noon = app_of(client).state.months.ready, f"/calendar/{YEAR}-05{view}{VAIN}", datetime(YEAR, 5, 10, 4, tzinfo=UTC)
    async with ready.polling():
        await until(lambda: ready.trusted)
        with clock.frozen(noon):
            await client.get(address, headers=HTML)
        async with installation.sessions.begin() as session:
            await session.execute(update(Event).values(title="篮球赛"))
            if holiday:
                await set_holiday(session, date(YEAR, 5, 12), "区运动会", workday=False)
            await touch(session, [f"{YEAR}-05"])
        with clock.frozen(noon + timedelta(days=1)), sent(installation) as statements:
            assert (await client.get(address, headers=HTML)).status_code == 200
    assert 2 <= len(statements) <= MOST, statements
