"""The office's verbs for a whole event: create, publish, postpone, cancel. Amending, single sessions and renaming have rooms of their own.

They authorise, lock, change, keep the history and tell what follows from it; they flush and never commit. A draft is seen by the offices
that may write it and by nobody else.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Place, Verb, may
from events.accounts.service import authorise
from events.calendar import queries
from events.calendar.changes import Announcements, raise_one, record, tell
from events.calendar.drafts import EventDraft, checked
from events.calendar.facts import session_facts
from events.calendar.models import Event, EventChange, Occurrence
from events.calendar.references import References, hold_names, look_up, place_venue, reference_faults
from events.calendar.rules import ChangeKind, EventStatus, OccurrenceStatus, later
from events.calendar.search import make_searchable
from events.calendar.when import DraftSession
from events.errors import AlreadyPublished, AlreadyStopped, Fault, Faulty, NotFound, NotPublished
from events.regions.rules import Tier
from infra import clock
from infra.ids import new_id


async def create_event(
    session: AsyncSession, actor: Actor, draft: EventDraft, *, published: bool = False, gather: Announcements | None = None
) -> Event:
    """A new event: a draft, or published at once. Raises Forbidden where the desk may not write, Faulty with everything that is wrong.

    Who writes many in one transaction passes `gather` and calls `changes.tell` with it at the end.
    """
    draft, faults = checked(draft)
    found = await look_up(session, draft, region_code=draft.region_code)
    tier = draft.tier or found.tier
    if found.within:
        authorise(actor, Verb.DECIDE_EVENT if published else Verb.WRITE_EVENT, Place(tier, found.within))
    faults += reference_faults(draft, found)
    faults += [Fault(f"occurrences[{i}].id", "not_found") for i, s in enumerate(draft.when.sessions) if s.id]
    if faults:
        raise Faulty(*faults)
    told = Announcements() if gather is None else gather
    event = new_event(draft, found, tier, published=published)
    event.venue_id = await place_venue(session, draft.venue, draft.region_code, told) if draft.venue else None
    await hold_names(session, event.series_id, event.venue_id)
    session.add(event)
    await session.flush()
    session.add_all(new_occurrence(event, position, drafted) for position, drafted in enumerate(draft.when.sessions))
    change = await record(session, actor, event, ChangeKind.PUBLISHED if published else ChangeKind.CREATED, after={"title": event.title})
    told.add(event, change)
    if gather is None:
        await tell(session, told)
    return event


def new_event(draft: EventDraft, found: References, tier: Tier, *, published: bool) -> Event:
    """The row of a checked draft, still without its venue and sessions."""
    now = clock.now()
    event = Event(
        id=new_id(),
        title=draft.title,
        status=EventStatus.PUBLISHED if published else EventStatus.DRAFT,
        tier=tier,
        tier_as_written=draft.tier_as_written,
        tier_guessed=draft.tier_guessed,
        region_code=draft.region_code,
        series_id=found.series_id,
        board_id=found.board_id,
        sports=list(draft.sports),
        audience=list(draft.audience),
        date_text=draft.when.text,
        precision=draft.when.precision,
        first_on=draft.when.first_on,
        last_on=draft.when.last_on,
        organiser=draft.organiser,
        undertaker=draft.undertaker,
        contact=draft.contact,
        summary=draft.summary,
        eligibility=draft.eligibility,
        bring=draft.bring,
        fee=draft.fee,
        free=draft.free,
        directions=draft.directions,
        fuse=draft.fuse,
        source_url=draft.source_url,
        source=draft.source,
        source_key=draft.source_key,
        demo=draft.demo,
        created_at=now,
        changed_at=now,
    )
    make_searchable(event, draft.title, draft.venue.name if draft.venue else None, draft.organiser)
    return event


def new_occurrence(event: Event, position: int, drafted: DraftSession) -> Occurrence:
    """A session as drafted, scheduled, with an identity of its own."""
    return Occurrence(
        id=new_id(),
        event_id=event.id,
        position=position,
        label=drafted.label,
        first_on=drafted.first_on,
        last_on=drafted.last_on,
        starts_at=drafted.starts_at,
        ends_at=drafted.ends_at,
        daypart=drafted.daypart,
        status=OccurrenceStatus.SCHEDULED,
        sequence=0,
        changed_at=event.changed_at,
    )


async def publish(session: AsyncSession, actor: Actor, event_id: UUID, *, gather: Announcements | None = None) -> EventChange:
    """Show a draft to everyone. `gather` as in `create_event`. Raises NotFound, Forbidden, AlreadyPublished, AlreadyStopped."""
    await reach(session, actor, Verb.DECIDE_EVENT, event_id)
    event = await queries.lock_event(session, event_id)
    if event.status is EventStatus.PUBLISHED:
        raise AlreadyPublished
    if event.status is not EventStatus.DRAFT:
        raise AlreadyStopped
    # What calendars are told of is as new as its publication, however long it lay as a draft.
    for occurrence in await queries.lock_occurrences(session, event_id):
        raise_one(occurrence)
    return await _set_status(session, actor, event, EventStatus.PUBLISHED, ChangeKind.PUBLISHED, reason=None, gather=gather)


async def postpone(session: AsyncSession, actor: Actor, event_id: UUID, *, reason: str) -> EventChange:
    """The dates no longer hold and new ones are not known: calendars are told that the old sessions are off.

    Amending it with a date that is known publishes it anew. Raises NotFound, Forbidden, NotPublished, AlreadyStopped.
    """
    return await _stop(session, actor, event_id, EventStatus.POSTPONED, ChangeKind.POSTPONED, reason)


async def cancel(session: AsyncSession, actor: Actor, event_id: UUID, *, reason: str) -> EventChange:
    """The event will not be. A postponed one can still be cancelled. Raises NotFound, Forbidden, NotPublished, AlreadyStopped."""
    return await _stop(session, actor, event_id, EventStatus.CANCELLED, ChangeKind.CANCELLED, reason)


async def _stop(session: AsyncSession, actor: Actor, event_id: UUID, status: EventStatus, kind: ChangeKind, reason: str) -> EventChange:
    await reach(session, actor, Verb.DECIDE_EVENT, event_id)
    event = await queries.lock_event(session, event_id)
    refuse_unless_published(event, also=(EventStatus.POSTPONED,) if status is EventStatus.CANCELLED else ())
    occurrences = await queries.lock_occurrences(session, event_id)
    before = [session_facts(o) for o in occurrences if o.status is OccurrenceStatus.SCHEDULED]
    for occurrence in occurrences:
        occurrence.status = OccurrenceStatus.CANCELLED
        raise_one(occurrence)
    return await _set_status(session, actor, event, status, kind, reason=reason, sessions=before)


async def _set_status(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    status: EventStatus,
    kind: ChangeKind,
    *,
    reason: str | None,
    sessions: Sequence[dict[str, object]] = (),
    gather: Announcements | None = None,
) -> EventChange:
    before: dict[str, object] = {"status": event.status.value}
    if sessions:
        before["occurrences"] = sessions
    event.status, event.changed_at = status, later(event.changed_at, clock.now())
    change = await record(session, actor, event, kind, before=before, after={"status": status.value}, reason=reason)
    told = Announcements() if gather is None else gather
    told.add(event, change)
    if gather is None:
        await tell(session, told)
    return change


async def reach(session: AsyncSession, actor: Actor, verb: Verb, event_id: UUID) -> Event:
    """The event, where the actor's desk may do this. Another's draft is not found: Forbidden would tell that it is there."""
    event = await queries.get_event(session, event_id)
    place = await queries.place_of(session, event)
    if event.status is EventStatus.DRAFT and not any(may(actor, v, place) for v in Verb):
        raise NotFound
    authorise(actor, verb, place)
    return event


def refuse_unless_published(event: Event, *, also: Sequence[EventStatus] = ()) -> None:
    """Raises NotPublished for a draft, AlreadyStopped for an event that was postponed or cancelled."""
    if event.status is EventStatus.DRAFT:
        raise NotPublished
    if event.status is not EventStatus.PUBLISHED and event.status not in also:
        raise AlreadyStopped
