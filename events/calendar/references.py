"""What a draft names: its region, series, board, sports and venue, looked up in one statement, and the venue made where it is new."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.changes import Announcements, months_showing, raise_showing
from events.calendar.drafts import WRITTEN, EventDraft, VenueDraft
from events.calendar.models import Board, Event, Series, Sport, Venue
from events.calendar.rules import tier_of
from events.errors import Fault
from events.regions.models import Region
from events.regions.rules import Tier
from infra.ids import new_id


@dataclass(frozen=True, slots=True)
class References:
    """What was found. `tier` is the region's own, or that of its kind where no office publishes; no `within`: unknown."""

    tier: Tier
    within: frozenset[str]
    series_id: UUID | None
    board_id: UUID | None
    sports: frozenset[str]


# Built once: an import asks thousands of times.
_REGION = select(Region.tier, Region.kind, Region.within).where(Region.code == bindparam("region")).subquery()
_SERIES = select(Series.id).where(Series.slug == bindparam("series")).scalar_subquery()
_OF_SERIES = func.coalesce(_SERIES, bindparam("series_id", type_=Uuid()))
_BOARD = select(Board.id).where(Board.slug == bindparam("board"), Board.series_id == _OF_SERIES).scalar_subquery()
_SPORTS = select(func.array_agg(Sport.slug)).where(Sport.slug == any_(bindparam("sports", type_=ARRAY(Text)))).scalar_subquery()
_LOOK_UP = (
    select(_REGION.c.tier, _REGION.c.kind, _REGION.c.within, _SERIES, _BOARD, _SPORTS)
    .select_from(select(literal(1).label("one")).subquery())
    .outerjoin(_REGION, true())
)
_HELD_SERIES = select(Series.id).where(Series.id == bindparam("series_id")).with_for_update(read=True).cte()
_HELD_VENUE = select(Venue.id).where(Venue.id == bindparam("venue_id")).with_for_update(read=True).cte()
_HOLD = select(select(_HELD_SERIES.c.id).scalar_subquery(), select(_HELD_VENUE.c.id).scalar_subquery())


async def look_up(session: AsyncSession, draft: EventDraft, *, region_code: str, series_id: UUID | None = None) -> References:
    """Everything that the draft names, by one statement. A board without a series is looked for in `series_id`."""
    names = {"region": region_code, "series": draft.series, "series_id": series_id, "board": draft.board, "sports": [*draft.sports]}
    row = (await session.execute(_LOOK_UP, names)).one()
    tier = row[0] or tier_of(row[1])
    return References(tier, frozenset(row[2] or ()), row[3], row[4], frozenset(row[5] or ()))


def reference_faults(draft: EventDraft, found: References, only: Collection[str] = WRITTEN) -> Iterator[Fault]:
    """A fault for each name that nothing stands behind."""
    if "region_code" in only and not found.within:
        yield Fault("region", "not_found")
    if "series" in only and draft.series and not found.series_id:
        yield Fault("series", "not_found")
    if "board" in only and draft.board and not found.board_id:
        yield Fault("board", "not_found")
    if "sports" in only and not found.sports.issuperset(draft.sports):
        yield Fault("sport", "unknown_sport")


async def hold_names(session: AsyncSession, series_id: UUID | None, venue_id: UUID | None) -> None:
    """Let nobody rename the series or the venue until the transaction ends: a renaming can't raise a session that it does not see yet."""
    if series_id or venue_id:
        await session.execute(_HOLD, {"series_id": series_id, "venue_id": venue_id})


async def place_venue(session: AsyncSession, venue: VenueDraft, region_code: str, told: Announcements) -> UUID:
    """The venue of this name and address in the region, made when it is new. A new point of one is shown by every event there."""
    query = select(Venue).where(
        Venue.name == venue.name, Venue.address.is_not_distinct_from(venue.address), Venue.region_code == region_code
    )
    found = await session.scalar(query)
    if found is None:
        row = {"id": new_id(), "name": venue.name, "address": venue.address, "region_code": region_code, **_point(venue)}
        # A twin that another transaction made meanwhile is taken, not doubled.
        made = insert(Venue).values(row).on_conflict_do_update(constraint="uq_venues_place", set_={"name": venue.name})
        return (await session.scalars(made.returning(Venue.id))).one()
    if venue.point and (found.lon, found.lat, found.datum) != (venue.point.lon, venue.point.lat, venue.point.datum):
        await session.refresh(found, with_for_update={"key_share": True})
        found.lon, found.lat, found.datum = venue.point.lon, venue.point.lat, venue.point.datum
        await session.flush()
        await raise_showing(session, Event.venue_id == found.id)
        told.months |= await months_showing(session, Event.venue_id == found.id)
    return found.id


def _point(venue: VenueDraft) -> dict[str, object]:
    return {"lon": venue.point.lon, "lat": venue.point.lat, "datum": venue.point.datum} if venue.point else {}
