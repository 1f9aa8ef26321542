"""What every change of an event leaves behind: its history, raised sequences, month revisions, rendered VEVENTs and the word of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, DateTime, cast, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor
from events.calendar.ical.rendering import render_event
from events.calendar.models import Event, EventChange, Occurrence
from events.calendar.revisions import months_between, show_anew, touch
from events.calendar.rules import ChangeKind, EventStatus, later
from events.messages import EventChanged, RenderingDue
from infra import clock, outbox
from infra.ids import new_id

# Feeds reach this far back; what lies before is rendered no more.
DAYS_BACK = 60
RENDERED_AT_ONCE = 20


@dataclass(slots=True)
class Announcements:
    """What is to be told when a transaction is through with its events: their months, and the changes the public can see."""

    months: set[str] = field(default_factory=set)
    changes: list[EventChanged] = field(default_factory=list)

    def add(self, event: Event, change: EventChange, *, months: Iterable[str] = ()) -> None:
        """A change of an event that touched `months` before it. Nobody is told of a draft's: nobody sees one."""
        if event.status is not EventStatus.DRAFT:
            self.months.update(months, months_between(event.first_on, event.last_on))
            self.changes.append(EventChanged(event.id, change.id))


async def record(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    kind: ChangeKind,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    occurrence_id: UUID | None = None,
) -> EventChange:
    """Write what was done into the event's history, and everything that waits in the session to the database."""
    change = EventChange(
        id=new_id(),
        event_id=event.id,
        occurrence_id=occurrence_id,
        kind=kind,
        reason=reason,
        before=before or {},
        after=after or {},
        actor=signature(actor),
        at=event.changed_at,
    )
    session.add(change)
    await session.flush()
    return change


def signature(actor: Actor) -> str:
    """Who acted, as the history keeps it: the desk by its name, else by its role and region."""
    return "operator" if actor.operator else actor.label or f"{actor.role} {actor.region_code}"


async def tell(session: AsyncSession, told: Announcements) -> None:
    """Render, touch the months and put the messages: the last locks of a transaction, taken once, however many events it wrote.

    Many events are left to a worker, which renders in batches.
    """
    messages: list[Struct] = [*told.changes]
    event_ids = dict.fromkeys(change.event_id for change in told.changes)
    if len(event_ids) > RENDERED_AT_ONCE:
        messages.append(RenderingDue("many"))
    else:
        for event_id in event_ids:
            await render_event(session, event_id)
    for event_id in event_ids:
        show_anew(session, event_id)
    if told.months:
        await touch(session, sorted(told.months))
    await outbox.put_all(session, messages)


def raise_one(occurrence: Occurrence) -> None:
    """The next sequence of a locked session that shows something new."""
    occurrence.sequence += 1
    occurrence.changed_at = later(occurrence.changed_at, clock.now())


async def raise_showing(session: AsyncSession, shows: ColumnElement[bool]) -> None:
    """Raise every live session of the events that show what was renamed, in one statement; a worker renders them in batches.

    Those far ahead are raised too, or they would enter the feeds with the old name. Rows are locked in the order in which an amendment
    locks those of one event, so that the two can't wait for each other.
    """
    now = clock.now()
    since = (now - timedelta(days=DAYS_BACK + 1)).date()
    live = select(Occurrence.id).join(Event).where(shows, Occurrence.removed_at.is_(None), Occurrence.last_on >= since)
    locked = live.order_by(Occurrence.id).with_for_update(of=Occurrence, key_share=True)
    grown = func.greatest(now, Occurrence.changed_at + timedelta(seconds=1))
    raised = update(Occurrence).where(Occurrence.id.in_(locked)).values(sequence=Occurrence.sequence + 1, changed_at=grown)
    await session.execute(raised, execution_options={"synchronize_session": False})
    await outbox.put(session, RenderingDue("renamed"))


async def months_showing(session: AsyncSession, shows: ColumnElement[bool]) -> set[str]:
    """Every month (YYYY-MM) that an event touches which shows what was renamed."""
    first = func.date_trunc("month", cast(Event.first_on, DateTime))
    months = func.generate_series(first, cast(Event.last_on, DateTime), text("interval '1 month'"))
    found = await session.scalars(select(func.to_char(months, "YYYY-MM")).where(shows, Event.status != EventStatus.DRAFT).distinct())
    return set(found)
