"""Reading what feeds carry: kept VEVENTs, names, and which standard feeds there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.called import TIER_NAMES, WHEN_NAMES, read_names
from events.calendar.daykinds import When
from events.calendar.entries import DAYS, Entry, entries_query, read_entries
from events.calendar.filters import Filters
from events.calendar.models import Event, EventChange, Occurrence, Series
from events.calendar.rules import PUBLIC, ChangeKind, EventStatus, OccurrenceStatus
from events.feeds.models import FeedExport
from events.feeds.rules import MOST_NEWS, FeedKind, Standard, Window, standard_of
from events.regions.models import Region
from events.regions.rules import Tier


@dataclass(frozen=True, slots=True)
class Carried:
    """The kept VEVENTs of a feed in its order, and the last change among them."""

    vevents: Sequence[bytes]
    changed_at: datetime | None


async def read_carried(connection: AsyncConnection, filters: Filters, window: Window, *, now: datetime, zone: ZoneInfo) -> Carried:
    """The sessions that a feed carries, by start and id.

    What was never rendered was never shown; what waits to be rendered again shows its old self.
    """
    query = (
        select(Occurrence.vevent, Occurrence.changed_at)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.vevent.is_not(None),
            func.daterange(Occurrence.first_on, Occurrence.last_on, "[]").op("&&")(func.daterange(window.first_on, window.last_on, "[]")),
            or_(_live(), Occurrence.changed_at >= window.stopped_since),
            *filters.without("when").conditions(now, zone),
            *filters.of_sessions(zone),
        )
        .order_by(Occurrence.first_on, Occurrence.starts_at.nulls_first(), Occurrence.id)
    )
    rows = (await connection.execute(query)).all()
    return Carried([row[0] or b"" for row in rows], max((row[1] for row in rows), default=None))


def _live() -> ColumnElement[bool]:
    return and_(
        Occurrence.removed_at.is_(None),
        Occurrence.status == OccurrenceStatus.SCHEDULED,
        Event.status == EventStatus.PUBLISHED,
    )


async def count_ahead(connection: AsyncConnection, filters: Filters, window: Window, *, now: datetime, zone: ZoneInfo) -> int:
    """How many events there are for a feed to show from today on, those included that wait to be rendered."""
    ahead = func.daterange(literal(now.astimezone(zone).date(), Date), literal(window.last_on, Date), "[]")
    query = (
        select(func.count(Occurrence.event_id.distinct()))
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            func.daterange(Occurrence.first_on, Occurrence.last_on, "[]").op("&&")(ahead),
            _live(),
            *filters.without("when").conditions(now, zone),
            *filters.of_sessions(zone),
        )
    )
    return await connection.scalar(query) or 0


async def read_news(
    connection: AsyncConnection, filters: Filters, window: Window, *, now: datetime, zone: ZoneInfo
) -> list[tuple[Entry, datetime | None]]:
    """The events of a feed's days that were published or changed last, newest first, each with the instant it was first published.

    One without any day is in no feed of news either: no month is touched by it, so nothing would tell whoever keeps the feed ready.
    """
    days = func.daterange(literal(window.first_on, Date), literal(window.last_on, Date), "[]")
    newest = (
        select(Event.id)
        .where(Event.status.in_(PUBLIC), Event.first_on.is_not(None), DAYS.op("&&")(days), *filters.conditions(now, zone))
        .order_by(Event.changed_at.desc(), Event.id.desc())
        .limit(MOST_NEWS)
    )
    query = entries_query(details=True).where(Event.id.in_(newest)).order_by(Event.changed_at.desc(), Event.id.desc())
    entries = await read_entries(connection, query, zone)
    of_these = EventChange.event_id.in_([entry.id for entry in entries]), EventChange.kind == ChangeKind.PUBLISHED
    firsts = select(EventChange.event_id, func.min(EventChange.at).label("at")).where(*of_these).group_by(EventChange.event_id)
    published = {row.event_id: row.at for row in await connection.execute(firsts)}
    return [(entry, published.get(entry.id)) for entry in entries]


async def read_sessions(
    connection: AsyncConnection | AsyncSession, event_id: UUID, session_id: UUID | None
) -> Sequence[tuple[str, bytes | None]]:
    """The event's title and the kept VEVENTs of what citizens see of it, in order: all its sessions or one. None of a draft.

    One that waits to be rendered for the first time has no VEVENT yet.
    """
    query = (
        select(Event.title, Occurrence.vevent)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Event.id == event_id,
            Event.status.in_(PUBLIC),
            Occurrence.removed_at.is_(None),
            *([Occurrence.id == session_id] if session_id else []),
        )
        .order_by(Occurrence.first_on, Occurrence.starts_at.nulls_first(), Occurrence.id)
    )
    return [(title, vevent) for title, vevent in await connection.execute(query)]


async def read_name(connection: AsyncConnection, filters: Filters) -> str:
    """A feed's name in the list of calendars: 赛历, and what it is narrowed to, by the names of people and not by keys."""
    names = await read_names(connection, filters)
    tiers = [TIER_NAMES[tier] for tier in map(Tier, filters.tier)]
    found = [name for field in ("region", "series", "board", "sport") for of, _, name in names if of == field]
    asked = [*filters.audience, *(["免费"] if filters.free else []), *(WHEN_NAMES[When(kind)] for kind in filters.when), *filters.q]
    return " · ".join(["赛历", *tiers, *dict.fromkeys(found), *asked])


