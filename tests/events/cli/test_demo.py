"""The demonstration: what it promises on any day, and that it can be taken away."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Precision
from events.calendar.models import Board, Event, Occurrence, Series, Venue
from events.calendar.rules import EventStatus, OccurrenceStatus, RegistrationState, registration_state
from events.cli import demo
from events.competitions.models import Competition, Division
from events.messages import FeedsDue
from events.regions.rules import Tier
from events.registrations.models import Registration, RosterEntry
from events.submissions.demonstration import NOTICE, dated
from infra import clock
from infra.outbox import Outbox

DAYS = [datetime(2026, 11, 21, 4, tzinfo=UTC), datetime(2026, 12, 28, 17, tzinfo=UTC), datetime(2028, 2, 29, 4, tzinfo=UTC)]
STREETS = {f"3101100{n:02}" for n in (1, 6, 8, 9, 12, 13, 15, 16, 18, 19, 20, 21)}


async def count(session: AsyncSession, model: type, *where: object) -> int:
    return await session.scalar(select(func.count()).select_from(model).where(*where)) or 0


@pytest.mark.parametrize("now", DAYS, ids=str)
async def test_on_any_day_the_set_shows_every_tier_board_street_and_precision(session: AsyncSession, now: datetime) -> None:
    with clock.frozen(now):
        made = await demo.load_set(session)
    events = (await session.scalars(select(Event))).all()
    assert made == len(events) >= 40
    assert {event.tier for event in events} == {*Tier}
    assert {event.precision for event in events} == {*Precision}
    assert {event.region_code for event in events if event.tier is Tier.STREET} == STREETS
    brands = select(Series.region_code).join(Event).where(Series.slug.startswith("brand-"))
    # A wall of brands has gaps: two streets have events and no brand yet.
    assert {*await session.scalars(brands)} == STREETS - {"310110009", "310110015"}
    boards = select(Board.name).join(Event).distinct()
    assert {*await session.scalars(boards)} == {"滨江主题", "活力赛场", "品牌特色", "缤纷社区", "活力高校"}
    assert Counter(e.status for e in events)[EventStatus.POSTPONED] == Counter(e.status for e in events)[EventStatus.CANCELLED] == 1
    assert all(event.demo and NOTICE in (event.summary or "") for event in events)


@pytest.mark.parametrize("now", DAYS, ids=str)
async def test_on_any_day_its_sessions_lie_around_it_and_most_at_weekends(session: AsyncSession, now: datetime) -> None:
    with clock.frozen(now):
        await demo.load_set(session)
    today = now.astimezone(demo.settings_of(session).zone).date()
    sessions = (await session.scalars(select(Occurrence))).all()
    around = [s for s in sessions if today - timedelta(days=20) <= s.first_on <= today + timedelta(days=70)]
    assert len({s.event_id for s in around}) >= 40
    assert len(around) == len(sessions)
    assert sum(s.first_on.weekday() >= 5 for s in sessions) > len(sessions) * 2 / 3
    assert any(s.last_on - s.first_on > timedelta(days=7) for s in sessions)
    alone = select(func.count()).join(Event).where(Occurrence.status == OccurrenceStatus.CANCELLED, Event.status == EventStatus.PUBLISHED)
    assert await session.scalar(alone.select_from(Occurrence)) == 1
    assert max(Counter(s.event_id for s in sessions).values()) == 4


def spans(ranges: Sequence[Range[datetime]] | None) -> list[tuple[datetime, datetime]]:
    return [(span.lower, span.upper) for span in ranges or () if span.lower and span.upper]


@pytest.mark.parametrize("now", DAYS, ids=str)
async def test_on_any_day_one_competition_is_open_and_one_full_with_teams_waiting(session: AsyncSession, now: datetime) -> None:
    with clock.frozen(now):
        await demo.load_set(session)
    events = (await session.scalars(select(Event).join(Competition).execution_options(populate_existing=True))).all()
    states = {registration_state(now, windows=spans(e.registration_windows), free=spans(e.registration_free), over_at=None) for e in events}
    assert states == {RegistrationState.OPEN, RegistrationState.FULL}
    divisions = (await session.scalars(select(Division).execution_options(populate_existing=True))).all()
    assert sorted((d.quota, d.roster_min, d.roster_max, d.confirmed, d.waitlisted) for d in divisions) == [
        (6, 3, 5, 6, 3),
        (16, 5, 10, 0, 0),
        (16, 5, 10, 3, 0),
        (16, 5, 10, 9, 0),
    ]
    phones = await session.scalars(select(Registration.leader_phone))
    assert all(phone.startswith("+1202555") for phone in phones)


async def test_loading_twice_adds_nothing(session: AsyncSession) -> None:
    assert (await demo.load(session)).startswith("197 real events at their real dates and 69 of 演示数据")
    assert (await demo.load(session)).startswith("0 real events at their real dates and 0 of 演示数据")


async def test_removing_leaves_the_real_events_and_every_name_they_show(session: AsyncSession) -> None:
    await demo.load_real_events(session)
    tables = (Event, Occurrence, Venue, Series, Board, Competition, Division, Registration, RosterEntry)
    real = [await count(session, table) for table in tables]
    assert await demo.load_set(session) == 69
    # A place that a real event came to show stays.
    elsewhere = select(Event.venue_id).where(~Event.demo, Event.venue_id.is_not(None))
    only_here = select(Event.venue_id).where(Event.demo, Event.venue_id.not_in(elsewhere)).limit(1)
    kept = (await session.scalars(select(Event).where(~Event.demo).limit(1))).one()
    kept.venue_id = await session.scalar(only_here)
    await session.flush()
    assert await demo.remove(session) == 69
    assert [await count(session, table) for table in tables] == [n + (table is Venue) for n, table in zip(real, tables, strict=True)]
    assert await count(session, Event, Event.demo) == 0
    assert await count(session, Outbox, Outbox.name == FeedsDue.__name__) == 1
    assert await demo.remove(session) == 0


@pytest.mark.parametrize(
    ("text", "day", "written"),
    [
        ("{day+3}上午", datetime(2026, 12, 30, tzinfo=UTC), "2027年1月2日上午"),
        ("{sat+0}", datetime(2026, 11, 21, tzinfo=UTC), "2026年11月21日"),
        ("{sat+1}—{sun+2}", datetime(2026, 11, 21, tzinfo=UTC), "2026年11月28日—2026年11月29日"),
        ("{dekad+0}", datetime(2026, 12, 31, tzinfo=UTC), "2026年12月下旬"),
        ("{month+1}", datetime(2026, 12, 31, tzinfo=UTC), "2027年1月"),
        ("{quarter+0}", datetime(2026, 12, 31, tzinfo=UTC), "2026年第四季度"),
        ("{half+0}", datetime(2026, 6, 30, tzinfo=UTC), "2026年上半年"),
        ("{year-1}", datetime(2026, 1, 1, tzinfo=UTC), "2025年"),
        ("待定", datetime(2026, 1, 1, tzinfo=UTC), "待定"),
    ],
)
def test_dates_are_written_as_an_office_writes_them(text: str, day: datetime, written: str) -> None:
    assert dated(text, day.date()) == written
