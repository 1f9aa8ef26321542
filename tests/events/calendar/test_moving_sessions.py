"""One session of an event cancelled or moved, and names that many sessions show."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar import service
from events.calendar.amending import amend_event
from events.calendar.dates import Daypart
from events.calendar.drafts import EventDraft, VenueDraft
from events.calendar.ical.rendering import render_stale
from events.calendar.models import Event, MonthRevision, Occurrence
from events.calendar.occurrences import cancel_occurrence, move_occurrence
from events.calendar.renaming import ensure_series, rename_series, rename_venue
from events.calendar.rules import ChangeKind, EventStatus, OccurrenceStatus
from events.calendar.when import DraftSession, timed, when_held
from events.errors import AlreadyStopped, Faulty, Forbidden, LastOccurrence, NotFound, NotPublished, OccurrenceStopped
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.outbox import Outbox
from tests.offices import HONGKOU, YANGPU, ZONE, day, draft, hour, sessions_of
from tests.statements import sent


async def published(session: AsyncSession, *sessions: Any, **written: Any) -> Event:
    return await service.create_event(session, YANGPU, draft(*sessions, **written), published=True)


def held(first: DraftSession, hours: int) -> DraftSession:
    """The session with its end known."""
    assert first.starts_at
    return timed(first.starts_at, first.starts_at + timedelta(hours=hours), ZONE)


async def test_one_session_is_cancelled_and_the_others_stand(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3))
    first, second = await sessions_of(session, made)
    change = await cancel_occurrence(session, YANGPU, first.id, reason="雨")
    assert (change.kind, change.occurrence_id, change.reason) == (ChangeKind.OCCURRENCE_CANCELLED, first.id, "雨")
    assert [(o.status, o.sequence) for o in (first, second)] == [(OccurrenceStatus.CANCELLED, 1), (OccurrenceStatus.SCHEDULED, 0)]
    shown = (await sessions_of(session, made))[0].vevent or b""
    assert (made.status, b"STATUS:CANCELLED" in shown) == (EventStatus.PUBLISHED, True)
    for verb in (cancel_occurrence(session, YANGPU, first.id, reason="雨"), _moved(session, first, day(2026, 5, 9))):
        with pytest.raises(OccurrenceStopped):
            await verb


async def test_the_last_session_that_stands_is_not_cancelled_alone(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3), day(2026, 5, 4))
    first, second, third = await sessions_of(session, made)
    await cancel_occurrence(session, YANGPU, first.id, reason="雨")
    await cancel_occurrence(session, YANGPU, third.id, reason="雨")
    with pytest.raises(LastOccurrence):
        await cancel_occurrence(session, YANGPU, second.id, reason="雨")
    assert [o.status for o in await sessions_of(session, made)] == ["cancelled", "scheduled", "cancelled"]


async def test_an_event_that_is_written_with_none_but_a_cancelled_session_holds_that_one(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3))
    first = (await sessions_of(session, made))[0]
    await cancel_occurrence(session, YANGPU, first.id, reason="雨")
    await amend_event(session, YANGPU, made.id, EventDraft(when=when_held([day(2026, 5, 2), day(2026, 5, 3)])), only={"when"})
    assert [o.status for o in await sessions_of(session, made)] == ["cancelled", "scheduled"]
    await amend_event(session, YANGPU, made.id, EventDraft(when=when_held([day(2026, 5, 2)])), only={"when"})
    assert [(o.status, o.removed_at is None) for o in await sessions_of(session, made)] == [("scheduled", True), ("cancelled", False)]


async def test_a_session_of_half_a_day_stays_one_on_another_day(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2, daypart=Daypart.MORNING), day(2026, 5, 9))
    half, _ = await sessions_of(session, made)
    for to, keeps, left in (
        (day(2026, 5, 3), True, Daypart.MORNING),
        (day(2026, 5, 3, daypart=Daypart.EVENING), False, Daypart.EVENING),
        (day(2026, 5, 3), False, None),
    ):
        await move_occurrence(session, YANGPU, half.id, to, reason="雨", same_daypart=keeps)
        assert (str(half.first_on), half.daypart) == ("2026-05-03", left)
    await move_occurrence(session, YANGPU, half.id, hour(2026, 5, 4, 9), reason="雨", same_daypart=True)
    assert half.daypart is None


async def test_a_move_to_where_a_session_is_changes_nothing_and_tells_nobody(session: AsyncSession) -> None:
    made = await published(session, held(hour(2026, 5, 2, 9), 2), day(2026, 5, 9))
    timed_one, whole = await sessions_of(session, made)
    before = made.changed_at, await session.scalar(select(func.max(Outbox.id)))
    assert await move_occurrence(session, YANGPU, timed_one.id, hour(2026, 5, 2, 9), reason="雨", same_length=True) is None
    assert await move_occurrence(session, YANGPU, whole.id, day(2026, 5, 9), reason="雨", same_daypart=True) is None
    assert [o.sequence for o in await sessions_of(session, made)] == [0, 0]
    assert (made.changed_at, await session.scalar(select(func.max(Outbox.id)))) == before


async def _moved(session: AsyncSession, occurrence: Occurrence, to: DraftSession, *, same_length: bool = False) -> None:
    await move_occurrence(session, YANGPU, occurrence.id, to, reason="雨", same_length=same_length)


@pytest.mark.parametrize(
    ("was", "to", "last_on", "hours"),
    [
        (hour(2026, 5, 2, 9), hour(2026, 6, 2, 14), "2026-06-02", None),
        (held(hour(2026, 5, 2, 9), 3), hour(2026, 6, 2, 14), "2026-06-02", 3),
        (held(hour(2026, 5, 2, 21), 4), hour(2026, 6, 2, 20), "2026-06-02", 4),
        (held(hour(2026, 5, 2, 9), 3), day(2026, 6, 2), "2026-06-02", None),
        (day(2026, 5, 2, until=day(2026, 5, 4).first_on), day(2026, 6, 2), "2026-06-04", None),
    ],
)
async def test_a_moved_session_keeps_its_identity_label_and_length(
    session: AsyncSession, was: DraftSession, to: DraftSession, last_on: str, hours: int | None
) -> None:
    made = await published(session, day(2026, 5, 1), was)
    await amend_event(session, YANGPU, made.id, EventDraft(when=when_held([day(2026, 5, 1), _labelled(was)])), only={"when"})
    moved = (await sessions_of(session, made))[1]
    await _moved(session, moved, to, same_length=True)
    assert (moved.label, moved.starts_at, str(moved.last_on), moved.sequence) == ("决赛", to.starts_at, last_on, 2)
    assert moved.ends_at == (to.starts_at + timedelta(hours=hours) if hours and to.starts_at else None)
    assert (str(made.first_on), str(made.last_on), made.date_text, made.precision.value) == ("2026-05-01", last_on, None, "day")
    assert set(await session.scalars(select(MonthRevision.month))) == {"2026-05", "2026-06"}


def _labelled(session: DraftSession) -> DraftSession:
    return DraftSession(session.first_on, session.last_on, session.starts_at, session.ends_at, label="决赛")


async def test_a_session_is_moved_or_cancelled_only_where_it_stands_and_by_its_own_desk(session: AsyncSession) -> None:
    made = await published(session, day(2026, 5, 2), day(2026, 5, 3))
    hidden = await service.create_event(session, HONGKOU, draft(day(2026, 5, 2), region_code="310109"))
    own = await service.create_event(session, YANGPU, draft(day(2026, 5, 2)))
    stands, dropped = await sessions_of(session, made)
    await amend_event(session, YANGPU, made.id, EventDraft(when=when_held([day(2026, 5, 2)])), only={"when"})
    of_hidden, of_own = (await sessions_of(session, hidden))[0], (await sessions_of(session, own))[0]
    refusals = [(HONGKOU, stands.id, Forbidden), (YANGPU, of_hidden.id, NotFound), (YANGPU, of_own.id, NotPublished)]
    refusals += [(YANGPU, dropped.id, NotFound), (YANGPU, new_id(), NotFound)]
    for actor, occurrence_id, refusal in refusals:
        with pytest.raises(refusal):
            await cancel_occurrence(session, actor, occurrence_id, reason="雨")
        with pytest.raises(refusal):
            await move_occurrence(session, actor, occurrence_id, day(2026, 6, 2), reason="雨")
    with pytest.raises(Faulty):
        await _moved(session, stands, day(2026, 6, 2, until=day(2026, 6, 1).first_on))
    await service.postpone(session, YANGPU, made.id, reason="台风")
    with pytest.raises(AlreadyStopped):
        await _moved(session, stands, day(2026, 6, 2))


@pytest.mark.parametrize("renamed", ["series", "venue"])
async def test_a_new_name_raises_all_that_show_it_in_one_statement_and_leaves_the_past_alone(
    installation: Installation, renamed: str
) -> None:
    now = clock.today(ZONE)
    async with installation.sessions.begin() as session:
        await ensure_series(session, "xiuchulai", "旧名字", "310110")
        names: dict[str, Any] = {"series": "xiuchulai"} if renamed == "series" else {"venue": VenueDraft("旧名字")}
        days = [DraftSession(on, on) for on in (now - timedelta(days=90), now - timedelta(days=59), now, now + timedelta(days=500))]
        shows = [await published(session, *days, **names) for _ in range(5)]
        other = await published(session, *days)
        before = {o.id: o.changed_at for e in (*shows, other) for o in await sessions_of(session, e)}
    with sent(installation) as statements:
        async with installation.sessions.begin() as session:
            if renamed == "series":
                await rename_series(session, "xiuchulai", "新名字")
            else:
                assert shows[0].venue_id
                await rename_venue(session, shows[0].venue_id, "新名字")
    assert len([s for s in statements if s.startswith("UPDATE occurrences")]) == 1
    async with installation.sessions.begin() as session:
        for one in shows:
            stored = await sessions_of(session, one)
            assert [o.sequence for o in stored] == [0, 1, 1, 1]
            assert all(o.changed_at >= before[o.id] + timedelta(seconds=o.sequence) for o in stored)
        assert {o.sequence for o in await sessions_of(session, other)} == {0}
        assert [*await session.scalars(select(Outbox.name))].count("RenderingDue") == 1
        assert await render_stale(session) == 15
        assert "新名字".encode() in ((await sessions_of(session, shows[0]))[2].vevent or b"")
        found = (await session.get_one(Event, shows[0].id)).searched
        assert ("新名字" in found, "旧名字" in found) == (renamed == "venue", False)


async def test_a_name_changed_while_an_event_is_written_is_the_name_it_shows(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await ensure_series(session, "xiuchulai", "旧名字", "310110")

    async def rename() -> None:
        async with installation.sessions.begin() as session:
            await rename_series(session, "xiuchulai", "新名字")

    async with installation.sessions.begin() as session:
        made = await published(session, day(2099, 5, 2), series="xiuchulai")
        renaming = asyncio.create_task(rename())
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        async with installation.reader.connect() as reader:
            while not (await reader.exec_driver_sql(waiting)).scalar_one():
                assert not renaming.done()
    await renaming
    async with installation.sessions.begin() as session:
        assert [o.sequence for o in await sessions_of(session, made)] == [1]


async def test_what_is_renamed_exists_and_gets_a_name(session: AsyncSession) -> None:
    await ensure_series(session, "xiuchulai", "旧名字", "310110")
    with pytest.raises(NotFound):
        await rename_series(session, "nothing", "新名字")
    with pytest.raises(NotFound):
        await rename_venue(session, new_id(), "新名字")
    for name in ("", "\x00", "长" * 201):
        with pytest.raises(Faulty):
            await rename_series(session, "xiuchulai", name)
