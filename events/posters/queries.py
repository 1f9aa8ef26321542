"""Reading posters, and reading what they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Row, String, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import insert
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
from events.messages import PosterDue
from events.posters.models import Poster
from events.posters.rules import KEPT, MOST_KEPT_BYTES, OVERDUE, PERIOD, PosterKind, PosterState
from events.posters.subjects import Subject
from events.regions.models import Region
from infra import outbox
from infra.ids import new_id

# The revision of a month that was never touched.
UNTOUCHED = "0"


async def find_revision(connection: AsyncConnection | AsyncSession, subject: Subject) -> str | None:
    """The revision of the subject's month, or the stamp of its event; None for an event that the public may not see."""
    found: str | None = await connection.scalar(select(_revision(subject)))
    return found


async def find_known(session: AsyncSession, subject: Subject, digest: bytes) -> tuple[str | None, Poster | None]:
    """The revision of a subject, as `find_revision` gives it, and its poster by its digest: both as they were at one instant."""
    now = select(_revision(subject).label("revision")).subquery()
    row = (await session.execute(select(now.c.revision, Poster).select_from(now).outerjoin(Poster, Poster.subject == digest))).one()
    return row[0], row[1]


def _revision(subject: Subject) -> ColumnElement[str]:
    if subject.event_id is None:
        of_month = select(cast(MonthRevision.revision, String)).where(MonthRevision.month == subject.month)
        return func.coalesce(of_month.scalar_subquery(), UNTOUCHED)
    stamps = stamps_query().where(Event.id == subject.event_id, Event.status.in_(PUBLIC)).subquery()
    return select(stamps.c.stamp).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as it stands: a subject's poster, how many wait, and of one network how many of these it asked for and how many it has had
    made within the PERIOD."""

    poster: Poster | None
    waiting: int
    waiting_of_network: int
    of_network: int


async def read_queue(session: AsyncSession, digest: bytes, network: bytes, now: datetime) -> Queue:
    """In one statement; the poster by its subject's digest."""
    waiting = select(func.count()).select_from(Poster).where(Poster.state == PosterState.WAITING).scalar_subquery()
    mine, waits, lately = Poster.network == network, Poster.state == PosterState.WAITING, Poster.asked_at > now - PERIOD
    of_network = select(func.count().filter(waits), func.count().filter(lately)).where(mine, or_(waits, lately)).subquery()
    counts = select(waiting.label("waiting"), of_network).subquery()
    query = select(Poster, counts).select_from(counts).outerjoin(Poster, Poster.subject == digest)
    return Queue(*(await session.execute(query.execution_options(populate_existing=True))).one())


async def put(session: AsyncSession, subject: Subject, digest: bytes, network: bytes | None, now: datetime, *, lost: bool = False) -> None:
    """Have the poster wait, new or made before, with word of it: in one statement. Bytes that are `lost` are not taken for made again."""
    waits = {"state": PosterState.WAITING, "asked_at": now, "network": network, "tries": 0, "leased_until": None, "failed_at": None}
    again = waits | ({"content": None, "revision": None} if lost else {})
    of = {name: getattr(subject, name) for name in Subject.__slots__}
    new = insert(Poster).values({"id": new_id(), "subject": digest, **of, **waits})
    await outbox.put_of(session, new.on_conflict_do_update(index_elements=[Poster.subject], set_=again), PosterDue)


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
