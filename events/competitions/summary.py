"""What a month shows of an event's sign-ups, kept on the event's own row so that a month is read without counting."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.revisions import months_between, touch
from events.competitions.models import Competition, Division


async def refresh(session: AsyncSession, event_id: UUID) -> None:
    """Bring the event's summary in line with its divisions, and raise its months' revisions when that changes what is shown.

    The event is locked first and the divisions are read after: of two divisions that fill at once, the second sees both full. Whoever holds
    a division may wait here for its event, so nobody who holds an event may wait for its divisions (`stops` locks those first).
    """
    event = await session.get_one(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)
    closing = func.max(func.least(Division.closed_at, Competition.registration_closes_at))
    shown = (
        select(
            func.min(Competition.registration_opens_at), closing, func.coalesce(func.bool_and(Division.confirmed >= Division.quota), False)
        )
        .join(Division, Division.competition_id == Competition.id)
        .where(Competition.event_id == event_id)
    )
    opens_at, closes_at, full = (await session.execute(shown)).one()
    if (opens_at, closes_at, full) == (event.registration_opens_at, event.registration_closes_at, event.registration_full):
        return
    event.registration_opens_at, event.registration_closes_at, event.registration_full = opens_at, closes_at, full
    await session.flush()
    await touch(session, months_between(event.first_on, event.last_on))
