"""From phrases to the calendar: each point gets its year and becomes a span, or is given back as unread."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from events.calendar.dates import (
    RUN_AFTER_DAYS,
    Precision,
    Session,
    Span,
    coarsest,
    day_span,
    days_of_month,
    month_span,
    months_span,
    months_touched,
)
from events.calendar.dating.lunar import HOLIDAYS, SHORT_HOLIDAY, festival_day, lunar_day
from events.calendar.dating.phrases import Bound, Phrase, Point, Slot

# 11月-3月 runs into the next year; 6月-5月 is more likely a slip of the pen
LONGEST_RUN_OVER_NEW_YEAR = timedelta(days=240)
AROUND = timedelta(days=5)
# 春节前夕 is the week that ends on the day before.
EVE = timedelta(days=6)
ONE_DAY = timedelta(days=1)
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Placed:
    """The points of one group that could be placed, each with its span, and the group's hours."""

    points: list[tuple[Point, Span]]
    slots: list[Slot]


@dataclass(slots=True)
class Placing:
    """Places points in the year found for them; `unplaced` collects the others, with a reason where there is one."""

    year: int | None
    column_first: Span | None
    column_last: Span | None
    unplaced: list[tuple[str, str | None]] = field(default_factory=list)
    reversed: bool = False

    def groups(self, phrase: Phrase) -> list[Placed]:
        placed: list[Placed] = []
        previous: Span | None = None
        for group in phrase.groups:
            points: list[tuple[Point, Span]] = []
            for point in group.points:
                span = self._span(point, previous)
                if span:
                    points.append((point, span))
                    previous = span
            placed.append(Placed(points, group.slots))
        return [p for p in _refined(placed) if p.points]

    @property
    def _column_month(self) -> int | None:
        """The month that the column of the first day says; one of a year or a quarter says none."""
        first = self.column_first
        return first.first_on.month if first and first.last_on.month == first.first_on.month else None

    def _span(self, point: Point, previous: Span | None) -> Span | None:
        if point.month is None and point.day is not None and self._column_month is None:
            self.unplaced.append((point.text, "no_month"))
            return None
        if point.bound not in (None, Bound.EVE) and self._column_month:  # the column says more
            self.unplaced.append((point.text, None))
            return None
        year = self._year(point)
        if year is None:
            self.unplaced.append((point.text, "no_year"))
            return None
        span = self._alone(point, year)
        if span and previous and not point.own_year and span.first_on < previous.first_on and _turns_year(previous, span):
            span = self._alone(point, year + 1)
        if span and point.until:
            span = self._range(point, point.until, span)
        elif span and point.bound:
            span = _bounded(point, span)
        elif span and point.onward and not span.precision.names_days:
            span = stretch(span.first_on, date(span.last_on.year, 12, 31))
        if span is None:
            self.unplaced.append((point.text, None))
        return span

    def _year(self, point: Point) -> int | None:
        """The point's own year, else its range's end's, else the one found elsewhere; a column that turns the year gives either."""
        if point.year is None and point.until and point.until.year is not None:
            return point.until.year
        year = point.year if point.year is not None else self.year
        first, last = self.column_first, self.column_last
        if point.year is None and first and last and point.month and point.month < first.first_on.month and not point.until:
            year = last.first_on.year
        return year + point.next_year if year is not None else None

    def _alone(self, point: Point, year: int) -> Span | None:
        if point.month is None and point.day is not None:
            point = replace(point, month=self._column_month)
        return span_of(point, year)

    def _range(self, point: Point, until: Point, start: Span) -> Span | None:
        year = (until.year if until.own_year and until.year else start.first_on.year) + until.next_year
        end = self._alone(until, year)
        if end and end.last_on < start.first_on and not until.own_year:
            end = self._alone(until, year + 1)
        elif end and end.last_on < start.first_on and not point.own_year:
            start = self._alone(point, start.first_on.year - 1) or start
        if end is None:
            return None
        turned = start.first_on.year != end.last_on.year and not (until.own_year or until.next_year)
        if end.last_on < start.first_on or (turned and end.last_on - start.first_on > LONGEST_RUN_OVER_NEW_YEAR):
            self.reversed = True
            return None
        if until.bound:
            last_on = end.last_on if until.bound is Bound.AFTER else _last_before(until, end)
            return stretch(start.first_on, last_on) if start.first_on <= last_on else None
        return Span(coarsest([start.precision, end.precision]), start.first_on, end.last_on)


def stretch(first: date, last: date) -> Span:
    """Days none of which is named, with the coarse precision that so many of them amount to."""
    months = len(months_touched(first, last))
    coarse = ((Precision.MONTH, 1), (Precision.QUARTER, 3), (Precision.HALF_YEAR, 6))
    precision = next((p for p, most in coarse if months <= most), Precision.YEAR)
    return Span(Precision.DEKAD if last - first < timedelta(days=11) else precision, first, last)


