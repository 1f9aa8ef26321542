"""Amending an event: what changes, what stays, and what calendars are told."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor
from events.calendar import service
from events.calendar.amending import amend_event
from events.calendar.drafts import EventDraft, Point, VenueDraft
from events.calendar.models import Event, EventChange, MonthRevision, Occurrence, Sport
from events.calendar.renaming import ensure_series
from events.calendar.rules import ChangeKind, Datum, EventStatus, OccurrenceStatus
from events.calendar.when import When, when_held
from events.errors import AlreadyStopped, Faulty, Forbidden, NotFound
from events.regions.rules import Tier
from infra import clock
from infra.installation import Installation
from tests.offices import CITY, HONGKOU, WUJIAOCHANG, YANGPU, YINHANG, day, draft, hour, sessions_of

MAY = When("5月上旬")


async def published(session: AsyncSession, *sessions: Any, actor: Actor = YANGPU, **written: Any) -> Event:
    return await service.create_event(session, actor, draft(*sessions, **written), published=True)


async def amend(session: AsyncSession, event: Event, actor: Actor = YANGPU, **written: Any) -> EventChange | None:
    """Amend only the fields that are written."""
    return await amend_event(session, actor, event.id, EventDraft(**written), only=written.keys())


async def redated(session: AsyncSession, event: Event, *sessions: Any) -> list[Occurrence]:
    """The event's sessions after it was given other ones."""
    await amend(session, event, when=when_held(sessions))
    return await sessions_of(session, event)


def columns(event: Event) -> dict[str, Any]:
    return {c.key: getattr(event, c.key) for c in Event.__table__.columns}


@pytest.mark.parametrize(
    ("field", "value", "column"),
    [
        ("title", "新名字 🏃 \"'; DROP TABLE events", "title"),
        ("organiser", "杨浦区体育局", "organiser"),
        ("undertaker", "某俱乐部", "undertaker"),
        ("contact", "电话\n021-1", "contact"),
        ("summary", "简介", "summary"),
        ("eligibility", "18 周岁以上", "eligibility"),
        ("bring", "水壶\n毛巾", "bring"),
        ("fee", "每队 200 元", "fee"),
        ("free", True, "free"),
        ("directions", "地铁 10 号线", "directions"),
        ("fuse", "雷电时停止", "fuse"),
        ("source_url", "https://example.org/a", "source_url"),
        ("audience", ("family",), "audience"),
        ("tier", Tier.STREET, "tier"),
    ],
)
async def test_a_field_that_is_written_changes_alone_and_shows_in_every_session(
    session: AsyncSession, field: str, value: Any, column: str
) -> None:
    made = await published(session, day(2026, 5, 2), hour(2026, 5, 3, 9))
    before = columns(made)
    change = await amend(session, made, **{field: value})
    after = columns(await session.get_one(Event, made.id))
    stored = [*value] if isinstance(value, tuple) else value
    changed = {c for c in before if before[c] != after[c]} - {"searched", "grams", "changed_at"}
    assert (changed, after[column]) == ({column}, stored)
    assert change is not None
    assert (change.kind, change.after) == (ChangeKind.AMENDED, {field: stored})
    assert [o.sequence for o in await sessions_of(session, made)] == [1, 1]


async def test_an_amendment_that_changes_nothing_leaves_nothing_behind(session: AsyncSession) -> None:
    whole = draft(day(2026, 5, 2), venue=VenueDraft("体育馆"), organiser="甲", audience=("family",))
    made = await service.create_event(session, YANGPU, whole, published=True)
    assert await amend_event(session, YANGPU, made.id, whole) is None
    assert await session.scalar(select(func.count()).select_from(EventChange)) == 1
    assert [o.sequence for o in await sessions_of(session, made)] == [0]


async def test_emptied_fields_are_emptied(session: AsyncSession) -> None:
    await ensure_series(session, "xiuchulai", "韵动杨浦·秀出来", "310110", {"binjiang": "滨江主题"})
    made = await published(session, day(2026, 5, 2), venue=VenueDraft("馆"), series="xiuchulai", board="binjiang", contact="电话")
    await amend(session, made, series=None, venue=None, contact="  ")
    assert (made.series_id, made.board_id, made.venue_id, made.contact) == (None, None, None, None)
    await amend(session, made, series="xiuchulai")
    await amend(session, made, board="binjiang")
    assert None not in (made.series_id, made.board_id)


