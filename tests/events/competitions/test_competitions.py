import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from events.accounts.rules import Role
from events.calendar.models import Event, MonthRevision
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.calendar.service import new_occurrence
from events.competitions.models import Competition, Division
from events.competitions.stops import postpone
from events.competitions.summary import refresh
from events.messages import EventChanged
from events.registrations.promotions import resume
from infra.installation import Installation
from infra.outbox import Outbox
from tests.offices import CITY, day
from tests.teams import desk, division_of, enter, make_division, make_event

EVENT_DAY = datetime(2027, 5, 2, tzinfo=UTC).date()


def competition(**changes: Any) -> dict[str, Any]:
    """A competition that nothing is wrong with, for an event on 2 May 2027."""
    return {
        "title": "五人制篮球",
        "registration_opens_at": "2026-01-01T09:00:00+08:00",
        "registration_closes_at": "2027-05-01T18:00:00+08:00",
        "divisions": [{"name": name, "quota": 16, "roster_min": 5, "roster_max": 10} for name in ("男子组", "女子组")],
    } | changes


def division(**changes: Any) -> dict[str, Any]:
    return {"name": "男子组", "quota": 16, "roster_min": 5, "roster_max": 10} | changes


async def test_a_competition_is_opened_and_read_by_everyone(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation)
    made = await client.post(f"/api/v1/events/{event_id}/competitions", json=competition(), headers=await desk(installation))
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/competitions/{made.json()['id']}"
    read = (await client.get(made.headers["location"])).json()
    assert read == made.json()
    assert (read["entry"], read["promotion"], read["per_contact"]) == ("open", "automatic", 1)
    shown = [(d["name"], d["confirmed"], d["waitlisted"], d["places_left"], d["state"]) for d in read["divisions"]]
    assert [s[0] for s in shown] == ["男子组", "女子组"]
    assert {s[1:4] for s in shown} == {(0, 0, 16)}
    event = (await client.get(f"/api/v1/events/{event_id}")).json()
    assert event["competitions"] == [{"id": read["id"], "title": "五人制篮球"}]
    assert event["registration"] in ("upcoming", "open", "closed")


