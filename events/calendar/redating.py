"""New dates for a locked event: which sessions they are, which are new and which are gone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.matching import match, same
from events.calendar.models import Event, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.calendar.service import new_occurrence
from events.calendar.when import DraftSession, When
from events.errors import Fault, Faulty
from infra import clock


async def redate(session: AsyncSession, event: Event, occurrences: Sequence[Occurrence], when: When) -> set[UUID]:
    """Give the event its new dates. Returns the ids of the sessions that were made, moved, scheduled again or removed.

    Raises Faulty for an id that is none of the event's.
    """
    returns = event.status is EventStatus.POSTPONED and when.first_on is not None
    if returns:
        event.status = EventStatus.PUBLISHED
    event.date_text, event.precision, event.first_on, event.last_on = when.text, when.precision, when.first_on, when.last_on
    stored = {o.id: o for o in occurrences}
    if unknown := [i for i, s in enumerate(when.sessions) if s.id and s.id not in stored]:
        raise Faulty(*(Fault(f"occurrences[{i}].id", "not_found") for i in unknown))
    matched = match(occurrences, when.sessions)
    # Whoever names none but cancelled sessions says that they take place: an event is stopped by its own verb, never by having none left.
    anew = returns or all(known and stored[known].status is OccurrenceStatus.CANCELLED for known in matched)
    changed: set[UUID] = set()
    for position, (drafted, known) in enumerate(zip(when.sessions, matched, strict=True)):
        occurrence = stored.pop(known) if known else None
        if occurrence is None:
            occurrence = new_occurrence(event, position, drafted)
            session.add(occurrence)
            changed.add(occurrence.id)
        elif anew or not same(occurrence, drafted):
            place_session(occurrence, drafted)
            changed.add(occurrence.id)
        occurrence.position = position
    for gone in stored.values():
        await _remove(session, event, gone)
    return changed | stored.keys()


def place_session(occurrence: Occurrence, drafted: DraftSession) -> None:
    """Put a session where it is drafted; one that was cancelled takes place again."""
    occurrence.label, occurrence.first_on, occurrence.last_on = drafted.label, drafted.first_on, drafted.last_on
    occurrence.starts_at, occurrence.ends_at, occurrence.daypart = drafted.starts_at, drafted.ends_at, drafted.daypart
    occurrence.status = OccurrenceStatus.SCHEDULED


async def _remove(session: AsyncSession, event: Event, occurrence: Occurrence) -> None:
    """A session that people have seen stays as removed, with its last dates: calendars have to be told. A draft's is just gone."""
    if event.status is EventStatus.DRAFT:
        await session.delete(occurrence)
    else:
        occurrence.status, occurrence.removed_at = OccurrenceStatus.CANCELLED, clock.now()
