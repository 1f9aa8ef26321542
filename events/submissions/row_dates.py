"""When a row's event is: its cells for days, months and hours as one text, read in the year that row and titles give. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openpyxl.utils.datetime import from_excel

from events.calendar.dates import Reading, Span, YearFrom
from events.calendar.dating.text import LONGEST_TEXT, LONGEST_UNREAD, names_months, read_column, read_dates
from events.calendar.dating.words import number
from events.calendar.dating.years import year_of
from events.submissions.cells import cell_text
from events.submissions.columns import DATES, Row
from events.submissions.hyphens import Hyphen, habit, spelt_out
from events.submissions.said import said

# What a date's reading notes that a person has to look at: the text and the columns, or the text and its weekday, say different things.
CONFLICTS = {"conflict_with_column", "weekday_mismatch"}

_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_NUMBERS = re.compile(r"\d{1,2}(?:\s*[-—–~至、,，/.]\s*\d{1,2})*")
_HOURS = re.compile(
    r"(?:上午|下午|中午|早上?|晚上?|夜间)?\s*(?:\d{1,2}\s*[:：]\s*\d{2}(?:[:：]\d{2})?|\d{1,2}[点时](?:半|\d{1,2}分?)?)\s*(?:开始|结束)?"
)
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
# A month that a sheet or a title is of; not 1月1日 or 3-5月.
_ONE_MONTH = re.compile(r"(?:((?:19|20)\d\d)\s*[-年./]\s*)?(\d{1,2}|[一二三四五六七八九十]{1,2})\s*(?:月份?)?")
_MONTH = re.compile(r"(?<![\d\-—~至、])(\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?![\d一二三四五六七八九十\-—~至、])")


@dataclass(frozen=True, slots=True)
class Dated:
    """What was read, and everything about it that is not plain."""

    reading: Reading
    notes: tuple[str, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cells:
    date: str | None
    month: str | None
    first: str | None
    last: str | None
    weekday: str | None

    @property
    def run(self) -> str | None:
        """The columns of the first and the last day as one text."""
        if self.first is None:
            return f"至{self.last}" if self.last else None
        return self.first if self.last in (None, self.first) else f"{self.first}—{self.last}"


@dataclass(frozen=True, slots=True)
class _Months:
    """The month that a row's column or its group says, the one that its sheet does, and what a hyphen means there."""

    column: str | None
    sheet: str | None
    hyphens: Hyphen | None
    read: Callable[..., Reading]

    def with_month(self, text: str) -> Reading:
        """A day without a month is of the column's or the sheet's; a text with months of its own must agree with the column."""
        given = self.column or self.sheet
        plain = spelt_out(text, _one_month(given), self.hyphens)
        if plain is None:
            # Whatever it means is in that month, and no day of it is made up.
            written = f"{self.column} {text}" if self.column else text
            return replace(self.read(given), text=written, unread=text) if given else self.read(text)
        reading = self._dated(plain, text)
        return replace(reading, unread=text) if reading.unread and plain != text else reading

    def _dated(self, plain: str, text: str) -> Reading:
        if names_months(plain):
            reading = replace(self.read(plain), text=text)
            return _against(reading, self.read(self.column)) if self.column else reading
        return self._in_column(plain, text, self.column) if self.column else self._in_sheet(plain, text)

    def _in_column(self, plain: str, text: str, column: str) -> Reading:
        """The day of a column's month; one that names several, or a quarter, says no more than itself."""
        found, written = _ONE_MONTH.fullmatch(column), f"{column} {text}".strip()
        if found:
            month = f"{found[1]}年{found[2]}月" if found[1] else column
            return replace(self.read(f"{month} {plain}".strip()), text=written)
        reading = self.read(written)
        return replace(self.read(column), text=written, unread=text) if reading.precision.names_days else reading

    def _in_sheet(self, plain: str, text: str) -> Reading:
        reading = self.read(plain)
        if self.sheet and reading.unread and plain[:1].isdecimal():
            dated = self.read(f"{self.sheet}{plain}")
            if dated.precision.names_days and not dated.unread:
                return replace(dated, text=f"{self.sheet}{text}")
        return reading


def habit_of(rows: Sequence[Row], titles: Sequence[str]) -> Hyphen | None:
    """What a table's column of dates means by 3-15, as far as its rows show."""
    of_sheet = _month_of(titles)
    return habit((text, _one_month(_cell(row.cells, "month") or of_sheet)) for row in rows if (text := said(row.cells, "date")))


