"""Every address that an office or an organiser acts at, asked by every role: who is let in, and who is told nothing."""

import re
from datetime import date
from uuid import UUID

import httpx
import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select

from events.accounts.rules import Role
from events.app import routes
from events.calendar.models import Occurrence
from infra.installation import Installation
from tests.filling import add_event
from tests.teams import desk, division_of, enter, make_division

DAY = date(2027, 5, 2)
WRITTEN = {"title": "滨江健步走", "tier": "district", "region": "310110", "occurrences": [{"on": "2027-05-02"}]}
SIGN_UPS = {
    "POST /events/{event_id}/competitions": {
        "title": "篮球",
        "registration_opens_at": "2027-04-01T00:00:00+08:00",
        "registration_closes_at": "2027-04-20T00:00:00+08:00",
        "divisions": [{"name": "女子组", "quota": 16, "roster_min": 5, "roster_max": 10}],
    },
    "GET /divisions/{division_id}/registrations": None,
    "PATCH /divisions/{division_id}": {"quota": 20},
    "GET /registrations/{registration_id}": None,
    "PATCH /registrations/{registration_id}": {"team_name": "长海联队"},
    "POST /registrations/{registration_id}/void": {"reason": "重复报名"},
}
BANNERS = {"PUT /banner": {"text": "今日有雨"}, "DELETE /banner": None}
EVENTS = {
    "POST /events": WRITTEN,
    "PATCH /events/{event_id}": {"title": "滨江夜跑"},
    "POST /events/{event_id}/publish": None,
    "POST /occurrences/{occurrence_id}/move": {"reason": "场地", "on": "2027-05-03"},
    "POST /occurrences/{occurrence_id}/cancel": {"reason": "台风"},
    "POST /events/{event_id}/postpone": {"reason": "台风"},
    "POST /events/{event_id}/cancel": {"reason": "台风"},
}
# The last stop the event, after which nothing else can be done to it.
ALL = SIGN_UPS | BANNERS | EVENTS
# Roles at the event of the district 310110, each with what it is let into.
DESKS: dict[str, tuple[Role, str, set[str]]] = {
    "the city": (Role.CITY_OFFICER, "310000", {*ALL}),
    "the district": (Role.DISTRICT_OFFICER, "310110", {*ALL}),
    "another district": (Role.DISTRICT_OFFICER, "310104", {*BANNERS}),
    "a street of the district": (Role.STREET_OFFICER, "310110016", set()),
    "the organiser": (Role.ORGANISER, "", {*SIGN_UPS}),
    "the organiser of another event": (Role.ORGANISER, "elsewhere", set()),
}


async def ids_of(installation: Installation) -> tuple[UUID, dict[str, str]]:
    """An event of a session and a team, and what addresses name of it."""
    async with installation.sessions.begin() as session:
        event = await add_event(session, "社区篮球赛", DAY, date(2027, 5, 9))
        occurrence = await session.scalar(select(Occurrence.id).where(Occurrence.event_id == event, Occurrence.position == 0))
    division = await make_division(installation, event_id=event)
    made = await enter(installation, division)
    assert (await division_of(installation, division)).confirmed == 1
    ids = {"event_id": event, "occurrence_id": occurrence, "division_id": division, "registration_id": made.id}
    return event, {name: str(one) for name, one in ids.items()}


def test_no_address_for_offices_is_left_out() -> None:
    asked = set()
    for route in routes().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if "actor" in handler.parsed_fn_signature.parameters:
                path = re.sub(r":\w+", "", route.path).removeprefix("/api/v1")
                asked |= {f"{method} {path}" for method in handler.http_methods}
    assert (asked - ALL.keys(), len(asked) >= 12) == (set(), True)


@pytest.mark.parametrize("name", DESKS)
async def test_each_role_is_let_in_where_it_acts_and_nowhere_else(client: httpx.AsyncClient, installation: Installation, name: str) -> None:
    role, region, expected = DESKS[name]
    event, ids = await ids_of(installation)
    if region == "elsewhere":
        event = await _other(installation)
    key = await desk(installation, role, region) if role is not Role.ORGANISER else await desk(installation, role, "310110", event)
    let_in = set()
    for address, body in ALL.items():
        method, path = address.split()
        answer = await client.request(method, "/api/v1" + path.format(**ids), json=body, headers=key)
        if answer.status_code not in {401, 403, 404}:
            assert answer.status_code < 400 or answer.status_code == 409, (address, answer.text)
            let_in.add(address)
    assert let_in == expected


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer saili_made-up"}, {"Authorization": "Bearer made-up"}])
async def test_whoever_has_no_key_is_let_in_nowhere(client: httpx.AsyncClient, installation: Installation, headers: dict[str, str]) -> None:
    _, ids = await ids_of(installation)
    refused = {}
    for address, body in ALL.items():
        method, path = address.split()
        answer = await client.request(method, "/api/v1" + path.format(**ids), json=body, headers=headers)
        refused[address] = answer.status_code
    # A word that is no API key may be a manage token, of a registration that is not told to be there.
    token = "saili_" not in str(headers) and bool(headers)
    assert refused == {address: 404 if token and "registration_id" in address else 401 for address in ALL}


async def _other(installation: Installation) -> UUID:
    async with installation.sessions.begin() as session:
        return await add_event(session, "另一场", DAY)
