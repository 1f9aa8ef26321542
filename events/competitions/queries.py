"""Reads and locks of competitions."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.entries import Entry, as_entry, entries_query
from events.calendar.models import Event
from events.calendar.rules import PUBLIC
from events.competitions.models import Competition, Division
from events.errors import NotFound


async def get_competition(session: AsyncSession, competition_id: UUID) -> Competition:
    """Raises NotFound."""
    found = await session.get(Competition, competition_id)
    if found is None:
        raise NotFound
    return found


async def competition_of(session: AsyncSession, division_id: UUID) -> Competition:
    """The competition that a division belongs to. Raises NotFound."""
    found = await session.scalar(select(Competition).join(Division).where(Division.id == division_id))
    if found is None:
        raise NotFound
    return found


async def list_competitions(session: AsyncSession, event_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Ids and titles of an event's competitions, as they were made."""
    of_event = select(Competition.id, Competition.title).where(Competition.event_id == event_id)
    return [(row.id, row.title) for row in await session.execute(of_event.order_by(Competition.created_at, Competition.id))]


async def list_entered(session: AsyncSession, event_id: UUID) -> Sequence[tuple[Competition, list[Division]]]:
    """Everything of an event that can be entered, as it was made, each with its divisions in the organiser's order: one statement."""
    both = select(Competition, Division).outerjoin(Division, Division.competition_id == Competition.id)
    order = Competition.created_at, Competition.id, Division.position, Division.id
    found: dict[UUID, tuple[Competition, list[Division]]] = {}
    for competition, division in await session.execute(both.where(Competition.event_id == event_id).order_by(*order)):
        divisions = found.setdefault(competition.id, (competition, []))[1]
        divisions += [division] if division else []
    return [*found.values()]


async def get_entered(session: AsyncSession, division_id: UUID, zone: ZoneInfo) -> tuple[Division, Competition, Entry]:
    """A division with its competition and its event, in one statement. Raises NotFound, also where not everybody may see the event."""
    both = entries_query(details=True).add_columns(Competition, Division).join(Competition, Competition.event_id == Event.id)
    wanted = both.join(Division, Division.competition_id == Competition.id)
    found = await session.execute(wanted.where(Division.id == division_id, Event.status.in_(PUBLIC)))
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound
    return row["Division"], row["Competition"], as_entry(dict(row), zone)


async def list_divisions(session: AsyncSession, competition_id: UUID) -> Sequence[Division]:
    """The divisions of a competition, in the organiser's order."""
    of_competition = select(Division).where(Division.competition_id == competition_id)
    return (await session.scalars(of_competition.order_by(Division.position, Division.id))).all()


async def lock_division(session: AsyncSession, division_id: UUID) -> Division:
    """The division as it is now, locked until the transaction ends: the one way to its places. Raises NotFound.

    FOR NO KEY UPDATE: foreign-key checks of other transactions don't wait for it.
    """
    found = await session.get(Division, division_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None:
        raise NotFound
    return found


async def lock_divisions(session: AsyncSession, event_id: UUID) -> None:
    """Lock every division of an event, always in the same order."""
    of_event = select(Division.id).join(Competition).where(Competition.event_id == event_id).order_by(Division.id)
    await session.execute(of_event.with_for_update(of=Division, key_share=True))
