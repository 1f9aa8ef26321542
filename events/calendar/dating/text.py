"""Reads dates as sports offices write them. Pure; "today" never matters, so 近日 or 上周日 without a date stays unknown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from events.calendar.dates import (
    Precision,
    Reading,
    Session,
    Span,
    YearFrom,
    coarsest,
    from_sessions,
    month_span,
    months_span,
)
from events.calendar.dating.phrases import Phrase, Point
from events.calendar.dating.spans import Placed, Placing, group_of, sessions_of, stretch
from events.calendar.dating.walk import parse
from events.calendar.dating.writing import normalise
from events.calendar.dating.years import look_for_year

LONGEST_TEXT = 500
LONGEST_UNREAD = 200


def read_column(value: str | None) -> Span | None:
    """What a date column's cell says (2024-05-01, 2024-05, 2024, 2024/5/1 …); None when it is empty, unreadable or has no year."""
    reading = read_dates(value or "")
    if reading.first_on is None or reading.last_on is None or reading.unread:
        return None
    return Span(Precision.DAY if reading.precision.names_days else reading.precision, reading.first_on, reading.last_on)


def names_months(text: str) -> bool:
    """Whether a text says a month of its own, by number or as a festival, a quarter or a season: not 4日, 每周六 or 9:00."""
    points = parse(normalise(text[:LONGEST_TEXT])).points
    return any(p.month is not None or p.festival or p.stretch for p in points)


def read_dates(
    text: str,
    *,
    column_first: Span | None = None,
    column_last: Span | None = None,
    context: Sequence[str] = (),
    year: int | None = None,
) -> Reading:
    """What a text says about its dates, never more.

    The year is the text's own, else the date column's, else the first title's in `context` that names one, else `year`, else none:
    then the reading is UNKNOWN with unread "no_year". A text that can't be read yields to the columns ("from_column"); one that says
    another date than they do wins ("conflict_with_column"). Never raises.
    """
    if len(text) > LONGEST_TEXT:
        return _from_columns(Reading(text, unread="too_long"), Phrase([], [], [], None, []), column_first, column_last)
    phrase = parse(normalise(text))
    if "relative_year" in phrase.notes:
        context, year = (), None
    found, source = look_for_year(column_first or column_last, phrase.years, context, year)
    placing = Placing(found, column_first or column_last, column_last)
    groups = placing.groups(phrase)
    if any(p.year is not None for p in phrase.points):
        source = YearFrom.TEXT
    if placing.reversed:
        phrase.notes.append("reversed")
    if not groups:
        return _without_dates(text, phrase, placing, source, column_first, column_last)
    return _judged(_reading(text, phrase, groups, placing, source), phrase, groups, column_first, column_last)


def _reading(text: str, phrase: Phrase, groups: list[Placed], placing: Placing, source: YearFrom | None) -> Reading:
    """The reading of what could be placed; days that recur or stand beside a whole month only bound it."""
    spans = [span for group in groups for _, span in group.points]
    points = [point for group in groups for point, _ in group.points]
    first, last = min(s.first_on for s in spans), max(s.last_on for s in spans)
    unread = " ".join(dict.fromkeys([text for text, _ in placing.unplaced] + phrase.junk))[:LONGEST_UNREAD] or None
    notes = tuple(n for n in phrase.notes if n != "relative")
    precision = coarsest([s.precision for s in spans])
    sessions: tuple[Session, ...] = ()
    recurs = "recurring" in notes or any(_on_weekdays_only(*pair) for group in groups for pair in group.points)
    notes += ("bound",) if any(p.bound or (p.until and p.until.bound) for p in points) and "bound" not in notes else ()
    if precision is Precision.DAY and ((recurs and not _are_listed(points)) or "alternatives" in notes):
        notes += ("recurring",) if recurs and "recurring" not in notes else ()
        if last == first:
            last = date(first.year, 12, 31) if points[0].onward else month_span(first.year, first.month).last_on
        precision = stretch(first, last).precision
    elif precision is Precision.DAY:
        sessions = tuple(dict.fromkeys(sessions_of(groups)))
        precision, last = from_sessions(sessions), max(s.last_on for s in sessions)
    elif _has_gaps(spans):
        notes += ("gaps",)
    return Reading(text, precision, first, last, sessions, source, unread, notes)


def _are_listed(points: list[Point]) -> bool:
    """5月4日、11日、18日(每周六) names the Saturdays that are meant."""
    return len(points) > 1 and all(p.until is None for p in points)


def _has_gaps(spans: list[Span]) -> bool:
    ordered = sorted(spans, key=lambda s: s.first_on)
    return any(b.first_on - a.last_on > timedelta(days=1) for a, b in pairwise(ordered))


def _judged(reading: Reading, phrase: Phrase, groups: list[Placed], column_first: Span | None, column_last: Span | None) -> Reading:
    """The reading with what its weekdays, its length in days and the columns say of it."""
    points = [pair for group in groups for pair in group.points]
    opens = len(points) == 1 and points[0][0].starts and points[0][0].until is None
    if len(reading.sessions) == 1 and phrase.days_long and phrase.days_long > 1:
        reading = _lasting(reading, phrase.days_long)
    elif opens and not groups[0].slots:
        reading = _until_column(reading, column_first, column_last)
    if "recurring" not in reading.notes and any(_weekday_mismatch(group) for group in groups):
        reading = replace(reading, notes=(*reading.notes, "weekday_mismatch"))
    if _conflicts(reading, column_first, column_last, open_ended=opens):
        reading = replace(reading, notes=(*reading.notes, "conflict_with_column"))
    return reading


