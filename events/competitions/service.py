"""Opening a competition for an event."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Verb
from events.calendar.models import Event
from events.calendar.queries import lock_event
from events.calendar.rules import EventStatus
from events.calendar.service import reach
from events.calendar.when import read_instant
from events.competitions.codes import code_hash
from events.competitions.contents import CompetitionIn, competition_faults
from events.competitions.models import Competition, Division
from events.competitions.rules import Entry, Promotion
from events.competitions.summary import refresh
from events.errors import AlreadyStopped, Faulty
from events.messages import SignUpsOpen
from infra import clock, outbox
from infra.crypto import Keys
from infra.ids import new_id


async def open_competition(
    session: AsyncSession, actor: Actor, keys: Keys, event_id: UUID, written: CompetitionIn, *, zone: ZoneInfo
) -> Competition:
    """A new competition with its divisions, for a draft or a published event.

    Raises NotFound, Forbidden, AlreadyStopped, Faulty (naming every fault).
    """
    await reach(session, actor, Verb.RUN_COMPETITION, event_id)
    event = await lock_event(session, event_id)
    if event.status not in (EventStatus.DRAFT, EventStatus.PUBLISHED):
        raise AlreadyStopped
    if faults := competition_faults(written, ends_at=last_midnight(event, zone)):
        raise Faulty(*faults)
    competition_id = new_id()
    competition = Competition(
        id=competition_id,
        event_id=event_id,
        title=written.title.strip(),
        entry=Entry(written.entry),
        entry_code=code_hash(keys, competition_id, written.entry_code) if written.entry_code else None,
        promotion=Promotion(written.promotion),
        registration_opens_at=read_instant(written.registration_opens_at),
        registration_closes_at=read_instant(written.registration_closes_at),
        per_contact=written.per_contact,
        created_at=clock.now(),
    )
    session.add(competition)
    await session.flush()
    session.add_all(
        Division(
            id=new_id(),
            competition_id=competition_id,
            name=division.name.strip(),
            position=position,
            quota=division.quota,
            roster_min=division.roster_min,
            roster_max=division.roster_max,
        )
        for position, division in enumerate(written.divisions)
    )
    await session.flush()
    await refresh(session, event_id)
    await outbox.put(session, SignUpsOpen(competition_id), due_at=max(clock.now(), competition.registration_opens_at))
    return competition


def last_midnight(event: Event, zone: ZoneInfo) -> datetime | None:
    """The midnight after the event's last day, in the city's zone."""
    return datetime.combine(event.last_on + timedelta(days=1), time(), zone) if event.last_on else None
