"""A week: its days as columns where there is room, as a list where there is not, with the hours that are known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Date, func, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.called import read_names
from events.calendar.entries import DAYS, Entry, OccurrenceShown, entries_query, read_entries
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown, read_holidays
from events.calendar.index import Index
from events.calendar.models import Event
from events.calendar.month import YEARS, Held, by_day, is_run, next_turn_of, touches
from events.calendar.revisions import months_between
from events.calendar.rules import PUBLIC
from events.errors import Fault, Faulty
from events.i18n import translate, words
from events.web.beside import Beside
from events.web.counts import InMemory, regions_of
from events.web.kept_pages import Key, as_answer, filters_of, keep, where_of
from events.web.month_view import cut
from events.web.pages import Reader, interval
from events.web.pieces import Showing
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

# Slips of a day that are shown at once; the others unfold.
SHOWN = 30


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    on: date
    today: bool
    rest: bool
    holiday: HolidayShown | None
    shown: Sequence[Markup]
    folded: Sequence[Markup]


async def week_view(request: AnyRequest, key: Key, text: str) -> ReadyAnswer:
    """The page of the week that a day is in, from Monday to Sunday. Raises Faulty for what is no day of the years known here."""
    monday, filters = parse_week(text), filters_of(request)

    async def make(reader: Reader) -> ReadyAnswer:
        return await _make(request.app.state.installation, monday, filters, reader)

    return await keep(request, key, months_between(monday, monday + timedelta(days=6)), make)


def parse_week(text: str) -> date:
    """The Monday of the week of a day written as 2026-05-02."""
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        found = None
    if found is None:
        raise Faulty(Fault("week", "bad_date"))
    if found.year not in YEARS:
        raise Faulty(Fault("week", "out_of_range", {"least": date(YEARS[0], 1, 1), "most": date(YEARS[-1], 12, 31)}))
    return found - timedelta(days=found.weekday())


async def _make(installation: Installation, monday: date, filters: Filters, reader: Reader) -> ReadyAnswer:
    settings, now = installation.settings, clock.now().astimezone(installation.settings.zone)
    sunday = monday + timedelta(days=6)
    async with installation.engine.connect() as connection:
        # One snapshot of the database for all statements: never two revisions mixed.
        await connection.execution_options(isolation_level="REPEATABLE READ")
        found = await read_names(connection, filters.with_("region", settings.home_region))
        days = func.daterange(literal(monday, Date), literal(sunday, Date), "[]")
        touching = entries_query().where(DAYS.op("&&")(days), Event.status.in_(PUBLIC)).order_by(Event.first_on, Event.id)
        entries = await read_entries(connection, touching, settings.zone)
        holidays = await _holidays(connection, monday, sunday)
    names = {(field, key): name for field, key, name in found}
    home = (settings.home_region, names.get(("region", settings.home_region), settings.home_region))
    # Of an event that spans more days, only one with a session in this very week is shown.
    here = [entry for entry in entries if any(touches(one, monday, sunday) for one in entry.occurrences)]
    index = Index(here, now, (monday, sunday))
    beside = Beside(InMemory(index, filters, regions_of(names, home)), filters, reader, f"/calendar/week/{monday}", names)
    shown = index.shown(index.through(filters))
    values = _values(beside, shown, holidays, monday, now) | beside.values(home, empty=not shown)
    values["where"] = where_of(reader, filters, names)
    return as_answer("week.html", reader, next_turn_of(here, now), view=values)


async def _holidays(connection: AsyncConnection, monday: date, sunday: date) -> Mapping[date, HolidayShown]:
    found: dict[date, HolidayShown] = {}
    for year in sorted({monday.year, sunday.year}):
        found |= await read_holidays(connection, year) or {}
    return found


def _values(beside: Beside, found: Sequence[Entry], holidays: Mapping[date, HolidayShown], monday: date, now: datetime) -> dict[str, Any]:
    reader, today, sunday = beside.reader, now.date(), monday + timedelta(days=6)
    showing = Showing(reader, now, {})
    this_week = today - timedelta(days=today.weekday())

    def shown(on: date, held: Sequence[Held]) -> DayOfWeek:
        slips = [showing.slip(one.entry, one.sessions) for one in held]
        holiday = holidays.get(on)
        rest = not holiday.workday if holiday else on.weekday() >= 5
        return DayOfWeek(on, on == today, rest, holiday, *cut(slips, SHOWN))

    def week(on: date) -> str | None:
        return beside.address(beside.filters, f"/calendar/week/{on}") if on.year in YEARS else None

    thursday = monday + timedelta(days=3)
    month = thursday if thursday.year in YEARS else monday  # the month that most of the week is in

    return {
        "title": interval(reader.language, monday, sunday, year=True),
        "summary": translate(reader.language, words("{count} 项活动"), count=len(found)),
        "previous": week(monday - timedelta(days=7)),
        "next": week(monday + timedelta(days=7)),
        "now_address": week(this_week),
        "tabs": beside.tabs(month.replace(day=1), monday, "week"),
        "days": [shown(on, held) for on, held in by_day(monday, sunday, found, beside.filters.sessions).items()],
        "runs": [showing.item(entry) for entry in found if any(_runs_on(one, monday, sunday) for one in beside.filters.sessions(entry))],
        "empty": not found,
        "count": len(found),
        "demo": any(entry.demo for entry in found),
    }


def _runs_on(one: OccurrenceShown, monday: date, sunday: date) -> bool:
    return is_run(one) and touches(one, monday, sunday)
