"""The verbs of an office for a whole event, on a real database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Role
from events.calendar import service
from events.calendar.changes import Announcements, tell
from events.calendar.drafts import Point, VenueDraft
from events.calendar.models import Event, EventChange, MonthRevision, Venue
from events.calendar.renaming import ensure_series
from events.calendar.rules import ChangeKind, Datum, EventStatus, OccurrenceStatus
from events.errors import AlreadyPublished, AlreadyStopped, Faulty, Forbidden, NotFound, NotPublished
from events.regions.rules import Tier
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.outbox import Outbox
from tests.offices import CITY, HONGKOU, WUJIAOCHANG, YANGPU, YINHANG, day, draft, hour, sessions_of
from tests.statements import sent


async def messages(session: AsyncSession) -> list[str]:
    return [*await session.scalars(select(Outbox.name).order_by(Outbox.id))]


async def months(session: AsyncSession) -> dict[str, int]:
    return dict((await session.execute(select(MonthRevision.month, MonthRevision.revision))).all())


async def published(session: AsyncSession, *sessions: Any, actor: Actor = YANGPU, **written: Any) -> Event:
    return await service.create_event(session, actor, draft(*sessions, **written), published=True)


async def test_a_new_event_is_a_draft_that_nobody_is_told_of(session: AsyncSession) -> None:
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2), hour(2026, 5, 3, 9)))
    assert (made.status, made.tier, str(made.first_on), str(made.last_on)) == (EventStatus.DRAFT, Tier.DISTRICT, "2026-05-02", "2026-05-03")
    assert [(o.sequence, o.status, o.vevent) for o in await sessions_of(session, made)] == [(0, OccurrenceStatus.SCHEDULED, None)] * 2
    assert (await messages(session), await months(session)) == ([], {})
    assert (await session.scalars(select(EventChange.kind))).all() == [ChangeKind.CREATED]


async def test_publishing_shows_a_draft_to_months_calendars_and_those_who_wait(session: AsyncSession) -> None:
    with clock.frozen(datetime(2026, 4, 1, tzinfo=UTC)):
        made = await service.create_event(session, YANGPU, draft(day(2026, 4, 30), day(2026, 5, 2)))
    with clock.frozen(datetime(2026, 4, 9, tzinfo=UTC)):
        change = await service.publish(session, YANGPU, made.id)
    assert {o.changed_at for o in await sessions_of(session, made)} == {made.changed_at} == {datetime(2026, 4, 9, tzinfo=UTC)}
    assert (made.status, change.kind, change.before, change.after) == (
        EventStatus.PUBLISHED,
        ChangeKind.PUBLISHED,
        {"status": "draft"},
        {"status": "published"},
    )
    assert (await messages(session), await months(session)) == (["EventChanged"], {"2026-04": 1, "2026-05": 1})
    assert all(o.vevent and o.vevent_sequence == o.sequence for o in await sessions_of(session, made))
    with pytest.raises(AlreadyPublished):
        await service.publish(session, YANGPU, made.id)


@pytest.mark.parametrize(
    ("actor", "region", "tier", "allowed"),
    [
        (CITY, "310110016", Tier.CITY, True),
        (CITY, "310110", None, True),
        (YANGPU, "310110", None, True),
        (YANGPU, "310110016", None, True),
        (YANGPU, "310110016", Tier.CITY, False),
        (YANGPU, "310109", None, False),
        (YANGPU, "310000", None, False),
        (HONGKOU, "310110016", None, False),
        (YINHANG, "310110016", None, True),
        (YINHANG, "310110016", Tier.DISTRICT, False),
        (YINHANG, "310110", None, False),
        (YINHANG, "310110", Tier.STREET, False),
        (WUJIAOCHANG, "310110016", None, False),
        (Actor(Role.ORGANISER, "310110"), "310110", None, False),
    ],
)
async def test_a_desk_writes_in_its_own_region_and_tiers_only(
    session: AsyncSession, actor: Actor, region: str, tier: Tier | None, allowed: bool
) -> None:
    written = draft(day(2026, 5, 2), region_code=region, tier=tier)
    if allowed:
        assert (await service.create_event(session, actor, written)).region_code == region
    else:
        with pytest.raises(Forbidden):
            await service.create_event(session, actor, written)


@pytest.mark.parametrize("verb", ["publish", "postpone", "cancel"])
async def test_another_desk_may_not_decide_and_does_not_find_a_draft(session: AsyncSession, verb: str) -> None:
    reason = {} if verb == "publish" else {"reason": "台风"}
    hidden = await service.create_event(session, YINHANG, draft(day(2026, 5, 2), region_code="310110016"))
    shown = await published(session, day(2026, 5, 2))
    for event_id, refusal in ((hidden.id, NotFound), (shown.id, Forbidden), (new_id(), NotFound)):
        with pytest.raises(refusal):
            await getattr(service, verb)(session, WUJIAOCHANG, event_id, **reason)
    organiser = Actor(Role.ORGANISER, "310110", event_id=hidden.id)
    with pytest.raises(Forbidden):
        await getattr(service, verb)(session, organiser, hidden.id, **reason)


async def test_postponing_takes_every_session_off_and_cancelling_can_follow(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3))
    first = [(o.id, o.sequence, o.changed_at) for o in await sessions_of(session, made)]
    change = await service.postpone(session, YANGPU, made.id, reason="台风")
    off = await sessions_of(session, made)
    assert (made.status, change.reason, [o.status for o in off]) == (EventStatus.POSTPONED, "台风", [OccurrenceStatus.CANCELLED] * 2)
    assert [(o.id, o.sequence) for o in off] == [(id_, sequence + 1) for id_, sequence, _ in first]
    assert all(o.vevent and b"STATUS:CANCELLED" in o.vevent for o in off)
    with pytest.raises(AlreadyStopped):
        await service.postpone(session, YANGPU, made.id, reason="again")
    await service.cancel(session, YANGPU, made.id, reason="仍有台风")
    assert (made.status, {o.sequence for o in await sessions_of(session, made)}) == (EventStatus.CANCELLED, {2})
    with pytest.raises(AlreadyStopped):
        await service.cancel(session, YANGPU, made.id, reason="again")


async def test_a_draft_can_be_neither_postponed_nor_cancelled(session: AsyncSession) -> None:
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2)))
    for verb in (service.postpone, service.cancel):
        with pytest.raises(NotPublished):
            await verb(session, YANGPU, made.id, reason="雨")


async def test_what_a_draft_names_is_looked_up_and_every_unknown_name_is_told(session: AsyncSession) -> None:
    await ensure_series(session, "xiuchulai", "韵动杨浦·秀出来", "310110", {"binjiang": "滨江主题"})
    await ensure_series(session, "other", "别的", "310110", {"campus": "校园"})
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2), series="xiuchulai", board="binjiang"))
    assert None not in (made.series_id, made.board_id)
    with pytest.raises(Faulty) as refusal:
        await service.create_event(
            session, YANGPU, draft(day(2026, 5, 2, id=new_id()), title="\x00", series="xiuchulai", board="campus", sports=("nul\x00",))
        )
    assert [(f.path, f.code) for f in refusal.value.faults] == [
        ("title", "bad_text"),
        ("board", "not_found"),
        ("sport", "unknown_sport"),
        ("occurrences[0].id", "not_found"),
    ]
    with pytest.raises(Faulty) as refusal:
        await service.create_event(session, YANGPU, draft(day(2026, 5, 2), region_code="31\x00", board="binjiang"))
    assert [(f.path, f.code) for f in refusal.value.faults] == [("region", "not_found"), ("board", "not_found")]


async def test_a_venue_is_one_place_a_region_and_its_new_point_shows_in_all_its_events(session: AsyncSession) -> None:
    hall = VenueDraft("社区文化活动中心", "国顺路1号")
    first = await published(session, day(2099, 5, 2), venue=hall)
    point = Point(121.5, 31.3, Datum.GCJ02)
    second = await published(session, day(2099, 6, 2), venue=VenueDraft(hall.name, hall.address, point))
    elsewhere = await service.create_event(session, HONGKOU, draft(day(2099, 5, 2), region_code="310109", venue=hall))
    assert first.venue_id == second.venue_id != elsewhere.venue_id
    assert [o.sequence for o in await sessions_of(session, first)] == [1]
    assert await months(session) == {"2099-05": 2, "2099-06": 1}
    again = await service.create_event(session, YANGPU, draft(day(2099, 7, 2), venue=hall))
    stored = await session.get_one(Venue, again.venue_id)
    assert (stored.lon, stored.lat, stored.datum) == (121.5, 31.3, Datum.GCJ02)


async def test_an_event_costs_at_most_eight_statements(installation: Installation) -> None:
    whole = draft(day(2026, 5, 2), day(2026, 5, 3), venue=VenueDraft("体育馆"), series="xiuchulai", board="binjiang")
    async with installation.sessions.begin() as session:
        await ensure_series(session, "xiuchulai", "韵动杨浦·秀出来", "310110", {"binjiang": "滨江主题"})
        with sent(installation) as statements:
            await service.create_event(session, YANGPU, whole, published=True, gather=Announcements())
        assert len(statements) <= 8, statements


async def test_many_events_of_one_transaction_are_told_once_at_its_end(session: AsyncSession) -> None:
    gather = Announcements()
    made = [await service.create_event(session, YANGPU, draft(day(2026, 5, n)), published=True, gather=gather) for n in range(1, 26)]
    assert (await messages(session), await months(session)) == ([], {})
    await tell(session, gather)
    assert (await months(session), (await messages(session)).count("EventChanged")) == ({"2026-05": 1}, len(made))
    assert (await messages(session))[-1] == "RenderingDue"
