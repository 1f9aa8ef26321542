"""Where a reader who found an empty month should look."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.filters import Filters
from events.calendar.models import Event
from events.calendar.month import last_of
from events.calendar.rules import PUBLIC


async def nearest_months(connection: AsyncConnection, first: date, filters: Filters, now: datetime, zone: ZoneInfo) -> list[date]:
    """The first days of the nearest months, before and after the one that begins on `first`, in which an event of these filters is.

    At most one each way, the earlier one first; each is one probe of the index of first or last days.
    """
    wanted = [Event.status.in_(PUBLIC), *filters.conditions(now, zone)]
    before = select(func.max(Event.last_on)).where(Event.last_on < first, *wanted)
    after = select(func.min(Event.first_on)).where(Event.first_on > last_of(first), *wanted)
    found = (await connection.execute(select(before.scalar_subquery(), after.scalar_subquery()))).one()
    return [day.replace(day=1) for day in found if day is not None]
