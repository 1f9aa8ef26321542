import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar import occurrences, service
from events.calendar.amending import amend_event
from events.calendar.ical.rendering import render_event, render_stale
from events.calendar.models import Event, MonthRevision, Occurrence, Sport
from events.calendar.renaming import follow_address
from events.calendar.rules import Datum, EventStatus
from tests.filling import add_event, add_series, add_venue, occurrence, touch
from tests.offices import YANGPU, day, draft

DAY = date(2026, 5, 2)


async def kept(session: AsyncSession, one: Occurrence) -> tuple[str, int | None]:
    row = (await session.execute(select(Occurrence.vevent, Occurrence.vevent_sequence).where(Occurrence.id == one.id))).one()
    return (row.vevent or b"").decode().replace("\r\n ", ""), row.vevent_sequence


async def set_status(session: AsyncSession, event_id: UUID, status: EventStatus) -> None:
    await session.execute(update(Event).where(Event.id == event_id).values(status=status))


async def test_an_event_is_rendered_with_all_that_it_shows(session: AsyncSession) -> None:
    venue_id = await add_venue(session, "杨浦体育馆", address="隆昌路640号", lon=121.5, lat=31.3, datum=Datum.WGS84)
    series_id, [board_id] = await add_series(session, "yundong", "韵动杨浦", "滨江主题")
    await session.merge(Sport(slug="badminton", name="羽毛球"))
    one = occurrence(0, DAY, label="预赛")
    shown = {"venue_id": venue_id, "series_id": series_id, "board_id": board_id, "sports": ["badminton"], "audience": ["family"]}
    event_id = await add_event(session, "社区羽毛球赛", one, organiser="体育局", contact="021-1", **shown)
    assert await render_event(session, event_id) == 1
    vevent, sequence = await kept(session, one)
    assert sequence == 0
    for line in (
        f"UID:{one.id}@saili",
        "SUMMARY:社区羽毛球赛 预赛",
        "LOCATION:杨浦体育馆\\n隆昌路640号",
        "GEO:31.300000;121.500000",
        "CATEGORIES:韵动杨浦,滨江主题,羽毛球,family",
        f"DESCRIPTION:主办：体育局\\n联系：021-1\\n详情：http://127.0.0.1:8000/events/{event_id}",
        f"URL:http://127.0.0.1:8000/events/{event_id}",
    ):
        assert f"\r\n{line}\r\n" in vevent


def reasons(vevents: Sequence[str]) -> list[list[str]]:
    return [re.findall(r"DESCRIPTION:原因：(.*?)\\n", vevent) for vevent in vevents]


async def test_a_calendar_says_why_a_session_or_the_whole_event_is_off(session: AsyncSession) -> None:
    event = await service.create_event(session, YANGPU, draft(day(2027, 5, 2), day(2027, 5, 9)), published=True)
    sessions = list(await session.scalars(select(Occurrence).where(Occurrence.event_id == event.id).order_by(Occurrence.position)))

    async def said() -> list[list[str]]:
        return reasons([(await kept(session, one))[0] for one in sessions])

    await occurrences.cancel_occurrence(session, YANGPU, sessions[1].id, reason="场地检修")
    assert await said() == [[], ["场地检修"]]
    await service.postpone(session, YANGPU, event.id, reason="台风")
    assert await said() == [["台风"], ["台风"]]
    await service.cancel(session, YANGPU, event.id, reason="停办")
    assert await said() == [["停办"], ["停办"]]


async def test_an_event_with_new_dates_no_longer_says_why_it_was_off(session: AsyncSession) -> None:
    event = await service.create_event(session, YANGPU, draft(day(2027, 5, 2)), published=True)
    await service.postpone(session, YANGPU, event.id, reason="台风")
    await amend_event(session, YANGPU, event.id, draft(day(2027, 6, 2)), only={"when"})
    live = await session.scalars(select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.removed_at.is_(None)))
    shown = [(await kept(session, one))[0] for one in live]
    assert (["STATUS:CONFIRMED" in vevent for vevent in shown], reasons(shown)) == ([True], [[]])


async def test_only_what_changed_is_rendered_again(session: AsyncSession) -> None:
    first, second = occurrence(0, DAY), occurrence(1, date(2026, 5, 9))
    event_id = await add_event(session, "篮球赛", first, second)
    assert await render_event(session, event_id) == 2
    assert await render_event(session, event_id) == 0
    await touch(session, second, label="决赛")
    assert await render_event(session, event_id) == 1
    assert (await kept(session, first))[1] == 0
    vevent, sequence = await kept(session, second)
    assert (sequence, "SUMMARY:篮球赛 决赛" in vevent, "SEQUENCE:1" in vevent) == (1, True, True)


async def test_a_draft_is_not_rendered_until_it_was_shown(session: AsyncSession) -> None:
    one = occurrence(0, DAY)
    event_id = await add_event(session, "篮球赛", one, status=EventStatus.DRAFT)
    assert await render_event(session, event_id) == 0
    await set_status(session, event_id, EventStatus.PUBLISHED)
    await render_event(session, event_id)
    await set_status(session, event_id, EventStatus.DRAFT)
    await touch(session, one)
    assert await render_event(session, event_id) == 1
    assert "STATUS:CANCELLED" in (await kept(session, one))[0]


@pytest.mark.parametrize(("limit", "rounds"), [(2, [2, 1, 0]), (500, [3, 0, 0])])
async def test_a_wide_change_is_rendered_in_batches(session: AsyncSession, limit: int, rounds: list[int]) -> None:
    event_id = await add_event(session, "篮球赛", *(date(2026, 5, day) for day in (1, 2, 3)))
    await render_event(session, event_id)
    await session.execute(update(Occurrence).values(sequence=Occurrence.sequence + 1))
    assert [await render_stale(session, limit=limit) for _ in rounds] == rounds
    assert list(await session.scalars(select(MonthRevision.month))) == ["2026-05"]
    assert await session.scalar(select(func.count()).where(Occurrence.vevent_sequence != Occurrence.sequence)) == 0


async def test_calendars_follow_the_installation_to_another_address(session: AsyncSession) -> None:
    assert not await follow_address(session)  # nothing was ever rendered
    event = await service.create_event(session, YANGPU, draft(day(2099, 5, 2)), published=True)
    assert not await follow_address(session)
    session.info["settings"] = replace(session.info["settings"], base_url="https://saili.example.gov.cn/" + "calendar-of-the-city" * 4)
    assert await follow_address(session)
    assert await render_stale(session) == 1
    [one] = await session.scalars(select(Occurrence).where(Occurrence.event_id == event.id).execution_options(populate_existing=True))
    vevent, sequence = await kept(session, one)
    assert (sequence, f"URL:{session.info['settings'].public_url}/events/{event.id}\r\n" in vevent) == (1, True)
    assert not await follow_address(session)