def _bounded(point: Point, span: Span) -> Span | None:
    """10月底前 is some day of that year up to it, 9月以后 one from it on, 春节后 one after it, 春节前夕 one of the week before it."""
    if point.bound is Bound.AFTER:
        first = span.last_on + ONE_DAY if point.festival else span.first_on
        return stretch(first, date(span.first_on.year, 12, 31))
    first, last = date(span.last_on.year, 1, 1), _last_before(point, span)
    if first > last:
        return None
    return stretch(last - EVE if point.bound is Bound.EVE else first, last)


def _last_before(point: Point, span: Span) -> date:
    """The last day that a bound leaves: 10月前, 春节前 and every 前夕 leave out what they name, 6月30日前 and 年底前 do not."""
    whole = point.bound is Bound.BEFORE and (point.festival or span.precision not in (Precision.DAY, Precision.DEKAD))
    leaves_out = point.bound is Bound.EVE or (whole and not point.stretch)
    return span.first_on - ONE_DAY if leaves_out else span.last_on


def _refined(groups: list[Placed]) -> list[Placed]:
    """What is said more exactly beside it is left out: 5月(4日、11日) is two days, 上半年(5月) a month, 5月(第二季度) one as well."""
    spans = [pair for group in groups for pair in group.points]

    def said_finer(point: Point, span: Span) -> bool:
        return point.until is None and any(
            p is not point
            and not (p.starts or p.ends or p.bound not in (None, Bound.EVE))
            and _is_finer(s, span)
            and span.first_on <= s.first_on <= s.last_on <= span.last_on
            for p, s in spans
        )

    return [Placed([pair for pair in group.points if not said_finer(*pair)], group.slots) for group in groups]


def _is_finer(a: Span, b: Span) -> bool:
    return (a.first_on, a.last_on) != (b.first_on, b.last_on) and coarsest([a.precision, b.precision]) is b.precision is not a.precision


def _turns_year(before: Span, after: Span) -> bool:
    return before.first_on.month >= 11 and after.first_on.month <= 2


def span_of(point: Point, year: int) -> Span | None:
    """The span of one point, its range left aside; None when the calendar has no such day."""
    if year not in YEARS:
        return None
    if point.stretch:
        return months_span(point.stretch[0], year, *point.stretch[1:])
    if point.festival:
        span = _festival(point.festival, year, is_holiday=point.holiday)
    elif point.month is None:
        return None
    else:
        span = _lunar(year, point.month, point.day) if point.lunar else _solar(year, point.month, point.day, point.part)
    if span and point.around and span.precision is Precision.DAY:
        return Span(Precision.DEKAD, span.first_on - AROUND, span.last_on + AROUND)
    return span


def _festival(name: str, year: int, *, is_holiday: bool) -> Span | None:
    day = festival_day(name, year)
    if day is None or not is_holiday:
        return day_span(day) if day else None
    before, after = HOLIDAYS.get(name, SHORT_HOLIDAY)
    return Span(Precision.DEKAD, day - timedelta(days=before), day + timedelta(days=after))


def _lunar(year: int, month: int, day: int | None) -> Span | None:
    if day is not None:
        found = lunar_day(year, month, day)
        return day_span(found) if found else None
    first = lunar_day(year, month, 1)
    return Span(Precision.MONTH, first, first + timedelta(days=29)) if first else None


def _solar(year: int, month: int, day: int | None, part: tuple[int, int] | None) -> Span | None:
    if not 1 <= month <= 12:
        return None
    if part:
        return days_of_month(year, month, *part)
    if day is None:
        return month_span(year, month)
    return day_span(date(year, month, day)) if 1 <= day <= month_span(year, month).last_on.day else None


def sessions_of(groups: Sequence[Placed]) -> list[Session]:
    """One session for each span and each of its hours; hours said of a few days hold on every one of them."""
    return [
        session
        for group in groups
        for point, span in group.points
        for slot in group.slots or [Slot()]
        for session in _sessions(span, slot, slot.label or point.label)
    ]


def _sessions(span: Span, slot: Slot, label: str | None) -> list[Session]:
    length = (span.last_on - span.first_on).days + 1
    if slot.ends and not slot.through and 1 < length <= RUN_AFTER_DAYS:
        days = [day_span(span.first_on + timedelta(days=n)) for n in range(length)]
        return [session for day in days for session in _sessions(day, slot, label)]
    last_on = span.last_on + timedelta(days=slot.overnight)
    return [Session(span.first_on, last_on, slot.starts, slot.ends, slot.daypart, label)]


def group_of(span: Span, phrase: Phrase) -> Placed:
    """A column's span with the hours of a text that names no day."""
    return Placed([(Point(""), span)], [slot for group in phrase.groups for slot in group.slots])
