"""How much a year holds: its days and months counted, and the choices beside them, by the database and never event by event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, Date, Select, String, cast, distinct, func, literal, null, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.dates import RUN_AFTER_DAYS
from events.calendar.daykinds import When, on_any
from events.calendar.entries import DAYS
from events.calendar.filters import Filters
from events.calendar.models import Board, Event, Occurrence, Series, Sport
from events.calendar.rules import PUBLIC, RegistrationState
from events.calendar.states import registration_case
from events.regions.models import Region

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Density:
    """How many events stand on each day, and how many each month shows: those that run on or have no day count there alone."""

    days: Mapping[date, int]
    months: Mapping[date, int]
    events: int


async def read_density(connection: AsyncConnection, year: int, filters: Filters, now: datetime, zone: ZoneInfo) -> Density:
    """A year under filters, in one statement. An event counts once a day, once a month and once a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    wanted = _of_year(year, filters.conditions(now, zone, days=(first, last))).cte("wanted")
    fitting = [Occurrence.removed_at.is_(None), *filters.of_sessions(zone)]
    parts = _sessions(wanted, first, last, fitting), _runs(wanted, first, last, fitting), _dateless(wanted, first, last)
    shown = union_all(*parts).cte("shown")
    grouped = func.grouping_sets(tuple_(shown.c.month), tuple_(shown.c.day), tuple_())
    counted = select(shown.c.day, shown.c.month, func.count(distinct(shown.c.id)), func.grouping(shown.c.month, shown.c.day)).group_by(
        grouped
    )
    rows = (await connection.execute(counted)).all()
    days = {day: count for day, _, count, grouping in rows if grouping == 2 and day}
    return Density(days, {month: count for _, month, count, grouping in rows if grouping == 1}, sum(row[2] for row in rows if row[3] == 3))


# What events are counted by, and no more: PostgreSQL writes down what a statement reads in several places.
_COUNTED: tuple[Any, ...] = (
    Event.id, Event.tier, Event.region_code, Event.series_id, Event.board_id, Event.sports, Event.audience, Event.first_on, Event.last_on,
)  # fmt: skip


def _of_year(year: int, conditions: Conditions) -> Select[Any]:
    days = func.daterange(literal(date(year, 1, 1), Date), literal(date(year, 12, 31), Date), "[]")
    return select(*_COUNTED).where(DAYS.op("&&")(days), Event.first_on.is_not(None), Event.status.in_(PUBLIC), *conditions)


def _sessions(wanted: CTE, first: date, last: date, fitting: Conditions) -> Select[Any]:
    """An event on each day of its sessions that are no runs."""
    n = func.generate_series(0, Occurrence.last_on - Occurrence.first_on).column_valued("n", joins_implicitly=True)
    day = cast(Occurrence.first_on + n, Date)
    month = cast(func.date_trunc("month", day), Date)
    return (
        select(wanted.c.id, day.label("day"), month.label("month"))
        .select_from(wanted)
        .join(Occurrence, Occurrence.event_id == wanted.c.id)
        .where(*fitting, Occurrence.last_on - Occurrence.first_on < RUN_AFTER_DAYS, day.between(first, last))
    )


def _runs(wanted: CTE, first: date, last: date, fitting: Conditions) -> Select[Any]:
    """An event in each month of its longer sessions."""
    month = _months(Occurrence.first_on, Occurrence.last_on, first, last)
    of_run = *fitting, Occurrence.last_on - Occurrence.first_on >= RUN_AFTER_DAYS
    joined = select(wanted.c.id, cast(null(), Date).label("day"), cast(month, Date).label("month")).select_from(wanted)
    return joined.join(Occurrence, Occurrence.event_id == wanted.c.id).where(*of_run)


def _dateless(wanted: CTE, first: date, last: date) -> Select[Any]:
    """An event without sessions in each month of the days that bound it."""
    month = _months(wanted.c.first_on, wanted.c.last_on, first, last)
    none = ~select(Occurrence.id).where(Occurrence.event_id == wanted.c.id, Occurrence.removed_at.is_(None)).exists()
    joined = select(wanted.c.id, cast(null(), Date).label("day"), cast(month, Date).label("month")).select_from(wanted)
    return joined.where(none)


def _months(begins: Any, ends: Any, first: date, last: date) -> Any:
    """The first days of the year's months that a stretch touches."""
    begin = func.date_trunc("month", func.greatest(begins, literal(first, Date)))
    series = func.generate_series(begin, func.least(ends, literal(last, Date)), func.make_interval(0, 1))
    return series.column_valued("month", joins_implicitly=True)


