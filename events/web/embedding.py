"""A month inside another site's page: who reads it there, what it shows, and the line that puts it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape

from events.calendar.entries import Entry
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown
from events.calendar.month import Day, MonthView
from events.i18n import Language, negotiate
from events.web.month_view import turned
from events.web.pages import CONTENT_SECURITY_POLICY, LOOKS, Reader, month_name, own_path
from events.web.pieces import Sitting, dates_in_words, sitting
from infra.web import AnyRequest

# Any site may show what lies below /embed/, and nothing there knows anybody: no cookie is read or set.
EMBED_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *"),
    "Vary": "Accept-Language, Accept-Encoding",
}
FRAME_HEIGHT = 640


def reader_inside(request: AnyRequest) -> Reader:
    """Who reads a page inside another one: by its address and the browser's languages alone."""
    asked = request.query_params
    chosen = asked.get("lang") in LOOKS["lang"]
    language = Language(asked["lang"]) if chosen else negotiate(request.headers.get("accept-language", ""))
    pairs = tuple((name, value) for name, value in asked.multi_items() if name not in LOOKS)
    return Reader(language, chosen, own_path(request), pairs, elder=asked.get("look") == "elder")


@dataclass(frozen=True, slots=True)
class Line:
    """An event as a line of the list; without sessions it is the event as a whole, its dates in words."""

    entry: Entry
    held: Sitting | None
    address: str
    dates: str | None
    status: str
    registration: str


@dataclass(frozen=True, slots=True)
class EmbedDay:
    on: date
    today: bool
    holiday: HolidayShown | None
    lines: Sequence[Line]


class EmbedMonth:
    """What `embed_calendar.html` asks of a month."""

    def __init__(self, view: MonthView, filters: Filters, reader: Reader, now: datetime) -> None:
        self.view, self.filters, self.reader, self.now = view, filters, reader, now

    def values(self, where: str) -> dict[str, Any]:
        """The template's `view`; `where` names what is shown. The days of the present month that are over are folded away."""
        first, today = self.view.first, self.now.date()
        days = [self._day(found) for found in self.view.days if found.held]
        present = first == today.replace(day=1)
        over = [day for day in days if present and day.on < today]
        return {
            "title": month_name(self.reader.language, first),
            "where": where,
            "count": len(self.view.entries()),
            "previous": self._turn(turned(first, -1)),
            "next": self._turn(turned(first, 1)),
            "over": over,
            "days": days[len(over) :],
            "runs": [self._line(entry) for entry in self.view.runs],
            "undated": [self._line(entry) for entry in (*self.view.undated, *self.view.long_term)],
            "calendar": self._address(f"/calendar/{self.view.month}"),
            "subscribe": self._address("/subscribe"),
        }

    def _turn(self, first: date) -> dict[str, str]:
        looks = [("look", "elder")] if self.reader.elder else []
        name = month_name(self.reader.language, first, year=first.year != self.view.first.year)
        return {"name": name, "address": self._address(f"/embed/calendar/{first.year:04}-{first.month:02}", looks)}

    def _address(self, path: str, more: Sequence[tuple[str, str]] = ()) -> str:
        pairs = [*self.filters.pairs(), *self.reader.kept(), *more]
        return path + (f"?{urlencode(pairs)}" if pairs else "")

    def _day(self, found: Day) -> EmbedDay:
        lines = [self._line(one.entry, sitting(one.sessions, self.reader)) for one in found.held]
        return EmbedDay(found.date, found.date == self.now.date(), found.holiday, lines)

    def _line(self, entry: Entry, held: Sitting | None = None) -> Line:
        dates = None if held else dates_in_words(entry, self.reader)
        address = f"/events/{entry.id}{self.reader.language_query}"
        return Line(entry, held, address, dates, entry.status_at(self.now), entry.registration_at(self.now))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an office wants to show: the filters, a month for good or always the present one, a language for good or each reader's own."""

    filters: Filters
    month: str | None
    language: Language | None

    @property
    def address(self) -> str:
        """Of the page inside, below our own root."""
        pairs = [*self.filters.pairs(), *([("lang", self.language.value)] if self.language else [])]
        return "/embed/calendar" + (f"/{self.month}" if self.month else "") + (f"?{urlencode(pairs)}" if pairs else "")

    def frame(self, public_url: str, title: str) -> str:
        """One line of HTML that needs no script."""
        source = escape(public_url + self.address)
        size = f'width="100%" height="{FRAME_HEIGHT}" loading="lazy" style="border:0"'
        return f'<iframe src="{source}" title="{escape(title)}" {size}></iframe>'

    def element(self, public_url: str) -> str:
        """One line of HTML whose frame grows with its content. Filters of one value each are attributes, others one query."""
        pairs = self.filters.pairs()
        single = len({name for name, _ in pairs}) == len(pairs)
        known = dict(pairs) if single else {"query": self.filters.query()}
        known |= {name: value for name, value in (("month", self.month), ("lang", self.language)) if value}
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in known.items())
        return f'<script src="{escape(public_url)}/embed/saili.js" async></script><saili-calendar{attributes}></saili-calendar>'
