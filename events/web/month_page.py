"""The page of a month: from the view that everybody reads to what the template shows."""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown
from events.calendar.month import Day, MonthView, is_run, last_of
from events.i18n import Language, translate, words
from events.regions.rules import Tier
from events.web.facets import Choice, Group, group, toggled
from events.web.festivals import lunar_name
from events.web.month_view import SLIPS_A_CELL, Run, Week, turned, weeks
from events.web.pages import Reader, day, macro, month_name, weekday_names

# What of a month's filters can be followed by e-mail.
FOLLOWED = ("region", "series", "sport")
TIER_NAMES = {Tier.CITY: words("市级"), Tier.DISTRICT: words("区级"), Tier.STREET: words("街镇级")}
# The formats that readers of news find on the page, by the endings of their addresses.
NEWS_KINDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
# What was rendered of an event, with the event that it was rendered of.
Pieces = MutableMapping[tuple[Any, ...], tuple[Entry, Markup]]


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
    """Everything that `month.html` asks of a month, made for one reader at one instant.

    `whole` is the month without filters, which the choices are counted over; `pieces` keeps what was rendered of an event for this
    language as long as the event stays as it is: the same piece stands in many filtered months, and in the month after a change of others.
    """

    def __init__(self, view: MonthView, whole: MonthView, filters: Filters, reader: Reader, now: datetime, pieces: Pieces) -> None:
        self.view, self.whole, self.filters, self.reader, self.now, self.pieces = view, whole, filters, reader, now, pieces

    def values(self, *, where: str, home: tuple[str, str], public_url: str, nearest: Iterable[date]) -> dict[str, Any]:
        """The template's `view`. `where` names what is shown, `home` is the region that stands first (code and name), `nearest` are months
        that have something, when this one has not."""
        first, entries = self.view.first, self.view.entries()
        agenda = [self._agenda_day(one) for one in self.view.days if one.events]
        feed = f"{public_url}/feeds/events.ics" + _query(self.filters.without("status").without("registration").pairs())
        return {
            "title": month_name(self.reader.language, first),
            "year": first.year,
            "where": where,
            "summary": self._summary(len(entries)),
            "path": self._path(first),
            "query": _query([*self.filters.pairs(), *self.reader.kept()]),
            "previous": self._month(turned(first, -1)),
            "next": self._month(turned(first, 1)),
            "now_address": "/calendar" + _query([*self.filters.pairs(), *self.reader.kept()]),
            "feed": feed,
            "wider_feed": bool(self.filters.status or self.filters.registration),
            "subscribe": "/subscribe" + _query([*self.filters.pairs(), *self.reader.kept()]),
            "news": [(kind, feed.replace("/events.ics", f"/events.{ending}", 1)) for ending, kind in NEWS_KINDS.items()],
            "follow": "/follow" + _query([pair for pair in self.filters.pairs() if pair[0] in FOLLOWED] + self.reader.kept()),
            "q": " ".join(self.filters.q),
            "kept": [*self.filters.without("q").pairs(), *self.reader.kept()],
            "groups": (groups := [found for found in self._groups(home) if found]),
            "chosen": [*self._searched(), *(one for group in groups for one in group.chosen)],
            "filtered": bool(self.filters.pairs()),
            "empty": not entries,
            "dateless": bool(entries) and not any(one.events for one in self.view.days) and not self.view.runs,
            "past": first < self.now.date().replace(day=1),
            "nearest": [{"earlier": month < first, **asdict(self._month(month))} for month in nearest],
            "weekdays": weekday_names(self.reader.language),
            "weeks": [{"strips": week.strips, "cells": [self._cell(on) for on in week.days]} for week in self._weeks()],
            "holidays_known": self.view.holidays_announced,
            "agenda": [one for one in agenda if not one.over],
            "over": [one for one in agenda if one.over],
            "runs": [self._item(entry, None) for entry in self.view.runs],
            "undated": [self._item(entry, None) for entry in self.view.undated],
            "long_term": [self._item(entry, None) for entry in self.view.long_term],
        }

    def _say(self, chinese: str, **values: object) -> str:
        return translate(self.reader.language, chinese, **values)

    def _searched(self) -> list[Choice]:
        """The words of a search, as choices that can be taken back."""
        return [Choice(f"“{word}”", self._address(self.filters.without("q", word)), True, None) for word in self.filters.q]

    def _summary(self, count: int) -> str:
        found = self._say(words("{count} 项活动"), count=count)
        tiers = [f"{self._say(TIER_NAMES[tier])} {n}" for tier, n in self.view.counts().items() if n]
        return " · ".join([found, *tiers])

    def _path(self, first: date) -> str:
        return f"/calendar/{first.year:04}-{first.month:02}"

    def _month(self, first: date) -> Link:
        """A month to go to; of this very year, it is named without it."""
        return Link(month_name(self.reader.language, first, year=first.year != self.view.first.year), self._address(self.filters, first))

    def _address(self, filters: Filters, first: date | None = None) -> str:
        return self._path(first or self.view.first) + _query_of(filters, self.reader.language if self.reader.chosen else None)

    def _groups(self, home: tuple[str, str]) -> list[Group | None]:
        every = list(self.whole.entries().values())
        found: dict[Filters, list[Entry]] = {Filters(): every}

        def over(field: str) -> list[Entry]:
            """The events that a choice of this field is counted over: those that all the other filters let through."""
            others = self.filters.without(field)
            if others not in found:
                found[others] = [entry for entry in every if others.matches(entry, self.now)]
            return found[others]

        def choices(heading: str, field: str, values: Iterable[tuple[str, str]]) -> Group | None:
            return group(heading, field, values, self.filters, self._address, whole=self._say(words("全部")), first=home[0])

        there = {e.region.code: e.region.name for e in over("region")} | ({home[0]: home[1]} if home[0] != home[1] else {})
        regions = ((code, there[code]) for e in over("region") for code in e.within if code in there)

        return [
            self._tiers(over("tier")),
            choices(self._say(words("地区")), "region", regions),
            choices(self._say(words("系列")), "series", ((e.series.slug, e.series.name) for e in over("series") if e.series)),
            choices(self._say(words("板块")), "board", ((e.board.slug, e.board.name) for e in over("board") if e.board)),
            choices(self._say(words("项目")), "sport", ((e.sport.slug, e.sport.name) for e in over("sport") if e.sport)),
            self._sign_up(over("registration")),
            self._free(over("free")),
        ]

    def _tiers(self, entries: list[Entry]) -> Group:
        found = [
            Choice(self._say(words("全部")), self._address(self.filters.without("tier")), not self.filters.tier, None, removable=False)
        ]
        for tier, name in TIER_NAMES.items():
            chosen = tier in self.filters.tier
            target = self.filters.without("tier", tier) if chosen else self.filters.with_("tier", tier)
            mark = macro("pieces.html", "mark", self.reader.language)(tier)
            found.append(Choice(self._say(name), self._address(target), chosen, sum(e.tier is tier for e in entries), mark))
        return Group(self._say(words("级别")), found)

    def _sign_up(self, entries: list[Entry]) -> Group:
        chosen = "open" in self.filters.registration
        target = self.filters.without("registration") if chosen else self.filters.with_("registration", "open")
        count = sum(entry.registration_at(self.now) == "open" for entry in entries)
        return Group(self._say(words("报名")), [Choice(self._say(words("现在可报名")), self._address(target), chosen, count)])

    def _free(self, entries: list[Entry]) -> Group | None:
        count = sum(entry.free is True for entry in entries)
        if not count and not self.filters.free:
            return None
        choice = Choice(self._say(words("免费")), self._address(toggled(self.filters, "free", "yes")), bool(self.filters.free), count)
        return Group(self._say(words("费用")), [choice])

    def _weeks(self) -> list[Week]:
        runs = [Run(one.on, one.until, self._slip(entry, one)) for entry in self.view.runs for one in entry.occurrences if is_run(one)]
        return weeks(self.view.first, runs)

    def _cell(self, on: date) -> Cell:
        first = self.view.first
        if not first <= on <= last_of(first):
            return Cell(on, inside=False, today=False, rest=False, holiday=None, slips=(), more=0)
        found = self.view.days[on.day - 1]
        rest = not found.holiday.workday if found.holiday else on.weekday() >= 5
        shown = found.events if len(found.events) <= SLIPS_A_CELL else found.events[: SLIPS_A_CELL - 1]
        slips = [self._slip(entry, one) for entry in shown if (one := session_on(entry, on))]
        today = on == self.now.date()
        return Cell(
            on,
            True,
            today,
            rest,
            found.holiday,
            slips,
            len(found.events) - len(shown),
            lunar_name(on, self.reader.language),
            self._said(found, today=today),
        )

    def _said(self, found: Day, *, today: bool) -> str:
        """The day, what it is, and how much it holds, as a screen reader says it."""
        name = self._say(found.holiday.name) if found.holiday else ""
        kind = self._say(words("（班）") if found.holiday.workday else words("（休）")) if found.holiday else ""
        count = len(found.events)
        held = self._say(words("{count} 项活动"), count=count) if count else self._say(words("没有活动"))
        parts = [day(self.reader.language, found.date), self._say(words("今天")) if today else "", name + kind, held]
        return self._say(words("，")).join(part for part in parts if part)

    def _agenda_day(self, found: Day) -> AgendaDay:
        today = self.now.date()
        over = found.date < today and self.view.first == today.replace(day=1)
        items = [self._item(entry, session_on(entry, found.date)) for entry in found.events]
        return AgendaDay(found.date, found.date == today, over, found.holiday, items)

    def _event(self, entry: Entry) -> str:
        return f"/events/{entry.id}{self.reader.language_query}"

    def _slip(self, entry: Entry, one: OccurrenceShown) -> Markup:
        status = entry.status_at(self.now)
        make = macro("pieces.html", "slip", self.reader.language)
        return self._kept(("slip", entry.id, one.id, status), entry, lambda: make(entry, one, self._event(entry), status))

    def _item(self, entry: Entry, one: OccurrenceShown | None) -> Markup:
        """A line of the agenda, for one session; without one, for the event with its dates as a whole."""
        status, registration = entry.status_at(self.now), entry.registration_at(self.now)
        make = macro("pieces.html", "item", self.reader.language)

        def made() -> Markup:
            dates = None if one else dates_in_words(entry, self.reader)
            return make(entry, one, self._event(entry), dates, status, registration)

        return self._kept(("item", entry.id, one and one.id, status, registration), entry, made)

    def _kept(self, key: tuple[Any, ...], entry: Entry, make: Callable[[], Markup]) -> Markup:
        """The piece as it was rendered before, if the event still shows what it showed then."""
        held = self.pieces.get(key)
        if held and held[0] is entry:
            return held[1]
        piece = held[1] if held and held[0] == entry else make()
        self.pieces[key] = entry, piece
        return piece


def session_on(entry: Entry, on: date) -> OccurrenceShown | None:
    """The session that an event shows on a day: the first of that day, a run last."""
    found = [one for one in entry.occurrences if one.on <= on <= one.until]
    return min(found, key=is_run, default=None)


def dates_in_words(entry: Entry, reader: Reader) -> str:
    """The dates as the office wrote them, else as first and last day."""
    if entry.date_text:
        return entry.date_text
    if entry.first_on is None or entry.last_on is None:
        return translate(reader.language, words("日期未定"))
    if entry.first_on == entry.last_on:
        return day(reader.language, entry.first_on)
    return f"{day(reader.language, entry.first_on)} – {day(reader.language, entry.last_on)}"


@lru_cache(maxsize=8_192)
def _query_of(filters: Filters, language: Language | None) -> str:
    return _query([*filters.pairs(), *([("lang", language.value)] if language else [])])


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return f"?{'&'.join([_pair(*pair) for pair in pairs])}" if pairs else ""


@lru_cache(maxsize=4_096)
def _pair(name: str, value: str) -> str:
    """A page has hundreds of links, made of the same few pairs."""
    return urlencode([(name, value)])
