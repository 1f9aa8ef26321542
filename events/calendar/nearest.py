"""Where a reader who found an empty month should look."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.filters import Filters
from events.calendar.models import Event, Occurrence
from events.calendar.month import last_of
from events.calendar.rules import PUBLIC


async def nearest_months(connection: AsyncConnection, first: date, filters: Filters, now: datetime, zone: ZoneInfo) -> list[date]:
    """The first days of the nearest months, before and after the one that begins on `first`, in which an event of these filters is.

    At most one each way, the earlier one first; each is one probe of the index of first or last days.
    """
    wanted = [Event.status.in_(PUBLIC), *filters.without("when").conditions(now, zone)]
    begins, ends = Event.first_on, Event.last_on
    if filters.when:  # some sessions of an event are asked for, so it is their days that count
        wanted += [Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None), *filters.of_sessions(zone)]
        begins, ends = Occurrence.first_on, Occurrence.last_on
    before = select(func.max(ends)).where(ends < first, *wanted)
    after = select(func.min(begins)).where(begins > last_of(first), *wanted)
    found = (await connection.execute(select(before.scalar_subquery(), after.scalar_subquery()))).one()
    return [day.replace(day=1) for day in found if day is not None]
