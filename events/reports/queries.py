"""Reads of reports, and whose mailbox an event's reports go to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.rules import EventStatus
from events.regions.models import Region
from events.regions.queries import within
from events.reports.models import Mailbox, Report
from events.reports.rules import ReportState


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the event that it is of."""

    id: UUID
    event_id: UUID
    event: str
    region: str
    message: str
    contact: str | None
    state: ReportState
    address: str | None
    attempts: int
    created_at: datetime


_REPORTED = (
    select(
        Report.id,
        Report.event_id,
        Event.title.label("event"),
        Region.name.label("region"),
        Report.message,
        Report.contact,
        Report.state,
        Report.address,
        Report.attempts,
        Report.created_at,
    )
    .join(Event, Event.id == Report.event_id)
    .join(Region, Region.code == Event.region_code)
)


async def find_mailbox(session: AsyncSession, region_code: str) -> str | None:
    """The mailbox of the region's office, else of the nearest office above it that has one."""
    found: str | None = await session.scalar(_mailbox(literal(region_code)))
    return found


def _mailbox(region_code: SQLColumnExpression[str]) -> Select[str]:
    """A street's code is longer than its district's, and a city's ends in more zeros."""
    above = select(func.unnest(Region.within)).where(Region.code == region_code)
    nearest = func.length(Mailbox.region_code).desc(), Mailbox.region_code.desc()
    return select(Mailbox.address).where(Mailbox.region_code.in_(above)).order_by(*nearest).limit(1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an event's report meets: its office's mailbox, if any, and of one network the same report and how many others lately."""

    status: EventStatus
    mailbox: str | None
    twin: UUID | None
    lately: int


async def find_standing(session: AsyncSession, event_id: UUID, message: str, *, network: bytes, since: datetime) -> Standing | None:
    """In one statement; None when there is no such event."""
    recent = and_(Report.network == network, Report.created_at > since)
    twin = select(Report.id).where(recent, Report.event_id == event_id, Report.message == message).limit(1)
    lately = select(func.count()).select_from(Report).where(recent)
    shown = Event.status, _mailbox(Event.region_code).scalar_subquery(), twin.scalar_subquery(), lately.scalar_subquery()
    row = (await session.execute(select(*shown).where(Event.id == event_id))).one_or_none()
    return Standing(*row) if row else None


async def list_mailboxes(session: AsyncSession) -> Sequence[tuple[str, str, str]]:
    """Code, name and address of every office that has one."""
    query = select(Mailbox.region_code, Region.name, Mailbox.address).join(Region, Region.code == Mailbox.region_code)
    return [(code, name, address) for code, name, address in await session.execute(query.order_by(Mailbox.region_code))]


async def list_reported(session: AsyncSession, ids: Sequence[UUID]) -> list[Reported]:
    """Reports by their ids."""
    return [Reported(**row) for row in (await session.execute(_REPORTED.where(Report.id.in_(ids)).order_by(Report.id))).mappings()]


async def list_reports(session: AsyncSession, *, region_code: str | None = None, limit: int = 200) -> list[Reported]:
    """The newest reports, of one region and all below it when it is given."""
    query = _REPORTED.order_by(Report.created_at.desc(), Report.id.desc()).limit(limit)
    if region_code:
        query = query.where(Event.region_code.in_(within(region_code)))
    return [Reported(**row) for row in (await session.execute(query)).mappings()]