def dates_of(
    cells: Mapping[str, str],
    fields: frozenset[str],
    titles: Sequence[str],
    year: int | None,
    hyphens: Hyphen | None = None,
    objects: str = "",
) -> Dated:
    """The year is the date column's, else the text's, else a plan's title's, else the name's or another title's, else the given one.

    `objects` is what the row's dates hold of JSON: their text where they have no other.
    """
    context = [title for title in (cells.get("title"), said(cells, "source_title"), *titles) if title]
    column = _year_column(cells)

    def read(text: str, first: Span | None = None, last: Span | None = None) -> Reading:
        return read_dates(text, column_first=first or column, column_last=last, context=context, year=year)

    parts = _Cells(*(_cell(cells, field) for field in ("date", "month", "first", "last", "weekday")))
    reading, against = _read(parts, _Months(parts.month, _month_of(context[1:]), hyphens, read), read)
    reading = replace(reading, text=" ".join(reading.text.split()))
    if objects and not reading.text and len(objects) <= LONGEST_TEXT:
        reading = replace(reading, text=objects, unread=objects[:LONGEST_UNREAD])
    notes = [f"date {note}" for note in reading.notes if note not in CONFLICTS]
    notes += [f"date unread: {reading.unread}"] * bool(reading.unread)
    notes += [f"year from {reading.year_from}"] * bool(reading.year_from and reading.year_from is not YearFrom.TEXT)
    notes += ["no date"] * (not reading.text and not objects and reading.first_on is None and bool(DATES & fields))
    conflicts = [f"date {note}: {reading.text} / {against}" for note in reading.notes if note in CONFLICTS]
    more, doubts = _years(reading, context)
    return Dated(reading, (*notes, *more), (*conflicts, *doubts))


def _year_column(cells: Mapping[str, str]) -> Span | None:
    return read_column(year) if (year := said(cells, "year")) else None


def _read(parts: _Cells, months: _Months, read: Callable[..., Reading]) -> tuple[Reading, str]:
    """The reading, and what the text was compared with."""
    text, run = parts.date, parts.run
    if text and parts.weekday:
        text = f"{text} {parts.weekday}"
    if text is None or (parts.first and _HOURS.fullmatch(parts.first)):
        reading = months.with_month(" ".join(filter(None, (text, run))))
        return reading, parts.month or ""
    columns = read_column(parts.first), read_column(parts.last)
    if any(columns):
        reading = read(text, *columns)
        if ":" in (run or "") and not any(s.starts_at for s in reading.sessions) and not any(c in reading.notes for c in CONFLICTS):
            reading = read(run)
        return reading, "—".join(filter(None, (parts.first, parts.last)))
    reading = months.with_month(text)
    if run is None:
        return reading, parts.month or ""
    other = read(run)
    if reading.first_on is None:
        return read(f"{run} {text}") if other.first_on else replace(reading, text=f"{text} {run}"), run
    return (_against(reading, other) if other.first_on else reading), run


def _one_month(text: str | None) -> int | None:
    found = _ONE_MONTH.fullmatch(text or "")
    return number(found[2]) if found and 1 <= number(found[2]) <= 12 else None


def _against(reading: Reading, column: Reading) -> Reading:
    """The reading, with the note that it begins outside what another column says."""
    if not (reading.first_on and reading.last_on and column.first_on and column.last_on) or "conflict_with_column" in reading.notes:
        return reading
    within = column.first_on <= reading.first_on <= column.last_on
    around = reading.first_on <= column.first_on <= column.last_on <= reading.last_on
    return reading if within or around else replace(reading, notes=(*reading.notes, "conflict_with_column"))


def _month_of(titles: Sequence[str]) -> str | None:
    months = {number(found[1]) for title in titles for found in _MONTH.finditer(title)}
    return f"{months.pop()}月" if len(months) == 1 else None


def _years(reading: Reading, context: Sequence[str]) -> tuple[list[str], list[str]]:
    """(notes, conflicts) where a name, a title and a date are of different years."""
    found = year_of(context)
    if reading.first_on is None or reading.last_on is None or not found.of_plan or found.year is None:
        return [], []
    if reading.year_from is YearFrom.CONTEXT:
        return [], [f"year name_and_title: {found.other} / {found.year}"] * (found.other is not None)
    differs = not reading.first_on.year <= found.year <= reading.last_on.year
    return [f"year differs: {reading.first_on.year} / {found.year}"] * differs, []


def _cell(cells: Mapping[str, str], field: str) -> str | None:
    """A date as written; a bare number of five digits is how spreadsheets keep a day, and one below 月份 is a month."""
    text = said(cells, field)
    if text is None:
        return None
    if _SERIAL.fullmatch(text) and date(1990, 1, 1) <= (day := from_excel(float(text))).date() <= date(2100, 1, 1):
        text = cell_text(day)
    if field == "weekday":
        return f"周{text}" if text in "一二三四五六日" else text
    if field == "month" and _NUMBERS.fullmatch(text):
        return f"{text}月"
    return _coarsened(text, said(cells, "precision"))


def _coarsened(text: str, precision: str | None) -> str:
    """A day that a column says is only meant as its month, quarter or year."""
    if precision in (None, "day", "minute", "daypart", "dekad") or not _DAY.fullmatch(text):
        return text
    year, month = text[:4], int(text[5:7])
    coarse = {
        "month": text[:7],
        "quarter": f"{year}年第{(month + 2) // 3}季度",
        "half_year": f"{year}年{'上下'[month > 6]}半年",
        "year": year,
    }
    return coarse.get(precision or "", text)
