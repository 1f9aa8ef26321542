"""What kinds of days an event is on: weekends and holidays, working days, evenings. In memory and in SQL, which say the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, ColumnElement, Date, Text, Time, and_, any_, cast, exists, func, literal, or_, select

from events.calendar.dates import Daypart
from events.calendar.holidays import SHIPPED_OFF, SHIPPED_WORKED
from events.calendar.models import Event, Holiday, Occurrence

EVENING = time(18)
# A session that goes on for longer has days of both kinds: no holiday of the published notices is longer than nine days.
LOOKED_AT = 14


# The first and the last, both included.
Days = tuple[date, date]


class When(StrEnum):
    """A kind of day, or of hour, that a session may be at."""

    WEEKEND = "weekend"
    WEEKDAY = "weekday"
    EVENING = "evening"


class Session(Protocol):
    """What is asked of a session. Its instants stand in the city's zone."""

    @property
    def on(self) -> date: ...
    @property
    def until(self) -> date: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def daypart(self) -> Daypart | None: ...


def kinds_of(one: Session, entered: Mapping[date, bool]) -> frozenset[When]:
    """The kinds of days that a session is on. `entered` are the days that an administrator said something of: whether worked."""
    found: set[When] = set()
    for n in range(min((one.until - one.on).days + 1, LOOKED_AT)):
        found.add(When.WEEKEND if is_off(one.on + timedelta(days=n), entered) else When.WEEKDAY)
    if one.daypart is Daypart.EVENING or (one.starts_at and one.starts_at.time() >= EVENING):
        found.add(When.EVENING)
    return _shared(frozenset(found))


@lru_cache
def _shared(kinds: frozenset[When]) -> frozenset[When]:
    """Many sessions are of the same few kinds: each set is held in memory once."""
    return kinds


def is_off(on: date, entered: Mapping[date, bool]) -> bool:
    """Whether a day is free: a Saturday, Sunday or holiday that is no make-up working day 调休."""
    if (worked := entered.get(on)) is not None:
        return not worked
    return on in SHIPPED_OFF or (on.weekday() >= 5 and on not in SHIPPED_WORKED)


def entered_days() -> Any:
    """What an administrator said of an event's days, as JSON text (date: whether worked); null where nobody did. A scalar of its row."""
    said = select(cast(func.json_object_agg(Holiday.on, Holiday.workday), Text))
    return said.where(Holiday.on.between(Event.first_on, Event.last_on)).correlate(Event).scalar_subquery()


def is_any(kinds: Sequence[str], zone: ZoneInfo) -> ColumnElement[bool]:
    """`kinds_of` in SQL: sessions of at least one of these kinds."""
    asked = {When.WEEKEND: _day_that(off=True), When.WEEKDAY: _day_that(off=False), When.EVENING: _evening(zone)}
    return or_(*(asked[When(kind)] for kind in kinds))


def on_any(kinds: Sequence[str], zone: ZoneInfo, days: Days | None = None) -> ColumnElement[bool]:
    """Events with a session of at least one of these kinds, within some days where they are given."""
    wanted = [Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None), is_any(kinds, zone)]
    wanted += [Occurrence.first_on <= days[1], Occurrence.last_on >= days[0]] if days else []
    return exists().where(*wanted).correlate(Event)


def _day_that(*, off: bool) -> ColumnElement[bool]:
    """Sessions with a day that is free, or worked."""
    last = func.least(Occurrence.last_on - Occurrence.first_on, LOOKED_AT - 1)
    n = func.generate_series(0, last).column_valued("n")
    day = Occurrence.first_on + n
    said = select(~Holiday.workday).where(Holiday.on == day).correlate_except(Holiday).scalar_subquery()
    weekend = and_(func.date_part("isodow", day) >= 6, ~_among(day, SHIPPED_WORKED))
    free = func.coalesce(said, or_(_among(day, SHIPPED_OFF), weekend))
    return exists(select(n).where(free if off else ~free).correlate(Occurrence))


def _among(day: ColumnElement[Any], days: Iterable[date]) -> ColumnElement[bool]:
    return cast(day, Date) == any_(literal(sorted(days), ARRAY(Date)))


def _evening(zone: ZoneInfo) -> ColumnElement[bool]:
    begins = cast(func.timezone(zone.key, Occurrence.starts_at), Time)
    return or_(func.coalesce(begins >= EVENING, False), func.coalesce(Occurrence.daypart == Daypart.EVENING, False))
