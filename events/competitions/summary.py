"""What a month shows of an event's sign-ups, kept on the event's own row so that a month is read without counting."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.revisions import months_between, show_anew, touch
from events.competitions.models import Competition, Division


async def refresh(session: AsyncSession, event_id: UUID) -> None:
    """Bring the event's summary in line with its divisions, and raise its months' revisions when that changes what is shown.

    The event is locked first and the divisions are read after: of two divisions that fill at once, the second sees both full. Whoever holds
    a division may wait here for its event, so nobody who holds an event may wait for its divisions (`stops` locks those first).
    """
    show_anew(session, event_id)
    event = await session.get_one(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)
    opens_at = Competition.registration_opens_at
    # A window that was closed before it opened is empty.
    closes_at = func.greatest(opens_at, func.least(Division.closed_at, Competition.registration_closes_at))
    windows = func.range_agg(func.tstzrange(opens_at, closes_at), type_=TSTZMULTIRANGE)
    shown = (
        select(windows, windows.filter(Division.confirmed < Division.quota))
        .join(Division, Division.competition_id == Competition.id)
        .where(Competition.event_id == event_id)
    )
    taken, free = (await session.execute(shown)).one()
    if (taken, free) == (event.registration_windows, event.registration_free):
        return
    event.registration_windows, event.registration_free = taken, free
    await session.flush()
    await touch(session, months_between(event.first_on, event.last_on))