FAULTS = [
    ({"title": " "}, {"title": "empty"}),
    ({"entry": "verified", "promotion": "offer"}, {"entry": "not_offered", "promotion": "not_offered"}),
    ({"entry": "lottery"}, {"entry": "unknown_value"}),
    ({"entry": "code"}, {"entry_code": "required"}),
    ({"entry": "code", "entry_code": " "}, {"entry_code": "empty"}),
    ({"entry_code": "YP2026"}, {"entry_code": "unknown_field"}),
    ({"per_contact": 0}, {"per_contact": "out_of_range"}),
    ({"registration_opens_at": "2026-01-01T09:00:00"}, {"registration_opens_at": "bad_instant"}),
    ({"registration_opens_at": "2026-W47-1T00:00:00Z"}, {"registration_opens_at": "bad_instant"}),
    ({"registration_opens_at": "20261101T000000+0800"}, {"registration_opens_at": "bad_instant"}),
    ({"registration_opens_at": "2026-11-01T00+08"}, {"registration_opens_at": "bad_instant"}),
    ({"registration_opens_at": "2027-05-01T10:00:00Z"}, {"registration_closes_at": "dates_reversed"}),
    ({"registration_closes_at": "2027-05-03T00:00:01+08:00"}, {"registration_closes_at": "after_event"}),
    ({"divisions": []}, {"divisions": "too_small"}),
    ({"divisions": [division(name=str(i)) for i in range(41)]}, {"divisions": "too_large"}),
    ({"divisions": [division(), division(name=" 男子组 ", quota=-1), division(name="女\x00", roster_min=0, roster_max=201)]},
     {"divisions[1].name": "duplicate", "divisions[1].quota": "out_of_range", "divisions[2].name": "bad_text",
      "divisions[2].roster_min": "out_of_range", "divisions[2].roster_max": "out_of_range"}),
    ({"title": 1, "per_contact": 0}, {"title": "wrong_type", "per_contact": "out_of_range"}),
    ({"divisions": [division(roster_min=6, roster_max=5)]}, {"divisions[0].roster_max": "out_of_range"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "faults"), FAULTS)
async def test_every_fault_of_a_competition_is_named(
    client: httpx.AsyncClient, installation: Installation, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    url = f"/api/v1/events/{await make_event(installation)}/competitions"
    answer = await client.post(url, json=competition(**changes), headers=await desk(installation))
    assert {e["path"]: e["code"] for e in answer.json()["errors"]} == faults
    async with installation.sessions() as session:
        assert (await session.scalars(select(Competition))).all() == []


async def test_the_last_instant_of_the_event_may_close_its_window(client: httpx.AsyncClient, installation: Installation) -> None:
    url = f"/api/v1/events/{await make_event(installation)}/competitions"
    body = competition(registration_closes_at="2027-05-03T00:00:00+08:00")
    assert (await client.post(url, json=body, headers=await desk(installation))).status_code == 201


async def test_only_the_desks_of_the_event_open_competitions(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation)
    url = f"/api/v1/events/{event_id}/competitions"
    desks = [
        await desk(installation, Role.CITY_OFFICER, "310000"),
        await desk(installation, Role.ORGANISER, "310110", event_id),
        await desk(installation, Role.ORGANISER, "310110", uuid4()),
        await desk(installation, Role.STREET_OFFICER, "310110016"),
        {},
    ]
    answers = [await client.post(url, json=competition(), headers=headers) for headers in desks]
    assert [a.status_code for a in answers] == [201, 201, 403, 403, 401]


@pytest.mark.parametrize(("status", "expected"), [(EventStatus.DRAFT, 201), (EventStatus.POSTPONED, 409), (EventStatus.CANCELLED, 409)])
async def test_a_stopped_event_gets_no_competition(
    client: httpx.AsyncClient, installation: Installation, status: EventStatus, expected: int
) -> None:
    url = f"/api/v1/events/{await make_event(installation, status=status)}/competitions"
    assert (await client.post(url, json=competition(), headers=await desk(installation))).status_code == expected


async def test_a_draft_is_seen_by_its_desks_alone(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation, status=EventStatus.DRAFT)
    division_id = await make_division(installation, event_id=event_id)
    competition_id = (await division_of(installation, division_id)).competition_id
    own, other = await desk(installation), await desk(installation, Role.DISTRICT_OFFICER, "310109")
    for url in (f"/api/v1/events/{event_id}", f"/api/v1/competitions/{competition_id}"):
        assert [(await client.get(url, headers=headers)).status_code for headers in (own, other, {})] == [200, 404, 404]
    assert (await client.get(f"/api/v1/competitions/{uuid4()}")).status_code == 404


async def test_an_invitation_code_is_asked_for_and_never_shown(client: httpx.AsyncClient, installation: Installation) -> None:
    url = f"/api/v1/events/{await make_event(installation)}/competitions"
    body = competition(entry="code", entry_code="Yp-2026", registration_closes_at="2027-05-01T18:00:00+08:00")
    made = (await client.post(url, json=body, headers=await desk(installation))).json()
    assert "entry_code" not in made
    async with installation.sessions() as session:
        assert b"2026" not in ((await session.scalars(select(Competition.entry_code))).one() or b"")


async def summary(installation: Installation, event_id: UUID) -> tuple[bool, bool, int]:
    """Whether the event shows a window, whether it shows as full, and the revision of its month."""
    async with installation.sessions() as session:
        event = await session.get_one(Event, event_id)
        revision = await session.get(MonthRevision, "2027-05")
    windows, free = event.registration_windows, event.registration_free
    return windows is not None, bool(windows) and not free, revision.revision if revision else 0


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("windows", "state"),
    [
        ([(-3 * DAY, -2 * DAY, 5), (2 * DAY, 3 * DAY, 5)], "upcoming"),  # one is over, the other has not begun
        ([(-2 * DAY, DAY, 0), (-4 * DAY, -3 * DAY, 5)], "full"),  # the free places are those of one that is over
        ([(-2 * DAY, DAY, 0), (2 * DAY, 3 * DAY, 5)], "full"),
        ([(-2 * DAY, DAY, 0), (-1 * DAY, 2 * DAY, 5)], "open"),
        ([(-4 * DAY, -3 * DAY, 5), (-2 * DAY, -1 * DAY, 0)], "closed"),
    ],
)
async def test_an_event_is_open_only_where_something_can_be_entered_now(
    client: httpx.AsyncClient, installation: Installation, windows: list[tuple[timedelta, timedelta, int]], state: str
) -> None:
    """Each competition's window, from now, and the places that it has left."""
    event_id, now = await make_event(installation), datetime.now(UTC)
    for opens, closes, places in windows:
        bounds = {"registration_opens_at": now + opens, "registration_closes_at": now + closes}
        await make_division(installation, event_id=event_id, quota=places, **bounds)
    async with installation.sessions.begin() as session:
        await refresh(session, event_id)
    shown = (await client.get(f"/api/v1/events/{event_id}")).json()["registration"]
    months = await client.get("/api/v1/calendar/2027-05", params={"registration": state})
    assert (shown, str(event_id) in months.text) == (state, True)
    listed = await client.get("/api/v1/events", params={"from": "2027-05-01", "to": "2027-05-31", "registration": state})
    assert [one["id"] for one in listed.json()["items"]] == [str(event_id)]


async def test_the_months_revision_grows_only_when_the_month_shows_something_else(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event_id = await make_event(installation)
    headers = await desk(installation)
    assert await summary(installation, event_id) == (False, False, 0)
    body = competition(registration_opens_at=(datetime.now(UTC) - timedelta(days=1)).isoformat(), divisions=[division(quota=2)])
    made = (await client.post(f"/api/v1/events/{event_id}/competitions", json=body, headers=headers)).json()
    division_id = UUID(made["divisions"][0]["id"])
    seen = [await summary(installation, event_id)]
    for _ in range(3):
        await enter(installation, division_id)
        seen.append(await summary(installation, event_id))
    assert seen == [(True, False, 1), (True, False, 1), (True, True, 2), (True, True, 2)]
    await client.patch(f"/api/v1/divisions/{division_id}", json={"quota": 4}, headers=headers)
    assert await summary(installation, event_id) == (True, False, 3)


@pytest.mark.parametrize(("verb", "status"), [("postpone", "postponed"), ("cancel", "cancelled")])
async def test_stopping_an_event_closes_its_windows_and_says_so(
    client: httpx.AsyncClient, installation: Installation, verb: str, status: str
) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id)
    await enter(installation, division_id)
    url, headers = f"/api/v1/events/{event_id}/{verb}", await desk(installation)
    unsaid = await client.post(url, json={"reason": " "}, headers=headers)
    stopped = await client.post(url, json={"reason": "台风"}, headers=headers)
    again = await client.post(url, json={"reason": "台风"}, headers=headers)
    assert (unsaid.status_code, stopped.status_code, again.status_code) == (422, 200, 409)
    assert (stopped.json()["status"], stopped.json()["registration"]) == (
        verb.removesuffix("e").removesuffix("l") + {"postpone": "ed", "cancel": "lled"}[verb],
        "closed",
    )
    read = (await client.get(f"/api/v1/competitions/{(await division_of(installation, division_id)).competition_id}")).json()
    assert read["divisions"][0]["state"] == "closed"
    async with installation.sessions() as session:
        told = (await session.scalars(select(Outbox.name).order_by(Outbox.id))).all()
    assert told[-1] == EventChanged.__name__


async def test_an_organiser_may_not_stop_the_event(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation)
    headers = await desk(installation, Role.ORGANISER, "310110", event_id)
    assert (await client.post(f"/api/v1/events/{event_id}/cancel", json={"reason": "雨"}, headers=headers)).status_code == 403


async def resumed(installation: Installation, event_id: UUID) -> None:
    async with installation.sessions.begin() as session:
        await resume(session, event_id)


@pytest.mark.parametrize(
    ("status", "closes_in", "state"),
    [
        (EventStatus.PUBLISHED, timedelta(days=1), "open"),
        (EventStatus.PUBLISHED, timedelta(minutes=-1), "closed"),
        (EventStatus.POSTPONED, timedelta(days=1), "closed"),
        (EventStatus.CANCELLED, timedelta(days=1), "closed"),
    ],
)
async def test_sign_ups_resume_for_an_event_that_returns_and_no_other(
    client: httpx.AsyncClient, installation: Installation, status: EventStatus, closes_in: timedelta, state: str
) -> None:
    event_id = await make_event(installation)
    divisions = [await make_division(installation, event_id=event_id, registration_closes_at=datetime.now(UTC) + closes_in) for _ in "ab"]
    async with installation.sessions.begin() as session:
        await postpone(session, CITY, event_id, reason="台风")
        await session.execute(update(Event).values(status=status))
    before = await summary(installation, event_id)
    for _ in range(2):
        await resumed(installation, event_id)
    assert [(await division_of(installation, id_)).closed_at is None for id_ in divisions] == [status is EventStatus.PUBLISHED] * 2
    assert (await client.get(f"/api/v1/events/{event_id}")).json()["registration"] == state
    after = await summary(installation, event_id)
    assert (before[:2], after[2] - before[2]) == (after[:2], int(state == "open"))


@pytest.mark.parametrize(("held", "open_again"), [("", True), ("cancelled", False), ("cancelled scheduled", True)])
async def test_sign_ups_stay_closed_while_every_session_is_cancelled(installation: Installation, held: str, *, open_again: bool) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id)
    async with installation.sessions.begin() as session:
        for position, status in enumerate(held.split()):
            made = new_occurrence(await session.get_one(Event, event_id), position, day(2027, 5, 2))
            made.status = OccurrenceStatus(status)
            session.add(made)
        await session.execute(update(Division).values(closed_at=datetime.now(UTC)))
    await resumed(installation, event_id)
    assert ((await division_of(installation, division_id)).closed_at is None) is open_again


async def test_an_event_that_returns_and_is_stopped_at_once_stays_closed(installation: Installation) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id)
    for _ in range(5):
        async with installation.sessions.begin() as session:
            await postpone(session, CITY, event_id, reason="台风")
        async with installation.sessions.begin() as session:
            await session.execute(update(Event).values(status=EventStatus.PUBLISHED))

        async def stop() -> None:
            async with installation.sessions.begin() as session:
                await postpone(session, CITY, event_id, reason="又来")

        await asyncio.gather(resumed(installation, event_id), stop(), resumed(installation, event_id))
        assert (await division_of(installation, division_id)).closed_at is not None
        async with installation.sessions.begin() as session:
            await session.execute(update(Event).values(status=EventStatus.PUBLISHED))
