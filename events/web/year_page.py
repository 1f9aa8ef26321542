"""A year at a glance: twelve small months, each day as dark as it is full."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from events.calendar.called import read_names
from events.calendar.density import Counted, Density, read_choices, read_density
from events.calendar.filters import Filters
from events.calendar.month import YEARS
from events.errors import Fault, Faulty
from events.i18n import translate, words
from events.web.beside import Beside, query_of
from events.web.kept_pages import Key, as_answer, filters_of, keep, where_of
from events.web.month_view import weeks
from events.web.pages import Reader, month_name, weekday_names
from events.web.turns import Kind
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

# Events from which a day is as dark as this; the number of events stands in it as well.
SHADES = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """`number` is the day of the month, 0 for a cell outside it."""

    number: int
    count: int
    shade: int
    today: bool


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    name: str
    address: str
    count: int
    weeks: list[list[DayOfYear]]


class CountsOfYear:
    """The choices' figures as the database counted them."""

    def __init__(self, choices: dict[str, list[Counted]], filters: Filters) -> None:
        self._choices, self._filters = choices, filters

    def of(self, field: str) -> Iterable[Counted]:
        return [one for one in self._choices.get(field, []) if one[2]]

    def found(self, filters: Filters) -> int:
        """Known for the filters without any one of them."""
        without = (name for name in self._choices if name.startswith("-") and self._filters.without(name[1:]) == filters)
        return next((self._choices[name][0][2] for name in without), 0)


async def year_view(request: AnyRequest, key: Key, text: str) -> ReadyAnswer:
    """A year's page. Raises Faulty outside the years that calendars here know."""
    year = int(text)
    if year not in YEARS:
        raise Faulty(Fault("year", "out_of_range", {"least": YEARS[0], "most": YEARS[-1]}))
    filters = filters_of(request)

    async def make(reader: Reader) -> ReadyAnswer:
        return await _make(request.app.state.installation, year, filters, reader)

    return await keep(request, key, [f"{year:04}-{n:02}" for n in range(1, 13)], make, Kind.YEAR)


async def _make(installation: Installation, year: int, filters: Filters, reader: Reader) -> ReadyAnswer:
    settings, now = installation.settings, clock.now().astimezone(installation.settings.zone)
    async with installation.engine.connect() as connection:
        # One snapshot of the database, so that days and choices tell of the same events.
        await connection.execution_options(isolation_level="REPEATABLE READ")
        found = await read_names(connection, filters.with_("region", settings.home_region))
        density = await read_density(connection, year, filters, now, settings.zone)
        choices = await read_choices(connection, year, filters, now, settings.zone, settings.home_region)
    names = {(field, key): name for field, key, name in found}
    beside = Beside(CountsOfYear(choices, filters), filters, reader, f"/calendar/{year:04}", names)
    home = (settings.home_region, names.get(("region", settings.home_region), settings.home_region))
    values = _values(beside, density, year, now, where_of(reader, filters, names), home)
    # Registration opens and events finish within a day; an hour is soon enough for their counts, except where they are asked for.
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    soon = now + timedelta(minutes=1 if filters.registration or filters.status else 60)
    return as_answer("year.html", reader, min(midnight, soon), view=values)


def _values(beside: Beside, density: Density, year: int, now: datetime, where: str, home: tuple[str, str]) -> dict[str, Any]:
    reader, filters = beside.reader, beside.filters
    today = now.date()
    first = today.replace(day=1) if today.year == year else date(year, 1, 1)
    near = [other for other in (year - 1, year + 1) if other in YEARS]
    return {
        "year": year,
        "where": where,
        "summary": translate(reader.language, words("{count} 项活动"), count=density.events),
        "turns": [(other, beside.address(filters, f"/calendar/{other:04}"), other < year) for other in near],
        "now_address": beside.address(filters, f"/calendar/{today.year:04}"),
        "tabs": beside.tabs(first, today if today.year == year else first, "year"),
        "clear": f"/calendar/{year:04}" + query_of(reader.kept()),
        "months": [_month(beside, density, date(year, n, 1), today) for n in range(1, 13)],
        "weekdays": weekday_names(reader.language),
        "empty": not density.events,
        "count": density.events,
        **beside.values(home, empty=not density.events),
    }


def _month(beside: Beside, density: Density, first: date, today: date) -> MonthOfYear:
    def cell(on: date) -> DayOfYear:
        if on.month != first.month:
            return DayOfYear(0, 0, 0, today=False)
        count = density.days.get(on, 0)
        return DayOfYear(on.day, count, sum(count >= least for least in SHADES), on == today)

    name = month_name(beside.reader.language, first, year=False)
    address = beside.address(beside.filters, f"/calendar/{first:%Y-%m}")
    return MonthOfYear(name, address, density.months.get(first, 0), [[cell(on) for on in week.days] for week in weeks(first, [])])