async def test_an_unchanged_session_keeps_its_id_sequence_and_stamp_while_others_move(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 20), day(2026, 5, 21), day(2026, 5, 28))
    first, second, third = await sessions_of(session, made)
    kept = (first.id, third.id, second.id, first.changed_at)
    after = await redated(session, made, day(2026, 5, 20), hour(2026, 5, 22, 9), day(2026, 5, 28), day(2026, 6, 1))
    assert (after[0].id, after[2].id, after[1].id, after[0].changed_at) == kept
    assert [(o.sequence, str(o.first_on)) for o in after] == [(0, "2026-05-20"), (1, "2026-05-22"), (0, "2026-05-28"), (0, "2026-06-01")]
    assert (made.date_text, made.precision.value, str(made.last_on)) == (None, "day", "2026-06-01")
    change = (await session.scalars(select(EventChange).where(EventChange.kind == ChangeKind.MOVED))).one()
    assert [f["first_on"] for f in change.before["occurrences"]] == ["2026-05-21"]
    assert [f["first_on"] for f in change.after["occurrences"]] == ["2026-05-22", "2026-06-01"]


async def test_a_session_that_is_dropped_or_loses_its_day_stays_as_cancelled_with_its_last_dates(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3))
    after = await redated(session, made, day(2026, 5, 3))
    gone = next(o for o in after if o.removed_at)
    assert (str(gone.first_on), gone.sequence, gone.status) == ("2026-05-02", 1, OccurrenceStatus.CANCELLED)
    assert b"STATUS:CANCELLED" in (gone.vevent or b"")
    await amend(session, made, when=MAY)
    after = await sessions_of(session, made)
    assert [(o.sequence, o.removed_at is None) for o in after] == [(1, False), (1, False)]
    assert (made.date_text, made.first_on) == ("5月上旬", None)


async def test_a_session_dropped_from_a_draft_is_gone(session: AsyncSession) -> None:
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2), day(2026, 5, 3)))
    assert len(await redated(session, made, day(2026, 5, 3))) == 1


async def test_a_postponed_event_that_gets_a_date_is_published_anew_under_the_same_identity(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2))
    (old,) = await sessions_of(session, made)
    await service.postpone(session, YANGPU, made.id, reason="台风")
    await amend(session, made, title="仍然延期")
    assert made.status is EventStatus.POSTPONED
    (new,) = await redated(session, made, day(2026, 6, 2))
    assert (made.status, new.id, new.status, new.sequence) == (EventStatus.PUBLISHED, old.id, OccurrenceStatus.SCHEDULED, 3)
    await service.postpone(session, YANGPU, made.id, reason="又有台风")
    await amend(session, made, when=When("待定"))
    assert made.status is EventStatus.POSTPONED


async def test_every_session_named_for_a_postponed_event_takes_place_again(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 9))
    await service.postpone(session, YANGPU, made.id, reason="台风")
    after = await redated(session, made, day(2026, 6, 2), day(2026, 5, 9))
    assert [(str(o.first_on), o.status) for o in after] == [
        ("2026-06-02", OccurrenceStatus.SCHEDULED),
        ("2026-05-09", OccurrenceStatus.SCHEDULED),
    ]


async def test_a_venues_new_point_reaches_calendars_and_months_though_the_event_is_the_same(session: AsyncSession) -> None:
    made = await published(session, day(2099, 5, 2), venue=VenueDraft("馆"))
    assert await amend(session, made, venue=VenueDraft("馆", None, Point(121.5, 31.3, Datum.WGS84))) is None
    assert [o.sequence for o in await sessions_of(session, made)] == [1]
    assert (await session.scalars(select(MonthRevision.revision))).all() == [2]


async def test_the_history_names_sports_boards_and_venues_as_people_do(session: AsyncSession) -> None:
    await ensure_series(session, "xiuchulai", "韵动杨浦·秀出来", "310110", {"binjiang": "滨江主题"})
    sport = (await session.scalars(select(Sport).limit(1))).one()
    made = await published(session, day(2026, 5, 2))
    written = {"series": "xiuchulai", "board": "binjiang", "sports": (sport.slug,), "venue": VenueDraft("馆", "路1号")}
    change = await amend(session, made, Actor(YANGPU.role, YANGPU.region_code, label="杨浦区体育局"), **written)
    assert change is not None
    assert {name: change.after[name] for name in ("series", "board", "sport", "venue", "address")} == {
        "series": "韵动杨浦·秀出来",
        "board": "滨江主题",
        "sport": [sport.name],
        "venue": "馆",
        "address": "路1号",
    }
    assert (change.before["series"], change.actor, "馆" in made.searched) == (None, "杨浦区体育局", True)


async def test_a_cancelled_event_is_no_longer_amended(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2))
    await service.cancel(session, YANGPU, made.id, reason="台风")
    with pytest.raises(AlreadyStopped):
        await amend(session, made, title="再来")


