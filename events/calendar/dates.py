"""When an event is, and how exactly that is known. Pure values: no clock, no database."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

RUN_AFTER_DAYS = 7
LONG_AFTER_MONTHS = 3


class Precision(StrEnum):
    """How exactly a date is known, finest first. Only MINUTE, DAYPART and DAY name days; the others bound them."""

    MINUTE = "minute"
    DAYPART = "daypart"
    DAY = "day"
    DEKAD = "dekad"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    UNKNOWN = "unknown"

    @property
    def names_days(self) -> bool:
        return self in (Precision.MINUTE, Precision.DAYPART, Precision.DAY)


class Daypart(StrEnum):
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class YearFrom(StrEnum):
    """Where a reading's year was found."""

    TEXT = "text"
    COLUMN = "column"
    CONTEXT = "context"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the calendar, both ends included; also what a spreadsheet's date column says (2024, 2024-05 or 2024-05-01)."""

    precision: Precision
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Session:
    """One dated session. Times are local wall times: `starts_at` on the first day, `ends_at` on the last."""

    first_on: date
    last_on: date
    starts_at: time | None = None
    ends_at: time | None = None
    daypart: Daypart | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise ValueError("a session ends before it begins")
        if self.starts_at and self.ends_at and self.first_on == self.last_on and self.ends_at <= self.starts_at:
            raise ValueError("a session ends before it begins")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says about its dates, never more.

    `text` is kept as written. `first_on` and `last_on` are None only when the precision is UNKNOWN; `sessions` is empty unless it
    names days. `unread` is the part nobody could read, or a reason (no_year, no_month, no_day, too_long); None when all was
    understood. `notes` are stable codes for whoever judges the row.
    """

    text: str
    precision: Precision = Precision.UNKNOWN
    first_on: date | None = None
    last_on: date | None = None
    sessions: tuple[Session, ...] = ()
    year_from: YearFrom | None = None
    unread: str | None = None
    notes: tuple[str, ...] = ()


def day_span(day: date) -> Span:
    return Span(Precision.DAY, day, day)


def days_of_month(year: int, month: int, first: int, last: int) -> Span:
    """A stretch inside a month that names no day, such as 上旬 1-10, 中旬 11-20, 下旬 21-0; 0 is the month's end."""
    return Span(Precision.DEKAD, date(year, month, first), date(year, month, last or monthrange(year, month)[1]))


def dekad(year: int, month: int, number: int) -> Span:
    """The first, second or third 旬 of a month."""
    return days_of_month(year, month, *((1, 10), (11, 20), (21, 0))[number - 1])


def months_span(precision: Precision, year: int, first: int, last: int) -> Span:
    """From the first day of one month to the last of another; months past 12 fall in the next year (冬季 is 12-14)."""
    over, end = divmod(last - 1, 12)
    return Span(precision, date(year, first, 1), date(year + over, end + 1, monthrange(year + over, end + 1)[1]))


def month_span(year: int, month: int) -> Span:
    return months_span(Precision.MONTH, year, month, month)


def quarter_span(year: int, quarter: int) -> Span:
    return months_span(Precision.QUARTER, year, quarter * 3 - 2, quarter * 3)


def half_year_span(year: int, half: int) -> Span:
    return months_span(Precision.HALF_YEAR, year, half * 6 - 5, half * 6)


def year_span(year: int) -> Span:
    return months_span(Precision.YEAR, year, 1, 12)


def coarsest(precisions: Sequence[Precision]) -> Precision:
    order = list(Precision)
    return max(precisions, key=order.index)


def from_sessions(sessions: Sequence[Session]) -> Precision:
    """MINUTE when every session has its hour, DAYPART when each has at least a part of the day, else DAY; UNKNOWN when there is none."""
    if not sessions:
        return Precision.UNKNOWN
    if all(s.starts_at for s in sessions):
        return Precision.MINUTE
    return Precision.DAYPART if all(s.starts_at or s.daypart for s in sessions) else Precision.DAY


def months_touched(first: date, last: date) -> list[tuple[int, int]]:
    """Every (year, month) from the first day's to the last day's."""
    from_, to = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(m // 12, m % 12 + 1) for m in range(from_, to + 1)]


def spans_over_three_months(first: date, last: date) -> bool:
    """长期: touches more than three months, so it is listed once and not in each."""
    return len(months_touched(first, last)) > LONG_AFTER_MONTHS


def is_run(session: Session) -> bool:
    """Over seven days: a strip above the grid, not a cell a day."""
    return session.last_on - session.first_on >= timedelta(days=RUN_AFTER_DAYS)
