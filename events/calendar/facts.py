"""What an event shows, as words and figures: the history keeps what of it changed, and calendars are told of no other change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Board, Event, Occurrence, Series, Sport, Venue
from events.regions.models import Region

# Facts about the dates, which the sessions carry themselves: these alone raise no sequence.
OF_DATES = {"date_text", "precision", "first_on", "last_on"}


_SPORTS = select(func.array_agg(Sport.name)).where(Sport.slug == func.any(Event.sports)).correlate(Event).scalar_subquery()
_FACTS = (
    select(
        Event.title,
        Event.status,
        Event.tier,
        Event.region_code,
        Region.name.label("region"),
        Series.name.label("series"),
        Board.name.label("board"),
        _SPORTS.label("sport"),
        Event.sports,
        Event.audience,
        Event.date_text,
        Event.precision,
        Event.first_on,
        Event.last_on,
        Venue.name.label("venue"),
        Venue.address,
        func.concat_ws(",", Venue.lon, Venue.lat, Venue.datum).label("point"),
        Event.organiser,
        Event.undertaker,
        Event.contact,
        Event.summary,
        Event.eligibility,
        Event.bring,
        Event.fee,
        Event.free,
        Event.directions,
        Event.fuse,
        Event.source_url,
    )
    .join(Region, Region.code == Event.region_code)
    .outerjoin(Series, Series.id == Event.series_id)
    .outerjoin(Board, Board.id == Event.board_id)
    .outerjoin(Venue, Venue.id == Event.venue_id)
    .where(Event.id == bindparam("event_id"))
)


async def event_facts(session: AsyncSession, event_id: UUID) -> dict[str, Any]:
    """What the event shows, ready for JSON: the API's names, with series, board, sport, region and venue as the names that people read."""
    row = (await session.execute(_FACTS, {"event_id": event_id})).mappings().one()
    return {name: _plain(value) for name, value in row.items()}


def session_facts(occurrence: Occurrence) -> dict[str, Any]:
    """A session as it is shown, with the id it is known by."""
    names = ("id", "label", "first_on", "last_on", "starts_at", "ends_at", "daypart", "status")
    return {name: _plain(getattr(occurrence, name)) for name in names}


def differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of each side, what the other has not."""
    names = [name for name in before if before[name] != after[name]]
    return {n: before[n] for n in names}, {n: after[n] for n in names}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | str) else value