async def find_standard(connection: AsyncConnection, standard: Standard) -> bool:
    """Whether there is a tier, region or series of that key, with events or without."""
    match standard.kind:
        case FeedKind.TIERS:
            return standard.key in set(Tier)
        case FeedKind.REGIONS:
            return await connection.scalar(select(Region.code).where(Region.code == standard.key)) is not None
    return await connection.scalar(select(Series.slug).where(Series.slug == standard.key)) is not None


async def list_standard(session: AsyncSession, event_ids: Sequence[UUID] | None = None) -> list[Standard]:
    """The standard feeds that hold these events, or once held them; with None, all that have events or were ever exported.

    A region has a feed where an event is in it; those above it where an office publishes, so that no feed is of the whole country.
    """
    wanted = Event.status != EventStatus.DRAFT if event_ids is None else Event.id.in_(event_ids)
    found = [Standard(FeedKind.TIERS, tier.value) for tier in await session.scalars(select(Event.tier).where(wanted).distinct())]
    in_series = select(Series.slug).join(Event, Event.series_id == Series.id).where(wanted).distinct()
    found += [Standard(FeedKind.SERIES, slug) for slug in await session.scalars(in_series)]
    found += await _of_regions(session, set(await session.scalars(select(Event.region_code).where(wanted).distinct())))
    if event_ids is None:
        return sorted({*found, *map(standard_of, await session.scalars(select(FeedExport.path)))})
    return sorted({*found, *await _once_holding(session, event_ids)})


async def _of_regions(session: AsyncSession, codes: set[str]) -> list[Standard]:
    above = select(func.unnest(Region.within)).where(Region.code.in_(codes))
    published = select(Region.code).where(Region.code.in_(above), or_(Region.tier.is_not(None), Region.code.in_(codes)))
    return [Standard(FeedKind.REGIONS, code) for code in await session.scalars(published)]


async def _once_holding(session: AsyncSession, event_ids: Sequence[UUID]) -> list[Standard]:
    """Feeds of the tier, region or series that the events' history says they were moved out of."""
    of_a_feed = EventChange.before.has_any(array(["tier", "region_code", "series"]))
    moved = select(EventChange.before).where(EventChange.event_id.in_(event_ids), of_a_feed)
    before = (await session.scalars(moved)).all()
    found = [Standard(FeedKind.TIERS, facts["tier"]) for facts in before if facts.get("tier")]
    names = {facts["series"] for facts in before if facts.get("series")}
    found += [Standard(FeedKind.SERIES, slug) for slug in await session.scalars(select(Series.slug).where(Series.name.in_(names)))]
    return found + await _of_regions(session, {facts["region_code"] for facts in before if facts.get("region_code")})
