"""Reads and locks of events."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Place
from events.calendar.models import Event, Occurrence, Venue
from events.calendar.states import over_at
from events.errors import NotFound
from events.regions.models import Region
from infra.installation import settings_of


async def get_event(session: AsyncSession, event_id: UUID) -> Event:
    """The event, in any status. Raises NotFound."""
    event = await session.get(Event, event_id)
    if event is None:
        raise NotFound
    return event


async def end_of(session: AsyncSession, event_id: UUID) -> datetime | None:
    """The instant at which the event is over, as `Entry.over_at` says it; None while it has no day."""
    return await session.scalar(select(over_at(settings_of(session).zone)).where(Event.id == event_id))


async def lock_event(session: AsyncSession, event_id: UUID) -> Event:
    """The event as it is now, locked until the transaction ends. FOR NO KEY UPDATE: foreign-key checks elsewhere don't wait for it."""
    query = select(Event).where(Event.id == event_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    event = await session.scalar(query)
    if event is None:
        raise NotFound
    return event


async def lock_occurrences(session: AsyncSession, event_id: UUID) -> Sequence[Occurrence]:
    """The event's sessions that aren't removed, in order, locked: a renaming raises their sequences without the event's lock."""
    query = (
        select(Occurrence)
        .where(Occurrence.event_id == event_id, Occurrence.removed_at.is_(None))
        .order_by(Occurrence.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return sorted((await session.scalars(query)).all(), key=lambda o: o.position)


async def get_occurrence(session: AsyncSession, occurrence_id: UUID) -> Occurrence:
    """The session, unless it was removed. Raises NotFound."""
    occurrence = await session.get(Occurrence, occurrence_id)
    if occurrence is None or occurrence.removed_at is not None:
        raise NotFound
    return occurrence


async def place_of(session: AsyncSession, event: Event) -> Place:
    """Where the event stands in the order of offices, for `accounts.rules.may`."""
    within = await session.scalar(select(Region.within).where(Region.code == event.region_code))
    return Place(event.tier, frozenset(within or ()), event.id)


async def list_venues(session: AsyncSession, part: str, *, limit: int = 50) -> Sequence[Venue]:
    """Venues with a part of their name or address, by name."""
    wanted = select(Venue).where(or_(Venue.name.contains(part, autoescape=True), Venue.address.contains(part, autoescape=True)))
    return (await session.scalars(wanted.order_by(Venue.name, Venue.id).limit(limit))).all()
