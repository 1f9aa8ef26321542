"""Reading what feeds carry: kept VEVENTs, names, and which standard feeds there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.filters import Filters
from events.calendar.models import Board, Event, EventChange, Occurrence, Series, Sport
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.feeds.models import FeedExport
from events.feeds.rules import FeedKind, Standard, Window, standard_of
from events.regions.models import Region
from events.regions.rules import Tier

TIER_NAMES = {Tier.CITY: "市级", Tier.DISTRICT: "区级", Tier.STREET: "街镇级"}


@dataclass(frozen=True, slots=True)
class Carried:
    """The kept VEVENTs of a feed in its order, and the last change among them."""

    vevents: Sequence[bytes]
    changed_at: datetime | None


async def read_carried(connection: AsyncConnection, filters: Filters, window: Window, *, now: datetime, zone: ZoneInfo) -> Carried:
    """What a feed carries, by start and id. What was never rendered was never shown; what waits to be rendered again shows its old self."""
    query = (
        select(Occurrence.vevent, Occurrence.changed_at)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.vevent.is_not(None),
            func.daterange(Occurrence.first_on, Occurrence.last_on, "[]").op("&&")(func.daterange(window.first_on, window.last_on, "[]")),
            or_(_live(), Occurrence.changed_at >= window.stopped_since),
            *filters.conditions(now, zone),
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


async def read_name(connection: AsyncConnection, filters: Filters) -> str:
    """A feed's name in the list of calendars: 赛历, and what it is narrowed to, by the names of people and not by keys."""
    parts = [TIER_NAMES[tier] for tier in map(Tier, filters.tier)]
    named = (
        (filters.region, Region.code, Region.name),
        (filters.series, Series.slug, Series.name),
        (filters.board, Board.slug, Board.name),
        (filters.sport, Sport.slug, Sport.name),
    )
    for keys, key, name in named:
        if keys:
            parts += (await connection.scalars(select(name).where(key.in_(keys)).distinct().order_by(name))).all()
    return " · ".join(["赛历", *parts, *filters.audience, *filters.q])


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
