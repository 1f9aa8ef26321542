"""A month as citizens read it: what stands on which day, what runs on, what has no day yet. Pure: entries and holidays are given."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from uuid import UUID

import msgspec

from events.calendar.dates import LONG_AFTER_MONTHS, RUN_AFTER_DAYS, Daypart
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.holidays import HolidayShown
from events.calendar.revisions import months_between
from events.errors import Fault, Faulty
from events.regions.rules import Tier

YEARS = range(1900, 2201)
TIERS = list(Tier)
# What an event shows, of its sessions.
Sessions = Callable[[Entry], Iterable[OccurrenceShown]]
_DAYPARTS = {Daypart.MORNING: time(8), Daypart.NOON: time(11, 30), Daypart.AFTERNOON: time(13), Daypart.EVENING: time(18)}


class Held(msgspec.Struct, frozen=True, gc=False):
    """An event on a day, with its sessions there by the time of day: at least one."""

    entry: Entry
    sessions: tuple[OccurrenceShown, ...]


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    holiday: HolidayShown | None
    held: tuple[Held, ...]

    @property
    def events(self) -> tuple[Entry, ...]:
        return tuple(one.entry for one in self.held)


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month's events, each list in the order to be shown.

    `days` has every day of the month, and an event once on each day on which it has sessions. `runs` have one of more than 7 days.
    `undated` are events that name no day and touch at most three months, `long_term` those that touch more. An event without any
    bounds is in no month. `holidays_announced` is False for a year whose holidays nobody has published.
    """

    first: date
    days: tuple[Day, ...]
    runs: tuple[Entry, ...]
    undated: tuple[Entry, ...]
    long_term: tuple[Entry, ...]
    holidays_announced: bool

    @property
    def month(self) -> str:
        return f"{self.first:%Y-%m}"

    def entries(self) -> dict[UUID, Entry]:
        """Every event that is shown, once, by its id."""
        found = {held.entry.id: held.entry for day in self.days for held in day.held}
        return found | {entry.id: entry for entries in (self.runs, self.undated, self.long_term) for entry in entries}

    def counts(self) -> dict[Tier, int]:
        """How many events each tier shows in this month: an event counts once, on however many days it stands."""
        found = Counter(entry.tier for entry in self.entries().values())
        return {tier: found[tier] for tier in TIERS}

    def only(self, kept: Set[UUID], sessions: Sessions | None = None) -> "MonthView":
        """The same month with only the events of these ids, and of their sessions only those that `sessions` gives."""

        def sift(entries: Iterable[Entry]) -> tuple[Entry, ...]:
            return tuple(entry for entry in entries if entry.id in kept)

        runs = sift(self.runs)
        if sessions is None:
            held = {day.date: tuple(one for one in day.held if one.entry.id in kept) for day in self.days}
        else:
            first, last = self.first, last_of(self.first)
            held = by_day(first, last, sift(self.entries().values()), sessions)
            runs = tuple(entry for entry in runs if any(is_run(one) and touches(one, first, last) for one in sessions(entry)))
        days = tuple(Day(day.date, day.holiday, held[day.date]) for day in self.days)
        return MonthView(self.first, days, runs, sift(self.undated), sift(self.long_term), self.holidays_announced)


def parse_month(text: str) -> date:
    """The first day of a month written as 2026-05. Raises Faulty for anything else, and outside the years that calendars here know."""
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) and int(text[:4]) in YEARS:
        return date(int(text[:4]), int(text[5:]), 1)
    raise Faulty(Fault("month", "bad_month", {"least": YEARS[0], "most": YEARS[-1]}))


def last_of(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def lay_out(first: date, entries: Iterable[Entry], holidays: Mapping[date, HolidayShown] | None) -> MonthView:
    """The month that begins on `first`, of all entries that touch it. `holidays` is None when that year's are not announced."""
    last, entries = last_of(first), list(entries)
    runs: list[Entry] = []
    undated: list[Entry] = []
    long_term: list[Entry] = []
    for entry in entries:
        sessions = [one for one in entry.occurrences if touches(one, first, last)]
        if any(is_run(one) for one in sessions):
            runs.append(entry)
        if not entry.occurrences and (months := months_between(entry.first_on, entry.last_on)) and f"{first:%Y-%m}" in months:
            (undated if len(months) <= LONG_AFTER_MONTHS else long_term).append(entry)
    known = holidays or {}
    days = tuple(Day(on, known.get(on), found) for on, found in by_day(first, last, entries).items())
    return MonthView(first, days, _by_date(runs), _by_date(undated), _by_date(long_term), holidays is not None)


def by_day(
    first: date, last: date, entries: Iterable[Entry], sessions: Sessions = attrgetter("occurrences")
) -> dict[date, tuple[Held, ...]]:
    """Every day from `first` to `last` with the events that have sessions on it, in the order to be shown. Runs are left out."""
    cells: dict[date, list[Held]] = {first + timedelta(days=n): [] for n in range((last - first).days + 1)}
    for entry in entries:
        for one in sessions(entry):
            if touches(one, first, last) and not is_run(one):
                _put(cells, entry, one, first, last)
    return {on: tuple(sorted(cell, key=lambda held: _order(held, on))) for on, cell in cells.items()}


def touches(session: OccurrenceShown, first: date, last: date) -> bool:
    """Whether a session is held on any of these days, both included."""
    return session.on <= last and session.until >= first


def is_run(session: OccurrenceShown) -> bool:
    """Whether a session is a strip over the grid, and not a cell a day."""
    return (session.until - session.on).days >= RUN_AFTER_DAYS


def _put(cells: dict[date, list[Held]], entry: Entry, one: OccurrenceShown, first: date, last: date) -> None:
    """The event on each day of the session, beside those that it has there already: a day's last is of the event that is being put."""
    for n in range((min(one.until, last) - max(one.on, first)).days + 1):
        day = max(one.on, first) + timedelta(days=n)
        cell = cells[day]
        if cell and cell[-1].entry is entry:
            cell[-1] = Held(entry, tuple(sorted((*cell[-1].sessions, one), key=lambda session: _time_on(session, day))))
        else:
            cell.append(Held(entry, (one,)))


def _time_on(one: OccurrenceShown, day: date) -> time:
    """When a session begins on a day: all-day ones and those that go on from the day before come first."""
    if day > one.on:
        return time()
    if one.starts_at:
        return one.starts_at.time()
    return _DAYPARTS.get(one.daypart, time()) if one.daypart else time()


def _order(held: Held, on: date) -> tuple[time, int, str, UUID]:
    return _time_on(held.sessions[0], on), TIERS.index(held.entry.tier), held.entry.title, held.entry.id


def _by_date(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.first_on or date.max, entry.last_on or date.max, entry.id)))


def next_turn_of(entries: Iterable[Entry], now: datetime) -> datetime:
    """The next instant at which any of these is read differently although nobody touched it; the end of `now`'s day at the latest."""
    return min((next_midnight(now), *(at for entry in entries if (at := entry.turns_after(now)))))


def next_midnight(now: datetime) -> datetime:
    """The end of `now`'s day, in its zone."""
    return datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
