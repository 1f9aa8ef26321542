from datetime import date

import pytest
from calendars import STREET, add_event, on, touch
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Board, Occurrence, Series, Venue
from events.calendar.rendering import render_event, render_stale
from events.calendar.rules import Datum, EventStatus
from infra.ids import new_id


async def kept(session: AsyncSession, occurrence: Occurrence) -> tuple[str, int | None]:
    row = (await session.execute(select(Occurrence.vevent, Occurrence.vevent_sequence).where(Occurrence.id == occurrence.id))).one()
    return (row.vevent or b"").decode().replace("\r\n ", ""), row.vevent_sequence


async def test_an_event_is_rendered_with_all_that_it_shows(session: AsyncSession) -> None:
    venue = Venue(id=new_id(), name="杨浦体育馆", address="隆昌路640号", region_code=STREET, lon=121.5, lat=31.3, datum=Datum.WGS84)
    series = Series(id=new_id(), slug="yundong", name="韵动杨浦", region_code=STREET)
    board = Board(id=new_id(), series_id=series.id, slug="binjiang", name="滨江主题", position=1)
    occurrence = on(date(2026, 5, 2), label="预赛")
    await add_event(session)
    session.add_all([venue, series])
    await session.flush()
    session.add(board)
    event = await add_event(
        session,
        occurrence,
        venue_id=venue.id,
        series_id=series.id,
        board_id=board.id,
        audience=["family"],
        organiser="体育局",
        contact="021-1",
    )
    assert await render_event(session, event.id) == 1
    vevent, sequence = await kept(session, occurrence)
    assert sequence == 0
    for line in (
        f"UID:{occurrence.id}@saili",
        "SUMMARY:社区篮球赛 预赛",
        "LOCATION:杨浦体育馆\\n隆昌路640号",
        "GEO:31.300000;121.500000",
        "CATEGORIES:韵动杨浦,滨江主题,family",
        "DESCRIPTION:主办：体育局\\n联系：021-1\\n详情：http://127.0.0.1:8000/events/" + str(event.id),
    ):
        assert f"\r\n{line}\r\n" in vevent


async def test_only_what_changed_is_rendered_again(session: AsyncSession) -> None:
    first, second = on(date(2026, 5, 2)), on(date(2026, 5, 9))
    event = await add_event(session, first, second)
    assert await render_event(session, event.id) == 2
    assert await render_event(session, event.id) == 0
    await touch(session, second, label="决赛")
    assert await render_event(session, event.id) == 1
    assert (await kept(session, first))[1] == 0
    vevent, sequence = await kept(session, second)
    assert (sequence, "SUMMARY:社区篮球赛 决赛" in vevent, "SEQUENCE:1" in vevent) == (1, True, True)


async def test_a_draft_is_not_rendered_until_it_was_shown(session: AsyncSession) -> None:
    occurrence = on(date(2026, 5, 2))
    event = await add_event(session, occurrence, status=EventStatus.DRAFT)
    assert await render_event(session, event.id) == 0
    event.status = EventStatus.PUBLISHED
    await render_event(session, event.id)
    event.status = EventStatus.DRAFT
    await touch(session, occurrence)
    assert await render_event(session, event.id) == 1
    assert "STATUS:CANCELLED" in (await kept(session, occurrence))[0]


@pytest.mark.parametrize(("limit", "rounds"), [(2, [2, 1, 0]), (500, [3, 0, 0])])
async def test_a_wide_change_is_rendered_in_batches(session: AsyncSession, limit: int, rounds: list[int]) -> None:
    event = await add_event(session, *(on(date(2026, 5, day)) for day in (1, 2, 3)))
    await render_event(session, event.id)
    await session.execute(update(Occurrence).values(sequence=Occurrence.sequence + 1))
    assert [await render_stale(session, limit=limit) for _ in rounds] == rounds
    assert await session.scalar(select(func.count()).where(Occurrence.vevent_sequence != Occurrence.sequence)) == 0
