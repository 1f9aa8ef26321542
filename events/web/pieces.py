"""What pages show of one event: a slip in a grid, a line of a list. Rendered once for an event as it is, and kept."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.ical.coordinates import Point, to_wgs84
from events.calendar.rules import OccurrenceStatus
from events.i18n import Language, day, translate, words
from events.posters.wording import labels, times
from events.web.pages import Reader, interval, macro

# Of so many separate days each is named; of more, the first and the last.
DAYS_NAMED = 4
# Sessions whose days a line tells one by one.
MOST_DAYS = 3
# What was rendered of an event, with the event that it was rendered of.
Pieces = MutableMapping[tuple[Any, ...], tuple[Entry, Markup]]


class PiecesOfMonth(dict[tuple[Any, ...], tuple[Entry, Markup]]):
    """What was rendered of a month's events for readers of one language. Its size is a guess made when it is begun, a generous one."""

    def __init__(self, events: int, valid_until: datetime) -> None:
        super().__init__()
        self.size = 10_000 + 1_800 * events
        self.valid_until = valid_until


class Showing:
    """Events as a reader of one language sees them at an instant. `kept` holds pieces for as long as their events stay as they are."""

    def __init__(self, reader: Reader, now: datetime, kept: Pieces) -> None:
        self.reader, self.now, self.kept = reader, now, kept

    def slip(self, entry: Entry, sessions: Sequence[OccurrenceShown]) -> Markup:
        """An event in a cell of a grid, with its sessions there."""
        status = entry.status_at(self.now)

        def made() -> Markup:
            show = macro("pieces.html", "slip", self.reader.language)
            return show(entry, sitting(sessions, self.reader), self._event(entry), status, series_prefix(entry))

        return self._once(("slip", entry.id, *(one.id for one in sessions), status), entry, made)

    def item(self, entry: Entry, sessions: Sequence[OccurrenceShown] = (), *, dates: str = "") -> Markup:
        """A line of a list, for the sessions of a day; without them, for the event with these dates, or with all of its dates."""
        status, registration = entry.status_at(self.now), entry.registration_at(self.now)

        def made() -> Markup:
            make, held = macro("pieces.html", "item", self.reader.language), sitting(sessions, self.reader) if sessions else None
            shown = None if held else dates or dates_in_words(entry, self.reader)
            return make(entry, held, self._event(entry), shown, status, registration, point_of(entry))

        return self._once(("item", entry.id, *(one.id for one in sessions), dates, status, registration), entry, made)

    def _event(self, entry: Entry) -> str:
        return f"/events/{entry.id}{self.reader.language_query}"

    def _once(self, key: tuple[Any, ...], entry: Entry, make: Callable[[], Markup]) -> Markup:
        """The piece as it was rendered before, if the event still shows what it showed then."""
        held = self.kept.get(key)
        if held and held[0] is entry:
            return held[1]
        piece = held[1] if held and held[0] == entry else make()
        self.kept[key] = entry, piece
        return piece


def point_of(entry: Entry) -> Point | None:
    """Where the venue is, in WGS-84 as browsers say where they are, to a metre. None unless the datum is known: it may be off by 500 m."""
    point = entry.venue.point if entry.venue else None
    if point is None or point.datum is None:
        return None
    lon, lat = to_wgs84(point.lon, point.lat, point.datum)
    return round(lon, 5), round(lat, 5)


@dataclass(frozen=True, slots=True)
class Sitting:
    """An event's sessions of a day in words. `off` are those that were cancelled while others stand; `stopped`, that none does."""

    times: str
    labels: str
    off: int
    stopped: bool


def sitting(sessions: Sequence[OccurrenceShown], reader: Reader) -> Sitting:
    """The sessions of a day, at least one, in words."""
    off = sum(one.status is OccurrenceStatus.CANCELLED for one in sessions)
    return Sitting(times(sessions, reader.language), labels(sessions, reader.language), off % len(sessions), off == len(sessions))


def days_in_words(sessions: Sequence[OccurrenceShown], reader: Reader) -> str:
    """The days of some of an event's sessions; of many, the first and how many they are."""
    said = [_span(one.on, one.until, reader) for one in sessions]
    told = translate(reader.language, words("、")).join(dict.fromkeys(said[:MOST_DAYS]))
    return told if len(said) <= MOST_DAYS else translate(reader.language, words("{listed} 等 {count} 场"), listed=told, count=len(said))


def _span(first: date, last: date, reader: Reader) -> str:
    return day(reader.language, first) if first == last else interval(reader.language, first, last)


def series_prefix(entry: Entry) -> str:
    """What a title begins with that its series says already: `一街一品·` of the series 殷行街道·一街一品. Else empty."""
    head, dot, rest = entry.title.partition("·")
    known = entry.series is not None and head in (entry.series.name, *entry.series.name.split("·"))
    return head + dot if known and rest.strip() else ""


def dates_in_words(entry: Entry, reader: Reader) -> str:
    """The dates as the office wrote them, else as first and last day. In another language, days that are known are written in it."""
    first, last = entry.first_on, entry.last_on
    if entry.date_text and (reader.language is Language.ZH or not entry.precision.names_days or first is None):
        return entry.date_text
    if first is None or last is None:
        return translate(reader.language, words("日期未定"))
    if first == last:
        return day(reader.language, first)
    apart = sorted({(one.on, one.until) for one in entry.occurrences})
    if not 2 <= len(apart) <= DAYS_NAMED:
        return interval(reader.language, first, last)
    return translate(reader.language, words("、")).join(interval(reader.language, *days) for days in apart)
