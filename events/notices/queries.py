"""What a notice is written from, read at the moment of writing: the team's state now, and the event as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.calendar.dates import Daypart
from events.calendar.models import Event, EventChange, Occurrence, Venue
from events.calendar.rules import ChangeKind, EventStatus, OccurrenceStatus
from events.competitions.models import Competition, Division
from events.notices.models import Delivery
from events.notices.rules import NoticeKind
from events.registrations.models import Registration
from events.registrations.rules import RegistrationStatus


@dataclass(frozen=True, slots=True)
class Sitting:
    """One dated session as a letter tells it, with its VEVENT."""

    first_on: date
    last_on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    daypart: Daypart | None = None
    label: str | None = None
    cancelled: bool = False
    removed: bool = False
    vevent: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to the event."""

    kind: ChangeKind
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A claimed delivery with everything that its letter says. `position` is the place on the waitlist now, None for a team not on it.

    `since` is what was done to the event after its `change`, oldest first.
    """

    id: UUID
    kind: NoticeKind
    address: str
    attempts: int
    created_at: datetime
    registration_id: UUID
    generation: int
    number: str
    team: str
    leader: str
    language: str
    status: RegistrationStatus
    reason: str | None
    position: int | None
    division: str
    competition: str
    event_id: UUID
    event: str
    event_status: EventStatus
    date_text: str | None
    venue: str | None
    address_of_venue: str | None
    contact: str | None
    sittings: Sequence[Sitting] = field(default=())
    change: Change | None = None
    since: Sequence[Change] = ()


async def list_notices(session: AsyncSession, delivery_ids: Sequence[UUID]) -> list[Notice]:
    """Three statements, however many deliveries there are."""
    rows = (await session.execute(_facts().where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id))).mappings().all()
    sittings = await sittings_of(session, {row["event_id"] for row in rows})
    changes = await changes_since(session, {row["cause_id"] for row in rows})
    return [
        Notice(
            **{k: v for k, v in row.items() if k != "cause_id"},
            sittings=sittings.get(row["event_id"], ()),
            change=next(iter(changes.get(row["cause_id"], ())), None),
            since=changes.get(row["cause_id"], ())[1:],
        )
        for row in rows
    ]


def _facts() -> Any:
    ahead = aliased(Registration)
    position = (
        select(func.count())
        .where(
            ahead.division_id == Registration.division_id, ahead.status == RegistrationStatus.WAITLISTED, ahead.rank <= Registration.rank
        )
        .where(Registration.status == RegistrationStatus.WAITLISTED)
        .scalar_subquery()
    )
    return (
        select(
            Delivery.id,
            Delivery.kind,
            Delivery.cause_id,
            Delivery.address,
            Delivery.attempts,
            Delivery.created_at,
            Registration.id.label("registration_id"),
            Registration.generation,
            Registration.number,
            Registration.team_name.label("team"),
            Registration.leader_name.label("leader"),
            Registration.language,
            Registration.status,
            Registration.reason,
            func.nullif(position, 0).label("position"),
            Division.name.label("division"),
            Competition.title.label("competition"),
            Event.id.label("event_id"),
            Event.title.label("event"),
            Event.status.label("event_status"),
            Event.date_text,
            Venue.name.label("venue"),
            Venue.address.label("address_of_venue"),
            Event.contact,
        )
        .join(Registration, Registration.id == Delivery.registration_id)
        .join(Division, Division.id == Registration.division_id)
        .join(Competition, Competition.id == Division.competition_id)
        .join(Event, Event.id == Competition.event_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
    )


async def sittings_of(session: AsyncSession, event_ids: set[UUID]) -> dict[UUID, list[Sitting]]:
    """The sessions of each event in order. A removed one is kept: its VEVENT tells a calendar program that it is cancelled."""
    found: dict[UUID, list[Sitting]] = {}
    chosen = (
        select(Occurrence)
        .where(Occurrence.event_id.in_(event_ids))
        .order_by(Occurrence.first_on, Occurrence.starts_at, Occurrence.position)
    )
    for o in await session.scalars(chosen):
        sitting = Sitting(
            o.first_on,
            o.last_on,
            o.starts_at,
            o.ends_at,
            o.daypart,
            o.label,
            cancelled=o.status is OccurrenceStatus.CANCELLED,
            removed=o.removed_at is not None,
            vevent=o.vevent,
        )
        found.setdefault(o.event_id, []).append(sitting)
    return found


async def changes_since(session: AsyncSession, cause_ids: set[UUID]) -> dict[UUID, list[Change]]:
    """Each change of an event that is a cause, and after it those that followed: an event's instants of change grow by a second at least.

    Read last: what stopped the event after its row was read is seen here.
    """
    cause = aliased(EventChange)
    followed = and_(EventChange.event_id == cause.event_id, or_(EventChange.id == cause.id, EventChange.at > cause.at))
    chosen = select(cause.id, EventChange).join(EventChange, followed).where(cause.id.in_(cause_ids)).order_by(EventChange.at)
    found: dict[UUID, list[Change]] = {}
    for cause_id, c in await session.execute(chosen):
        found.setdefault(cause_id, []).append(Change(c.kind, c.reason, c.before, c.after, c.event_id))
    return found


def teams_of(event_id: UUID) -> Any:
    """The registrations of an event's competitions that have an address to write to: (id, leader_email), for a statement to refine."""
    joined = and_(Division.competition_id == Competition.id, Competition.event_id == event_id)
    return (
        select(Registration.id, Registration.leader_email)
        .join(Division, Division.id == Registration.division_id)
        .join(Competition, joined)
        .where(Registration.leader_email.is_not(None))
    )
