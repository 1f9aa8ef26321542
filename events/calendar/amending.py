"""Amending an event: some of its fields, or its dates, from the API or from a later file."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Place, Verb
from events.accounts.service import authorise
from events.calendar import queries
from events.calendar.changes import Announcements, raise_one, record, tell
from events.calendar.drafts import WRITTEN, EventDraft, checked
from events.calendar.facts import OF_DATES, differing, event_facts, session_facts
from events.calendar.models import Event, EventChange
from events.calendar.redating import redate
from events.calendar.references import References, hold_names, look_up, place_venue, reference_faults
from events.calendar.revisions import months_between
from events.calendar.rules import ChangeKind, EventStatus, later
from events.calendar.search import make_searchable
from events.calendar.service import reach
from events.errors import AlreadyStopped, Busy, Faulty
from events.regions.rules import Tier
from infra import clock

# Fields that the row holds as the draft does.
PLAIN = {"title", "tier_as_written", "tier_guessed", "region_code", "organiser", "undertaker", "contact", "summary"}
PLAIN |= {"eligibility", "bring", "fee", "free", "directions", "fuse", "source_url", "source", "source_key", "demo"}


async def amend_event(
    session: AsyncSession,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    *,
    only: Collection[str] = WRITTEN,
    gather: Announcements | None = None,
) -> EventChange | None:
    """Bring the event to what the draft says of `only` those fields. None when it already shows that.

    A postponed event that gets a date is published anew, with every session named; a cancelled one is no longer amended. Two amendments
    at once both land, one after the other. Raises NotFound, Forbidden, AlreadyStopped, Faulty.
    """
    told = Announcements() if gather is None else gather
    draft, found, venue_id, series_id = await _prepare(session, actor, event_id, draft, only, told)
    event = await queries.lock_event(session, event_id)
    if event.status is EventStatus.CANCELLED:
        raise AlreadyStopped
    if "board" in only and "series" not in only and event.series_id != series_id:
        raise Busy(retry_after=1)
    facts, months = await event_facts(session, event_id), months_between(event.first_on, event.last_on)
    before, after = await _change(session, event, facts, draft, found, venue_id, only)
    change = None
    if before:
        event.changed_at = later(event.changed_at, clock.now())
        change = await record(session, actor, event, _kind(event, before), before=before, after=after)
        told.add(event, change, months=months)
    if gather is None:
        await tell(session, told)
    return change


async def _prepare(
    session: AsyncSession, actor: Actor, event_id: UUID, draft: EventDraft, only: Collection[str], told: Announcements
) -> tuple[EventDraft, References, UUID | None, UUID | None]:
    """Everything that can be refused, and the names that are held, before the event is locked; with its venue to be and its series now."""
    event = await reach(session, actor, Verb.WRITE_EVENT, event_id)
    draft, faults = checked(draft, only)
    region_code = draft.region_code if "region_code" in only else event.region_code
    found = await look_up(session, draft, region_code=region_code, series_id=None if "series" in only else event.series_id)
    if found.within:
        authorise(actor, Verb.WRITE_EVENT, Place(_tier(event, draft, found, only), found.within, event.id))
    faults += reference_faults(draft, found, only)
    if faults:
        raise Faulty(*faults)
    venue_id = event.venue_id
    if "venue" in only:
        venue_id = await place_venue(session, draft.venue, region_code, told) if draft.venue else None
    await hold_names(session, found.series_id if "series" in only else event.series_id, venue_id)
    return draft, found, venue_id, event.series_id


async def _change(
    session: AsyncSession,
    event: Event,
    facts: dict[str, Any],
    draft: EventDraft,
    found: References,
    venue_id: UUID | None,
    only: Collection[str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the locked event and its sessions; what it showed before and shows now, where the two differ."""
    occurrences = await queries.lock_occurrences(session, event.id)
    shown = {o.id: session_facts(o) for o in occurrences}
    _write(event, draft, found, venue_id, only)
    changed: set[UUID] = set()
    if "when" in only:
        changed = await redate(session, event, occurrences, draft.when)
    await session.flush()
    now = await event_facts(session, event.id)
    make_searchable(event, event.title, now["venue"], event.organiser)
    before, after = differing(facts, now)
    of_all = bool(before.keys() - OF_DATES)
    for occurrence in occurrences:
        if of_all or occurrence.id in changed:
            raise_one(occurrence)
    live = {o.id: session_facts(o) for o in await queries.lock_occurrences(session, event.id)} if changed else shown
    if shown != live:
        before["occurrences"] = [f for id_, f in shown.items() if live.get(id_) != f]
        after["occurrences"] = [f for id_, f in live.items() if shown.get(id_) != f]
    return before, after


def _write(event: Event, draft: EventDraft, found: References, venue_id: UUID | None, only: Collection[str]) -> None:
    event.tier = _tier(event, draft, found, only)
    for name in PLAIN.intersection(only):
        setattr(event, name, getattr(draft, name))
    if "series" in only and event.series_id != found.series_id:
        event.series_id, event.board_id = found.series_id, None
    if "board" in only:
        event.board_id = found.board_id
    if "sports" in only:
        event.sports = list(draft.sports)
    if "audience" in only:
        event.audience = list(draft.audience)
    if "venue" in only:
        event.venue_id = venue_id


def _tier(event: Event, draft: EventDraft, found: References, only: Collection[str]) -> Tier:
    """The tier that is written, else that of a new region, else the event's own."""
    if "tier" in only:
        return draft.tier or found.tier
    moves = "region_code" in only and draft.region_code != event.region_code
    return found.tier if moves else event.tier


def _kind(event: Event, before: dict[str, Any]) -> ChangeKind:
    """A change of the dates of an event that people have seen is a move, of which its teams are told."""
    moved = event.status is not EventStatus.DRAFT and not before.keys().isdisjoint({"first_on", "last_on", "occurrences"})
    return ChangeKind.MOVED if moved else ChangeKind.AMENDED
