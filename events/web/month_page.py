"""The page of a month: from the view that everybody reads to what the template shows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from events.calendar.called import TIER_NAMES, Names
from events.calendar.entries import Entry
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown
from events.calendar.index import Index
from events.calendar.month import YEARS, Day, MonthView, is_run, last_of, touches
from events.i18n import day, translate, words
from events.web.beside import Beside, query_of
from events.web.counts import InMemory, regions_of
from events.web.festivals import lunar_name
from events.web.month_view import SLIPS_A_CELL, Run, Week, turned, weeks
from events.web.pages import Reader, month_name, weekday_names
from events.web.pieces import Pieces, Showing, days_in_words

# The formats that readers of news find on the page, by the endings of their addresses.
NEWS_KINDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


@dataclass(frozen=True)
class Link:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid. `said` is what a screen reader reads instead of its number."""

    on: date
    inside: bool
    today: bool
    rest: bool
    holiday: HolidayShown | None
    slips: Sequence[Markup]
    more: int
    lunar: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day of the list. `over` is a day of the current month that has passed: it is folded away."""

    on: date
    today: bool
    over: bool
    holiday: HolidayShown | None
    items: Sequence[Markup]


class MonthPage:
    """Everything that the views of a month ask of it, made for one reader at the instant of `index`.

    `index` is of the month without filters, which the choices are counted over; `view_path` is what follows the month in this view's
    address (`/agenda`); `pieces` keeps what was rendered of an event for this language as long as the event stays as it is: the same
    piece stands in many filtered months, and in the month after a change of others. `names` are of what was chosen, and `home`
    is the region that stands first (code and name).
    """

    def __init__(
        self,
        view: MonthView,
        index: Index,
        filters: Filters,
        reader: Reader,
        *,
        pieces: Pieces,
        names: Names,
        home: tuple[str, str],
        view_path: str,
    ) -> None:
        self.view, self.filters, self.reader, self.now = view, filters, reader, index.now
        self.showing, self.view_path = Showing(reader, self.now, pieces), view_path
        self.home = home
        self.counts = InMemory(index, filters, regions_of(names, home))
        self.beside = Beside(self.counts, filters, reader, self._path(view.first), names)

    def values(self, *, where: str, public_url: str, nearest: Iterable[date]) -> dict[str, Any]:
        """The template's `view`. `where` names what is shown, `nearest` are months that have something, when this one has not."""
        first, entries = self.view.first, self.view.entries()
        agenda = [self._agenda_day(one) for one in self.view.days if one.held]
        feed = f"{public_url}/feeds/events.ics" + query_of(self.filters.without("status").without("registration").pairs())
        today = self.now.date()
        week = today if today.replace(day=1) == first else first
        return {
            "title": month_name(self.reader.language, first),
            "year": first.year,
            "where": where,
            "summary": self._summary(len(entries)),
            "query": query_of([*self.filters.pairs(), *self.reader.kept()]),
            "previous": self._month(turned(first, -1)),
            "next": self._month(turned(first, 1)),
            "now_address": "/calendar" + query_of([*self.filters.pairs(), *self.reader.kept()]),
            "tabs": self.beside.tabs(first, week, self.view_path.removeprefix("/") or "month"),
            "feed": feed,
            "wider_feed": bool(self.filters.status or self.filters.registration),
            "subscribe": "/subscribe" + query_of([*self.filters.pairs(), *self.reader.kept()]),
            "news": [(kind, feed.replace("/events.ics", f"/events.{ending}", 1)) for ending, kind in NEWS_KINDS.items()],
            "follow": "/follow" + query_of([*self.filters.pairs(), *self.reader.kept()]),
            **self.beside.values(self.home, empty=not entries),
            "empty": not entries,
            "count": len(entries),
            "demo": any(entry.demo for entry in entries.values()),
            "dateless": bool(entries) and not any(one.held for one in self.view.days) and not self.view.runs,
            "past": first < today.replace(day=1),
            "nearest": [{"earlier": month < first, **asdict(link)} for month in nearest if (link := self._month(month))],
            "weekdays": weekday_names(self.reader.language),
            "weeks": [{"strips": week.strips, "cells": [self._cell(on) for on in week.days]} for week in self._weeks()],
            "holidays_known": self.view.holidays_announced,
            "agenda": [one for one in agenda if not one.over],
            "over": [one for one in agenda if one.over],
            "runs": [self.showing.item(entry) for entry in self.view.runs],
            "undated": [self.showing.item(entry) for entry in self.view.undated],
            "long_term": [self.showing.item(entry) for entry in self.view.long_term],
        }

    def listed(self, entry: Entry) -> Markup:
        """An event as a line, with its dates: where some of its sessions are asked for, with the days of those in this month."""
        if not self.filters.when:
            return self.showing.item(entry)
        first, last = self.view.first, last_of(self.view.first)
        return self.showing.item(
            entry, dates=days_in_words([o for o in self.filters.sessions(entry) if touches(o, first, last)], self.reader)
        )

    def _say(self, chinese: str, **values: object) -> str:
        return translate(self.reader.language, chinese, **values)

    def _summary(self, count: int) -> str:
        found = self._say(words("{count} 项活动"), count=count)
        tiers = [f"{self._say(TIER_NAMES[tier])} {n}" for tier, n in self.view.counts().items() if n]
        return " · ".join([found, *tiers])

    def _path(self, first: date) -> str:
        return f"/calendar/{first:%Y-%m}{self.view_path}"

    def _month(self, first: date) -> Link | None:
        """A month to go to; of this very year, it is named without it. None beyond the years that calendars here know."""
        if first.year not in YEARS:
            return None
        name = month_name(self.reader.language, first, year=first.year != self.view.first.year)
        return Link(name, self.beside.address(self.filters, self._path(first)))

    def _weeks(self) -> list[Week]:
        runs = [
            Run(one.on, one.until, self.showing.slip(entry, [one]))
            for entry in self.view.runs
            for one in self.filters.sessions(entry)
            if is_run(one)
        ]
        return weeks(self.view.first, runs)

    def _cell(self, on: date) -> Cell:
        first = self.view.first
        if not first <= on <= last_of(first):
            return Cell(on, inside=False, today=False, rest=False, holiday=None, slips=(), more=0)
        found = self.view.days[on.day - 1]
        rest = not found.holiday.workday if found.holiday else on.weekday() >= 5
        shown = found.held if len(found.held) <= SLIPS_A_CELL else found.held[: SLIPS_A_CELL - 1]
        slips = [self.showing.slip(one.entry, one.sessions) for one in shown]
        today = on == self.now.date()
        return Cell(
            on,
            True,
            today,
            rest,
            found.holiday,
            slips,
            len(found.held) - len(shown),
            lunar_name(on, self.reader.language),
            self._said(found, today=today),
        )

    def _said(self, found: Day, *, today: bool) -> str:
        """The day, what it is, and how much it holds, as a screen reader says it."""
        name = self._say(found.holiday.name) if found.holiday else ""
        kind = self._say(words("（班）") if found.holiday.workday else words("（休）")) if found.holiday else ""
        count = len(found.held)
        held = self._say(words("{count} 项活动"), count=count) if count else self._say(words("没有活动"))
        parts = [day(self.reader.language, found.date), self._say(words("今天")) if today else "", name + kind, held]
        return self._say(words("，")).join(part for part in parts if part)

    def _agenda_day(self, found: Day) -> AgendaDay:
        today = self.now.date()
        over = found.date < today and self.view.first == today.replace(day=1)
        items = [self.showing.item(one.entry, one.sessions) for one in found.held]
        return AgendaDay(found.date, found.date == today, over, found.holiday, items)
