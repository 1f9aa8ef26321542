"""Reading posters, and reading what they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Row, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.called import Names, read_names
from events.calendar.entries import entries_query, read_entries, stamps_query
from events.calendar.filters import Filters
from events.calendar.holidays import read_holidays
from events.calendar.index import Index, narrowed
from events.calendar.models import Event, MonthRevision
from events.calendar.month import MonthView, last_of, lay_out, next_turn_of
from events.calendar.months_ready import month_query
from events.calendar.rules import PUBLIC
from events.posters.models import Poster
from events.posters.rules import KEPT, MOST_KEPT_BYTES, OVERDUE, PERIOD, PosterKind, PosterState
from events.posters.subjects import Subject
from events.regions.models import Region

# The revision of a month that was never touched.
UNTOUCHED = "0"


async def find_revision(connection: AsyncConnection | AsyncSession, subject: Subject) -> str | None:
    """The revision of the subject's month, or the stamp of its event; None for an event that the public may not see."""
    if subject.event_id is None:
        found = await connection.scalar(select(MonthRevision.revision).where(MonthRevision.month == subject.month))
        return str(found) if found is not None else UNTOUCHED
    rows = await connection.execute(stamps_query().where(Event.id == subject.event_id, Event.status.in_(PUBLIC)))
    return next((row.stamp for row in rows), None)


async def find_poster(session: AsyncSession, digest: bytes) -> Poster | None:
    """The poster of a subject, by its digest."""
    query = select(Poster).where(Poster.subject == digest).execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def count_waiting(session: AsyncSession, network: bytes, now: datetime) -> tuple[int, int]:
    """How many posters wait, and how many one network has had made within the PERIOD."""
    waiting = select(func.count()).where(Poster.state == PosterState.WAITING).scalar_subquery()
    mine = select(func.count()).where(Poster.network == network, Poster.asked_at > now - PERIOD).scalar_subquery()
    row = (await session.execute(select(waiting, mine))).one()
    return row[0], row[1]


async def list_overdue(session: AsyncSession, now: datetime) -> Sequence[Poster]:
    """Posters that wait although nobody works on them, locked: their worker or their message is gone."""
    gone = or_(Poster.leased_until < now, and_(Poster.leased_until.is_(None), Poster.asked_at < now - OVERDUE))
    waiting = select(Poster).where(Poster.state == PosterState.WAITING, gone).order_by(Poster.asked_at)
    return (await session.scalars(waiting.with_for_update(skip_locked=True))).all()


async def list_old(connection: AsyncConnection | AsyncSession, now: datetime) -> Sequence[Row[UUID, PosterKind, str | None]]:
    """Posters to be swept: made or failed too long ago, or pushed out by newer ones; those that are being made are left alone."""
    total = func.sum(cast(Poster.size, BigInteger)).over(order_by=(Poster.asked_at.desc(), Poster.id.desc()))
    together = cast(func.coalesce(total, 0), BigInteger).label("together")  # with all that were asked for later
    at = func.coalesce(Poster.made_at, Poster.failed_at, Poster.asked_at).label("at")
    busy = and_(Poster.state == PosterState.WAITING, Poster.asked_at > now - KEPT)
    ranked = select(Poster.id, Poster.kind, Poster.tag, at, together).where(~busy).subquery()
    old = or_(ranked.c.at < now - KEPT, ranked.c.together > MOST_KEPT_BYTES)
    rows: Sequence[Row[UUID, PosterKind, str | None]] = (
        await connection.execute(select(ranked.c.id, ranked.c.kind, ranked.c.tag).where(old))
    ).all()
    return rows


@dataclass(frozen=True, slots=True)
class MonthRead:
    """A filtered month as it was read at one instant, with the names of what was filtered for."""

    view: MonthView
    names: Names
    turns_at: datetime | None


async def read_month(connection: AsyncConnection, first: date, filters: Filters, now: datetime) -> MonthRead:
    """The month, in four statements. `now` stands in the city's zone."""
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101 - the caller reads the clock in the city's zone
    touching = month_query(first).with_only_columns(Event.id)
    entries = await read_entries(connection, entries_query().where(Event.id.in_(touching)), zone)
    whole = lay_out(first, entries, await read_holidays(connection, first.year))
    view = narrowed(whole, Index(whole.entries().values(), now, (first, last_of(first))), filters)
    turns = next_turn_of(entries, now) if filters.status or filters.registration else None
    return MonthRead(view, {(field, key): name for field, key, name in await read_names(connection, filters)}, turns)


async def find_region_name(connection: AsyncConnection, code: str) -> str:
    """What a region is called; its code where it was never loaded."""
    found = await connection.scalar(select(Region.name).where(Region.code == code))
    return found or code
