"""One session of a published event, cancelled or moved alone."""

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Verb
from events.calendar import queries
from events.calendar.changes import Announcements, raise_one, record, tell
from events.calendar.drafts import session_faults
from events.calendar.facts import session_facts
from events.calendar.matching import same
from events.calendar.models import Event, EventChange, Occurrence
from events.calendar.redating import place_session
from events.calendar.revisions import months_between
from events.calendar.rules import ChangeKind, OccurrenceStatus, later
from events.calendar.service import reach, refuse_unless_published
from events.calendar.when import DraftSession, precision_of, timed
from events.errors import Faulty, LastOccurrence, NotFound, OccurrenceStopped
from infra import clock
from infra.installation import settings_of


async def cancel_occurrence(session: AsyncSession, actor: Actor, occurrence_id: UUID, *, reason: str) -> EventChange:
    """This session will not be; the others stand. Raises NotFound, Forbidden, NotPublished, AlreadyStopped, OccurrenceStopped, and
    LastOccurrence for the only one left: an event without a session would stay published and go on taking teams."""
    event, sessions = await _take(session, actor, occurrence_id)
    occurrence = sessions[occurrence_id]
    if not any(o.status is OccurrenceStatus.SCHEDULED for o in sessions.values() if o is not occurrence):
        raise LastOccurrence
    before = session_facts(occurrence)
    occurrence.status = OccurrenceStatus.CANCELLED
    return await _finish(session, actor, event, occurrence, ChangeKind.OCCURRENCE_CANCELLED, before, reason=reason, months=[])


async def move_occurrence(
    session: AsyncSession,
    actor: Actor,
    occurrence_id: UUID,
    to: DraftSession,
    *,
    reason: str,
    same_length: bool = False,
    same_daypart: bool = False,
) -> EventChange | None:
    """This session takes place at another time, under its own label; the event's dates follow, and its dates as written no longer hold.

    `same_length`: only a start was given, and its end moves along. `same_daypart`: only a day was given, and what was in the morning stays
    so. None when it takes place there already. Raises NotFound, Forbidden, NotPublished, AlreadyStopped, OccurrenceStopped, Faulty.
    """
    event, sessions = await _take(session, actor, occurrence_id)
    occurrence = sessions[occurrence_id]
    to = replace(_as_long_as(occurrence, to, settings_of(session).zone) if same_length else to, label=occurrence.label)
    if same_daypart and to.starts_at is None:
        to = replace(to, daypart=occurrence.daypart)
    if faults := list(session_faults([to], lambda _: "ends_at" if to.ends_at else "until")):
        raise Faulty(*faults)
    if same(occurrence, to):
        return None
    before, months = session_facts(occurrence), months_between(event.first_on, event.last_on)
    place_session(occurrence, to)
    event.date_text, event.precision = None, precision_of(sessions.values())
    event.first_on, event.last_on = min(o.first_on for o in sessions.values()), max(o.last_on for o in sessions.values())
    return await _finish(session, actor, event, occurrence, ChangeKind.MOVED, before, reason=reason, months=months)


def _as_long_as(occurrence: Occurrence, to: DraftSession, zone: ZoneInfo) -> DraftSession:
    """The new start with the session's own length: hours when they are known and asked for, else days."""
    if to.starts_at and occurrence.starts_at and occurrence.ends_at:
        return timed(to.starts_at, to.starts_at + (occurrence.ends_at - occurrence.starts_at), zone)
    return replace(to, last_on=to.first_on + (occurrence.last_on - occurrence.first_on))


async def _take(session: AsyncSession, actor: Actor, occurrence_id: UUID) -> tuple[Event, dict[UUID, Occurrence]]:
    """The published event of a session that still stands, and all its sessions, locked."""
    seen = await queries.get_occurrence(session, occurrence_id)
    await reach(session, actor, Verb.DECIDE_EVENT, seen.event_id)
    event = await queries.lock_event(session, seen.event_id)
    refuse_unless_published(event)
    sessions = {o.id: o for o in await queries.lock_occurrences(session, event.id)}
    if occurrence_id not in sessions:
        raise NotFound
    if sessions[occurrence_id].status is OccurrenceStatus.CANCELLED:
        raise OccurrenceStopped
    return event, sessions


async def _finish(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    occurrence: Occurrence,
    kind: ChangeKind,
    before: dict[str, object],
    *,
    reason: str,
    months: list[str],
) -> EventChange:
    raise_one(occurrence)
    event.changed_at = later(event.changed_at, clock.now())
    told = Announcements()
    after = {"occurrences": [session_facts(occurrence)]}
    change = await record(
        session, actor, event, kind, before={"occurrences": [before]}, after=after, reason=reason, occurrence_id=occurrence.id
    )
    told.add(event, change, months=months)
    await tell(session, told)
    return change
