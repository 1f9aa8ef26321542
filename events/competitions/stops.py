"""Postponing and cancelling an event that teams have entered: the office's verbs of the calendar, with every division closed by them.

And opening them again, when the calendar has said that a postponed event has new dates.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Verb
from events.calendar import service as calendar
from events.calendar.models import Event, EventChange, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.competitions.models import Competition, Division
from events.competitions.queries import lock_divisions
from events.competitions.summary import refresh
from infra import clock


class Stop(Protocol):
    async def __call__(self, session: AsyncSession, actor: Actor, event_id: UUID, *, reason: str) -> EventChange: ...


async def postpone(session: AsyncSession, actor: Actor, event_id: UUID, *, reason: str) -> EventChange:
    """Postpone the event and close its sign-ups at once. Raises NotFound, Forbidden, NotPublished, AlreadyStopped."""
    return await _stop(calendar.postpone, session, actor, event_id, reason)


async def cancel(session: AsyncSession, actor: Actor, event_id: UUID, *, reason: str) -> EventChange:
    """Cancel the event and close its sign-ups at once. Raises NotFound, Forbidden, NotPublished, AlreadyStopped."""
    return await _stop(calendar.cancel, session, actor, event_id, reason)


async def resume(session: AsyncSession, event_id: UUID) -> Sequence[Division]:
    """Open again the divisions that were closed with an event which is published now: those opened, locked, for their places to be filled.

    A window that has passed stays closed by its time, a stopped event's by its status, and that of an event whose every session was
    cancelled by this. Done twice, nothing more happens. Whoever stops an event takes the divisions first, so the status that is read under
    their locks still holds when this commits.
    """
    closed = Division.competition_id.in_(select(Competition.id).where(Competition.event_id == event_id)), Division.closed_at.is_not(None)
    if await session.scalar(select(Division.id).where(*closed).limit(1)) is None:
        return []
    await lock_divisions(session, event_id)
    of_event = select(Occurrence.status).where(Occurrence.event_id == event_id, Occurrence.removed_at.is_(None))
    stands = or_(~of_event.exists(), of_event.where(Occurrence.status == OccurrenceStatus.SCHEDULED).exists())
    published = Event.id == event_id, Event.status == EventStatus.PUBLISHED
    if await session.scalar(select(Event.id).where(*published, stands)) is None:
        return []
    query = select(Division).where(*closed).order_by(Division.id)
    opened = (await session.scalars(query.execution_options(populate_existing=True))).all()
    for division in opened:
        division.closed_at = None
    await session.flush()
    return opened


async def _stop(verb: Stop, session: AsyncSession, actor: Actor, event_id: UUID, reason: str) -> EventChange:
    """The divisions are locked before the event, because a team that takes the last place holds its division and waits for the event.

    A registration that holds its division now commits first and counts; one that waits for it then sees `closed_at`, and is refused.
    """
    await calendar.reach(session, actor, Verb.DECIDE_EVENT, event_id)
    await lock_divisions(session, event_id)
    change = await verb(session, actor, event_id, reason=reason)
    of_event = select(Competition.id).where(Competition.event_id == event_id)
    open_ones = Division.competition_id.in_(of_event), Division.closed_at.is_(None)
    await session.execute(update(Division).where(*open_ones).values(closed_at=clock.now()))
    await refresh(session, event_id)
    return change