Counted = tuple[str, str, int]


async def read_choices(
    connection: AsyncConnection, year: int, filters: Filters, now: datetime, zone: ZoneInfo, home: str
) -> dict[str, list[Counted]]:
    """For each filter its values among the year's events that all the other filters let through, most frequent first. One statement.

    A filter's name with a dash before it holds one figure: how many events there are without that filter.
    """
    fields: dict[str, Any] = {
        "tier": lambda of: _by(of, of.c.tier, of.c.tier),
        "series": lambda of: _by(of, Series.slug, Series.name, (Series, Series.id == of.c.series_id)),
        "board": lambda of: _by(of, Board.slug, func.min(Board.name), (Board, Board.id == of.c.board_id), by=Board.slug),
        "sport": _sports,
        "region": lambda of: _regions(of, home),
        "audience": _audiences,
    }
    every = {name: filters.without(name) for name in (*fields, "when", "registration", "free", "q", "status")}
    days = date(year, 1, 1), date(year, 12, 31)
    # Most filters are not asked for, and without them the same events are found: those are sought once.
    sought: dict[Filters, CTE] = {}
    for name, without in every.items():
        if without not in sought:
            sought[without] = _of_year(year, without.conditions(now, zone, days=days)).cte(f"without_{name}")
    found = {name: sought[without] for name, without in every.items()}
    parts = [_named(name, counted(found[name])) for name, counted in fields.items()]
    parts += [_named("when", _that(found["when"], on_any([kind], zone, days), kind)) for kind in When]
    is_open = registration_case(now, zone) == RegistrationState.OPEN.value
    parts.append(_named("registration", _that(found["registration"], is_open, "open")))
    parts.append(_named("free", _that(found["free"], Event.free.is_(True), "yes")))
    parts += [_named(f"-{name}", _all(of)) for name, of in found.items() if getattr(filters, name)]
    choices: dict[str, list[Counted]] = {}
    for name, value, called, count in await connection.execute(union_all(*parts)):
        choices.setdefault(name, []).append((value, called, count))
    return {name: sorted(values, key=lambda one: (-one[2], one[0])) for name, values in choices.items()}


def _named(name: str, counted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    of = counted.subquery()
    return select(literal(name, String), of.c.value, of.c.name, of.c.count)


def _by(of: CTE, value: Any, name: Any, *joins: tuple[Any, Any], by: Any = None) -> Select[*tuple[Any, ...]]:
    counted = select(cast(value, String).label("value"), cast(name, String).label("name"), func.count().label("count")).select_from(of)
    for table, on in joins:
        counted = counted.join(table, on)
    return counted.group_by(*([by] if by is not None else [value, name]))


def _sports(of: CTE) -> Select[*tuple[Any, ...]]:
    """The sport that is shown, by its slug where the table of sports doesn't know it."""
    slug = of.c.sports[1]
    counted = _by(of, slug, func.coalesce(func.min(Sport.name), slug), by=slug)
    return counted.outerjoin(Sport, Sport.slug == slug).where(slug.is_not(None))


def _all(of: Any) -> Select[*tuple[Any, ...]]:
    return select(literal("", String).label("value"), literal("", String).label("name"), func.count().label("count")).select_from(of)


def _regions(of: CTE, home: str) -> Select[*tuple[Any, ...]]:
    """Regions that events are in by their own code, and home; each counts all below it."""
    place, inside = Region.__table__.alias("place"), Region.__table__.alias("inside")
    codes = or_(inside.c.code.in_(select(of.c.region_code)), inside.c.code == home)
    counted = select(inside.c.code.label("value"), inside.c.name.label("name"), func.count().label("count"))
    joined = counted.select_from(of).join(place, place.c.code == of.c.region_code)
    return joined.join(inside, inside.c.code == func.any(place.c.within)).where(codes).group_by(inside.c.code, inside.c.name)


def _audiences(of: CTE) -> Select[*tuple[Any, ...]]:
    one = func.unnest(of.c.audience).column_valued("one", joins_implicitly=True)
    counted = select(one.label("value"), one.label("name"), func.count().label("count"))
    return counted.select_from(of).group_by(one)


def _that(of: CTE, wanted: ColumnElement[bool], value: str) -> Select[*tuple[Any, ...]]:
    counted = select(literal(value, String).label("value"), literal(value, String).label("name"), func.count().label("count"))
    return counted.select_from(Event).where(Event.id.in_(select(of.c.id)), wanted)