@pytest.mark.parametrize(
    ("actor", "written", "refusal"),
    [
        (YINHANG, {"title": "x"}, None),
        (YINHANG, {"tier": Tier.DISTRICT}, Forbidden),
        (YINHANG, {"region_code": "310110019"}, Forbidden),
        (YINHANG, {"region_code": "310110"}, Forbidden),
        (YANGPU, {"region_code": "310110019"}, None),
        (YANGPU, {"region_code": "310109"}, Forbidden),
        (WUJIAOCHANG, {"title": "x"}, Forbidden),
        (HONGKOU, {"title": "x"}, Forbidden),
        (CITY, {"region_code": "310109"}, None),
    ],
)
async def test_a_desk_amends_its_own_and_moves_nothing_out_of_its_reach(
    session: AsyncSession, actor: Actor, written: dict[str, Any], refusal: type[Exception] | None
) -> None:
    made = await published(session, day(2026, 5, 2), region_code="310110016")
    if refusal is None:
        assert await amend(session, made, actor, **written) is not None
        return
    with pytest.raises(refusal):
        await amend(session, made, actor, **written)


async def test_a_street_key_cannot_touch_a_district_event_in_its_own_street_nor_find_anothers_draft(session: AsyncSession) -> None:
    of_district = await published(session, day(2026, 5, 2), region_code="310110016", tier=Tier.DISTRICT)
    of_neighbour = await service.create_event(session, WUJIAOCHANG, draft(day(2026, 5, 2), region_code="310110019"))
    for event, refusal in ((of_district, Forbidden), (of_neighbour, NotFound)):
        with pytest.raises(refusal):
            await amend(session, event, YINHANG, title="我的")


async def test_the_tier_follows_a_new_region_unless_it_is_written(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), region_code="310110016")
    await amend(session, made, region_code="310110")
    assert made.tier is Tier.DISTRICT
    await amend(session, made, region_code="310110016", tier=Tier.DISTRICT)
    assert made.tier is Tier.DISTRICT


async def test_a_session_of_another_event_cannot_be_named(session: AsyncSession) -> None:
    made, other = await published(session, day(2026, 5, 2)), await published(session, day(2026, 5, 3))
    (foreign,) = await sessions_of(session, other)
    with pytest.raises(Faulty) as refusal:
        await redated(session, made, day(2026, 5, 4), day(2026, 5, 5, id=foreign.id))
    assert [(f.path, f.code) for f in refusal.value.faults] == [("occurrences[1].id", "not_found")]


async def test_a_stamp_grows_by_a_second_at_least_however_fast_changes_follow(session: AsyncSession) -> None:
    with clock.frozen(datetime(2026, 5, 1, 8, tzinfo=UTC)):
        made = await published(session, day(2026, 5, 2))
        stamps = []
        for title in ("一", "二", "三"):
            await amend(session, made, title=title)
            stamps.append(((await sessions_of(session, made))[0].changed_at, made.changed_at))
    assert stamps == [(clock_at, clock_at) for clock_at in (datetime(2026, 5, 1, 8, 0, n, tzinfo=UTC) for n in (1, 2, 3))]


async def test_amendments_at_once_all_land_and_no_sequence_repeats(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        made = await published(session, day(2026, 5, 2), day(2026, 5, 3))

    async def one(field: str, value: str) -> list[tuple[UUID, int]]:
        async with installation.sessions.begin() as session:
            await amend(session, made, **{field: value})
            return [(o.id, o.sequence) for o in await sessions_of(session, made)]

    fields = ["title", "organiser", "undertaker", "contact", "summary"]
    seen = await asyncio.gather(*(one(field, f"新{n}") for n in range(2) for field in fields))
    assert len({pair for one in seen for pair in one}) == 2 * len(seen)
    async with installation.sessions.begin() as session:
        after = await session.get_one(Event, made.id)
        assert all(getattr(after, field) in ("新0", "新1") for field in fields)
        assert {o.sequence for o in await sessions_of(session, made)} == {10}
        assert all(o.vevent_sequence == 10 for o in await sessions_of(session, made))


async def test_an_import_finds_moved_sessions_by_label_and_by_order(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2, label="预赛"), day(2026, 5, 9, label="决赛"), day(2026, 5, 10))
    heat, final, closing = [o.id for o in await sessions_of(session, made)]
    after = await redated(session, made, day(2026, 5, 16, label="决赛"), day(2026, 5, 3, label="预赛"), day(2026, 5, 17))
    assert [o.id for o in after] == [final, heat, closing]


async def test_the_months_of_an_event_before_and_after_are_both_touched(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2))
    await redated(session, made, day(2026, 7, 2))
    assert dict((await session.execute(select(MonthRevision.month, MonthRevision.revision))).all()) == {"2026-05": 2, "2026-07": 1}
