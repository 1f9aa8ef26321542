"""One event as a calendar file to be added once."""

import uuid
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from events.calendar.ical.rendering import render_event
from events.calendar.models import Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from infra.installation import Installation
from tests.filling import Day, add_event, occurrence

HTML = {"Accept": "text/html"}


async def added(installation: Installation, *days: Day | Occurrence, title: str = "滨江健步走", **columns: Any) -> UUID:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, title, *days, **columns)
        await render_event(session, event_id)
    return event_id


def events(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_all_sessions_are_in_the_file_and_it_asks_for_no_refreshing(client: httpx.AsyncClient, installation: Installation) -> None:
    first, second = occurrence(0, datetime(2026, 5, 2, 1, tzinfo=UTC)), occurrence(1, date(2026, 5, 9), label="决赛")
    event_id = await added(installation, second, first)
    answer = await client.get(f"/events/{event_id}.ics")
    assert [str(one["UID"]) for one in events(answer)] == [f"{first.id}@saili", f"{second.id}@saili"]
    calendar = Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    assert [name for name in ("NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL") if name in calendar] == []
    assert calendar.walk("VTIMEZONE")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == f"attachment; filename=\"event.ics\"; filename*=UTF-8''{quote('滨江健步走')}.ics"
    same = await client.get(f"/events/{event_id}.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304


async def test_a_session_can_be_taken_alone(client: httpx.AsyncClient, installation: Installation) -> None:
    first, second = occurrence(0, date(2026, 5, 2)), occurrence(1, date(2026, 5, 9), label="决赛")
    event_id, other = await added(installation, first, second), await added(installation, date(2026, 5, 3))
    [one] = events(await client.get(f"/events/{event_id}.ics?session={second.id}&lang=en"))
    assert one["SUMMARY"] == "滨江健步走 决赛"
    for wrong in (f"{other}.ics?session={second.id}", f"{event_id}.ics?session={uuid.uuid4()}"):
        assert (await client.get(f"/events/{wrong}")).status_code == 404


async def test_what_was_cancelled_is_struck_out_when_added_again(client: httpx.AsyncClient, installation: Installation) -> None:
    off = occurrence(0, date(2026, 5, 2), status=OccurrenceStatus.CANCELLED)
    event_id = await added(
        installation, off, date(2026, 5, 9), occurrence(2, date(2026, 5, 16), removed_at=datetime(2026, 4, 1, tzinfo=UTC))
    )
    assert [str(one["STATUS"]) for one in events(await client.get(f"/events/{event_id}.ics"))] == ["CANCELLED", "CONFIRMED"]


@pytest.mark.parametrize("status", EventStatus)
async def test_a_draft_is_not_to_be_had(client: httpx.AsyncClient, installation: Installation, status: EventStatus) -> None:
    shown = occurrence(
        0, date(2026, 5, 2), vevent=b"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260501T000000Z\r\nEND:VEVENT\r\n", vevent_sequence=0
    )
    event_id = await added(installation, shown, status=status)
    expected = 404 if status is EventStatus.DRAFT else 200
    assert (await client.get(f"/events/{event_id}.ics")).status_code == expected


async def test_there_is_nothing_to_add_of_what_has_no_day(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await added(installation, date_text="待定")
    for name in (f"{event_id}.ics", f"{uuid.uuid4()}.ics", "x.ics", ".ics", "x"):
        assert (await client.get(f"/events/{name}", headers=HTML)).status_code == 404
    assert f"/events/{event_id}.ics" not in (await client.get(f"/events/{event_id}", headers=HTML)).text


async def test_what_waits_to_be_rendered_is_asked_for_again(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "刚刚导入", date(2026, 5, 2))
    answer = await client.get(f"/events/{event_id}.ics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_what_is_over_or_off_is_not_offered(client: httpx.AsyncClient, installation: Installation) -> None:
    over, off = await added(installation, date(2020, 5, 2)), await added(installation, date(2099, 5, 2), status=EventStatus.CANCELLED)
    ahead = await added(installation, date(2099, 5, 3))
    pages = {one: (await client.get(f"/events/{one}", headers=HTML)).text for one in (over, off, ahead)}
    assert [f"/events/{one}.ics" in html for one, html in pages.items()] == [False, False, True]


async def test_every_fault_of_the_address_is_named(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await added(installation, date(2026, 5, 2))
    answer = await client.get(f"/events/{event_id}.ics?session=first&alarm=60")
    assert (answer.status_code, [(one["path"], one["code"]) for one in answer.json()["errors"]]) == (
        422,
        [("alarm", "unknown_field"), ("session", "bad_identifier")],
    )


async def test_a_long_title_gives_a_name_that_can_be_saved(client: httpx.AsyncClient, installation: Installation) -> None:
    title = '“健康/杨浦”\\..  "秀" 🏃' * 8
    event_id = await added(installation, date(2026, 5, 2), title=title)
    name = (await client.get(f"/events/{event_id}.ics")).headers["content-disposition"].partition("UTF-8''")[2]
    assert name == quote(title[:60].strip(), safe="") + ".ics"


async def test_the_events_page_tells_subscribing_and_adding_once_apart(client: httpx.AsyncClient, installation: Installation) -> None:
    first, second = occurrence(0, date(2099, 5, 2)), occurrence(1, date(2099, 5, 9), label="决赛")
    several, single = await added(installation, first, second), await added(installation, date(2099, 5, 3))
    html = (await client.get(f"/events/{several}?lang=en", headers=HTML)).text
    assert 'href="/subscribe?region=310110&amp;lang=en"' in html
    assert f'href="/events/{several}.ics" download' in html
    assert f'href="/events/{several}.ics?session={second.id}" download' in html
    assert "?session=" not in (await client.get(f"/events/{single}", headers=HTML)).text
