"""What a month doesn't tell of itself: where a reader who found it empty should look, and what is called what isn't in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Text, cast, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.called import Name, Names, names_query
from events.calendar.filters import Filters
from events.calendar.models import Event, Occurrence
from events.calendar.month import last_of
from events.calendar.rules import PUBLIC

_names = msgspec.json.Decoder(list[Name])


@dataclass(frozen=True, slots=True)
class Beyond:
    """The first days of the nearest months that have something, at most one each way and the earlier one first; and names."""

    months: Sequence[date] = ()
    names: Names = field(default_factory=dict)


async def look_beyond(
    connection: AsyncConnection, first: date, filters: Filters, unnamed: Filters, now: datetime, zone: ZoneInfo
) -> Beyond:
    """The nearest months, before and after the one that begins on `first`, in which an event of these filters is, each found by one probe
    of an index; and the names of what `unnamed` asks for by keys. In one statement.
    """
    wanted = [Event.status.in_(PUBLIC), *filters.without("when").conditions(now, zone)]
    begins, ends = Event.first_on, Event.last_on
    if filters.when:  # some sessions of an event are asked for, so it is their days that count
        wanted += [Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None), *filters.of_sessions(zone)]
        begins, ends = Occurrence.first_on, Occurrence.last_on
    before = select(func.max(ends)).where(ends < first, *wanted)
    after = select(func.min(begins)).where(begins > last_of(first), *wanted)
    query = names_query(unnamed)
    called = func.json_agg(func.json_build_array(*query.subquery().c)) if query is not None else null()
    parts = before.scalar_subquery(), after.scalar_subquery(), select(cast(called, Text)).scalar_subquery()
    *days, names = (await connection.execute(select(*parts))).one()
    named = _names.decode(names) if names else []
    return Beyond([day.replace(day=1) for day in days if day is not None], {(of, key): name for of, key, name in named})
