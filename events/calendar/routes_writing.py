"""Writing events over the API. The answer is the event as it is read; a new one is a draft until it is published."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor
from events.calendar import occurrences, queries, service
from events.calendar.amending import amend_event
from events.calendar.drafts import checked
from events.calendar.entries import find_entry
from events.calendar.models import Event
from events.calendar.references import look_up, reference_faults
from events.calendar.rules import EventStatus
from events.calendar.schemas_in import EventIn, EventPatch, MoveIn, ReasonIn, drafted, moved_to, reason_of
from events.calendar.schemas_out import EventWritten, written
from events.calendar.sports import with_known_sports
from events.errors import Fault, Faulty, NotFound
from infra import clock
from infra.installation import Installation, settings_of


async def contents(session: AsyncSession, written: EventPatch, ids: Mapping[str, UUID]) -> list[Fault]:
    """Every fault of what stands in an event, for a body whose shape is wrong in places."""
    zone = settings_of(session).zone
    event = await session.get(Event, ids["event_id"]) if "event_id" in ids else None
    draft, only = drafted(written, zone, today=clock.today(zone), year=event.first_on.year if event and event.first_on else None)
    draft, faults = checked(await with_known_sports(session, draft), only)
    region_code = draft.region_code if event is None or "region_code" in only else event.region_code
    found = await look_up(session, draft, region_code=region_code, series_id=event.series_id if event and "series" not in only else None)
    return [*faults, *reference_faults(draft, found, only)]


@post("/events", contents=contents, tags=["events"])
async def create_event(
    data: JSONBody[EventIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> Response[EventWritten]:
    """Write a new event, as a draft."""
    zone = installation.settings.zone
    draft, _ = drafted(data, zone, today=clock.today(zone))
    event = await service.create_event(session, actor, await with_known_sports(session, draft))
    return Response(await _as_read(session, installation, event.id), headers={"Location": f"/api/v1/events/{event.id}"})


@patch("/events/{event_id:uuid}", contents=contents, tags=["events"])
async def amend(
    event_id: FromPath[UUID],
    data: JSONBody[EventPatch],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> EventWritten:
    """Change the fields that are written and leave the others. A date without its year is of the event's own."""
    event, zone = await queries.get_event(session, event_id), installation.settings.zone
    draft, only = drafted(data, zone, today=clock.today(zone), year=event.first_on.year if event.first_on else None)
    await amend_event(session, actor, event_id, await with_known_sports(session, draft), only=only)
    return await _as_read(session, installation, event_id)


@post("/events/{event_id:uuid}/publish", status_code=HTTP_200_OK, tags=["events"])
async def publish(
    event_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> EventWritten:
    """Show a draft to everyone."""
    await service.publish(session, actor, event_id)
    return await _as_read(session, installation, event_id)


@post("/occurrences/{occurrence_id:uuid}/cancel", status_code=HTTP_200_OK, tags=["events"])
async def cancel_occurrence(
    occurrence_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> EventWritten:
    """Cancel one session of a published event."""
    change = await occurrences.cancel_occurrence(session, actor, occurrence_id, reason=reason_of(data))
    return await _as_read(session, installation, change.event_id)


async def move_contents(session: AsyncSession, written: MoveIn, _: Mapping[str, UUID]) -> list[Fault]:
    """Every fault of what stands in a move."""
    try:
        moved_to(written, settings_of(session).zone)
    except Faulty as refusal:
        return list(refusal.faults)
    return []


@post("/occurrences/{occurrence_id:uuid}/move", contents=move_contents, status_code=HTTP_200_OK, tags=["events"])
async def move_occurrence(
    occurrence_id: FromPath[UUID],
    data: JSONBody[MoveIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> EventWritten:
    """Move one session of a published event to a new start, or to a new day. Moved to where it is, nothing changes and nobody is told."""
    to, reason = moved_to(data, installation.settings.zone)
    length, daypart = data.ends_at is None and data.until is None, data.daypart is UNSET
    await occurrences.move_occurrence(session, actor, occurrence_id, to, reason=reason, same_length=length, same_daypart=daypart)
    return await _as_read(session, installation, (await queries.get_occurrence(session, occurrence_id)).event_id)


async def _as_read(session: AsyncSession, installation: Installation, event_id: UUID) -> EventWritten:
    settings = installation.settings
    entry = await find_entry(session, event_id, settings.zone, statuses=EventStatus)
    if entry is None:
        raise NotFound
    return written(entry, clock.now(), settings.public_url)


handlers = [create_event, amend, publish, cancel_occurrence, move_occurrence]
