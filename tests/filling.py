"""Events as tests need them: written straight into the tables, so that what reads them is tested apart from what writes them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Precision
from events.calendar.models import Board, Event, Occurrence, Series, Venue
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.calendar.search import make_searchable
from events.regions.rules import Tier
from infra import clock
from infra.ids import new_id

Days = tuple[date, date]
Day = date | Days | datetime


async def add_series(session: AsyncSession, slug: str, name: str, *boards: str) -> tuple[UUID, list[UUID]]:
    """A series of Yangpu with its boards (slug and name alike), and their ids."""
    series = Series(id=new_id(), slug=slug, name=name, region_code="310110")
    session.add(series)
    await session.flush()
    added = [Board(id=new_id(), series_id=series.id, slug=board, name=board, position=n) for n, board in enumerate(boards)]
    session.add_all(added)
    await session.flush()
    return series.id, [board.id for board in added]


async def add_venue(session: AsyncSession, name: str, **columns: Any) -> UUID:
    venue = Venue(id=new_id(), name=name, region_code="310110", **columns)
    session.add(venue)
    await session.flush()
    return venue.id


async def add_event(session: AsyncSession, title: str, *days: Day | Occurrence, searched: Sequence[str] = (), **columns: Any) -> UUID:
    """A published event of Yangpu with a session for each of its days, runs or starts; `first_on`, `last_on` bound days it can't name."""
    sessions = [day if isinstance(day, Occurrence) else occurrence(position, day) for position, day in enumerate(days)]
    defaults = {
        "status": EventStatus.PUBLISHED,
        "tier": Tier.DISTRICT,
        "region_code": "310110",
        "precision": Precision.DAY if days else Precision.UNKNOWN,
        "first_on": min((one.first_on for one in sessions), default=None),
        "last_on": max((one.last_on for one in sessions), default=None),
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    event = Event(id=new_id(), title=title, **defaults | columns)
    make_searchable(event, title, event.organiser, *searched)
    session.add(event)
    await session.flush()
    for one in sessions:
        one.event_id = event.id
    session.add_all(sessions)
    await session.flush()
    return event.id


def occurrence(position: int, day: Day, **columns: Any) -> Occurrence:
    """A session of two hours from an instant, of a day, or of a run of days."""
    if isinstance(day, datetime):
        columns = {"first_on": day.date(), "last_on": day.date(), "starts_at": day, "ends_at": day + timedelta(hours=2)} | columns
    else:
        first, last = day if isinstance(day, tuple) else (day, day)
        columns = {"first_on": first, "last_on": last} | columns
    return Occurrence(id=new_id(), position=position, **{"status": OccurrenceStatus.SCHEDULED, "changed_at": clock.now()} | columns)


async def touch(session: AsyncSession, one: Occurrence, **columns: Any) -> None:
    """Change what a session shows as every verb does: its sequence grows, and the instant is now."""
    for name, value in (columns | {"sequence": one.sequence + 1, "changed_at": clock.now()}).items():
        setattr(one, name, value)
    await session.flush()