def _lasting(reading: Reading, days: int) -> Reading:
    """赛程两天 after a single day: the run that begins on it; the hour is of its first day only."""
    only = reading.sessions[0]
    if only.first_on != only.last_on:
        return reading
    last_on = only.first_on + timedelta(days=days - 1)
    session = Session(only.first_on, last_on, only.starts_at, label=only.label)
    return replace(reading, precision=from_sessions([session]), last_on=last_on, sessions=(session,))


def _until_column(reading: Reading, column_first: Span | None, column_last: Span | None) -> Reading:
    """8月7日启动 says no end: the column's, when it begins on the same day, else the note that it is open."""
    days = [c for c in (column_first, column_last) if c and c.precision is Precision.DAY]
    if len(days) < 2 or len(reading.sessions) != 1 or days[0].first_on != reading.first_on or days[1].last_on <= days[0].first_on:
        return replace(reading, notes=(*reading.notes, "open_end"))
    last_on = days[1].last_on
    session = replace(reading.sessions[0], last_on=last_on)
    return replace(reading, last_on=last_on, sessions=(session,), notes=(*reading.notes, "end_from_column"))


def _weekday_mismatch(group: Placed) -> bool:
    """A weekday must be that of a day it stands beside; several weekdays together, of any day of their group."""
    spans = [span for _, span in group.points]
    for point, span in group.points:
        said = point.weekdays + (point.until.weekdays if point.until else [])
        near = [span] if len(said) == 1 or point.until else spans
        fits = {*said} <= {d for s in near for d in _weekdays(s)} or _weekdays(span) <= {*said}
        if span.precision is Precision.DAY and not fits:
            return True
    return False


def _on_weekdays_only(point: Point, span: Span) -> bool:
    """7月1日-8月31日(周六、周日) are the weekends between; 5月18日(周六)-6月2日(周日) is the whole stretch."""
    said = point.until.weekdays if point.until else []
    return len(said) > len(point.weekdays) + (span.last_on.weekday() in said[:1]) and span.last_on - span.first_on > timedelta(days=7)


def _weekdays(span: Span) -> set[int]:
    days = min((span.last_on - span.first_on).days, 6)
    return {(span.first_on + timedelta(days=n)).weekday() for n in range(days + 1)}


def _conflicts(reading: Reading, column_first: Span | None, column_last: Span | None, *, open_ended: bool) -> bool:
    """A column conflicts when its stretch holds no day at which the reading may begin (or end, unless the text names no end)."""
    if reading.first_on is None or reading.last_on is None:
        return False
    if reading.precision.names_days:
        first_ok = column_first is None or column_first.first_on <= reading.first_on <= column_first.last_on
        last_ok = column_last is None or open_ended or column_last.first_on <= reading.last_on <= column_last.last_on
        return not (first_ok and last_ok)
    columns = [c for c in (column_first, column_last) if c]
    return any(c.last_on < reading.first_on or c.first_on > reading.last_on for c in columns)


def _from_columns(reading: Reading, phrase: Phrase, column_first: Span | None, column_last: Span | None) -> Reading:
    """What the columns say where the text says no date; the hours of the text hold when they name one day or a few."""
    columns = [c for c in (column_first, column_last) if c]
    if not columns or columns[-1].last_on < columns[0].first_on:
        return reading
    span = Span(coarsest([c.precision for c in columns]), columns[0].first_on, columns[-1].last_on)
    groups = [group_of(span, phrase)]
    timed = bool(groups[0].slots) and span.precision is Precision.DAY
    read = _reading(reading.text, Phrase([], phrase.notes, [], None, []), groups, Placing(None, None, None), YearFrom.COLUMN)
    unread = None if timed and reading.unread == "no_day" else reading.unread
    return replace(read, unread=unread, notes=(*reading.notes, "from_column"))


def _without_dates(
    text: str, phrase: Phrase, placing: Placing, source: YearFrom | None, column_first: Span | None, column_last: Span | None
) -> Reading:
    """The reading of a text that names no date one could place: its reason, or the year of what recurs, or the columns."""
    recurs = not phrase.points and not phrase.junk and ("recurring" in phrase.notes or "daily" in phrase.notes)
    reading = Reading(text, unread=_reason(text, phrase, placing, recurs=recurs), notes=tuple(phrase.notes))
    if column_first or column_last:
        return _from_columns(reading, phrase, column_first, column_last)
    if recurs and reading.unread is None and placing.year is not None:
        whole = months_span(Precision.YEAR, placing.year, 1, 12)
        return replace(reading, precision=Precision.YEAR, first_on=whole.first_on, last_on=whole.last_on, year_from=source)
    return reading


def _reason(text: str, phrase: Phrase, placing: Placing, *, recurs: bool) -> str | None:
    """Why a text gives no date: a code when it was understood but lacks something, else the text itself."""
    whole = text.strip()[:LONGEST_UNREAD] or None
    if phrase.points:
        codes = [code for _, code in placing.unplaced if code]
        return codes[0] if codes and not placing.reversed else whole
    if recurs:
        return None if placing.year is not None else "no_year"
    if any(g.slots for g in phrase.groups) and not phrase.junk:
        return "no_day"
    return None if "undecided" in phrase.notes and not phrase.junk else whole
