"""The rows of a file as text: JSON Lines, CSV or XLSX, in whatever encoding and with cells merged anywhere. Pure: bytes in, rows out."""

import csv
import io
import json
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from events.errors import Fault, Faulty

MOST_BYTES = 10_000_000
# What an XLSX may unpack to: its sheets are XML, and a zip of a few kilobytes can hold gigabytes.
MOST_UNPACKED = 40_000_000
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 20_000, 200, 20_000
# Cells that may lie in merged ranges: openpyxl makes an object of each, and one range can name 17 thousand million.
MOST_MERGED = 1_000_000
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold anything, by the number a person sees beside them. JSON Lines has its keys as row 0."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheets(data: bytes) -> list[Sheet]:
    """The sheets of a file, its kind and encoding told by its content. Raises Faulty, naming `file`, for one that can't be read."""
    if len(data) >= MOST_BYTES:
        raise refused("file_too_large", most=f"{MOST_BYTES // 1_000_000} MB")
    if not data.strip():
        raise refused("file_empty")
    if data.startswith(OLD_EXCEL):
        raise refused("old_excel")
    sheets = _workbook(data) if data.startswith(ZIP) else [_text(_decoded(data))]
    if not any(sheet.rows for sheet in sheets):
        raise refused("file_empty")
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise refused("too_many_rows", most=MOST_ROWS)
    return sheets


def refused(code: str, **values: object) -> Faulty:
    return Faulty(Fault("file", code, values))


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else None
    for name in [encoding] if encoding else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n\f\x0b" for c in text[:100_000]):
            return text
    raise refused("file_unreadable")


def _text(text: str) -> Sheet:
    return _json_lines(text) if text.lstrip().startswith("{") else _csv(text)


def _json_lines(text: str) -> Sheet:
    objects: list[tuple[int, dict[str, Any]]] = []
    # Not splitlines: U+2028 may stand inside a string.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                raise refused("bad_line", line=number)
            objects.append((number, value))
    keys = list(dict.fromkeys(key for _, value in objects for key in value))[:MOST_COLUMNS]
    rows = [(number, tuple(cell_text(value.get(key)) for key in keys)) for number, value in objects]
    return Sheet("", ((0, tuple(map(cell_text, keys))), *rows))


def _csv(text: str) -> Sheet:
    head = text[:20_000].splitlines()[:30]
    delimiter = max(",;\t", key=lambda sign: _regularity(head, sign))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    last = 0
    try:
        for cells in reader:
            row = tuple(cell_text(cell) for cell in cells[:MOST_COLUMNS])
            if any(row):
                rows.append((last + 1, row))
            last = reader.line_num
    except csv.Error as error:
        raise refused("file_unreadable") from error
    return Sheet("", tuple(rows))


def _regularity(lines: list[str], sign: str) -> int:
    """How many cells a delimiter cuts out of rows that are alike: the right one cuts every row into as many."""
    lengths = Counter(line.count(sign) + 1 for line in lines if sign in line)
    return max((length * count for length, count in lengths.items()), default=0)


_MERGED = re.compile(rb'mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')


def _workbook(data: bytes) -> list[Sheet]:
    try:
        fits = _fits(data)
        with warnings.catch_warnings(action="ignore"):  # of styles and checks of the sheet that it leaves out
            book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False) if fits else None
        sheets = [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"] if book else None
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise refused("file_unreadable") from error
    if sheets is None:
        raise refused("file_too_large", most=f"{MOST_UNPACKED // 1_000_000} MB")
    return sheets


def _fits(data: bytes) -> bool:
    """Whether a workbook unpacks to what memory holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            return False
        ranges = [ref for name in archive.namelist() if name.startswith("xl/worksheets/") for ref in _MERGED.findall(archive.read(name))]
    sizes = [CellRange(ref.decode()).size for ref in ranges]
    return sum(size["columns"] * size["rows"] for size in sizes) <= MOST_MERGED


def _sheet(sheet: Worksheet) -> Sheet:
    """The cells that are there, and no others: a format that reaches to row 1,048,576 costs nothing. A merged cell says the same in all."""
    cells = {at: said for at, cell in sheet._cells.items() if (said := cell_text(cell.value))}
    last = max((row for row, _ in cells), default=0)
    for merged in sheet.merged_cells.ranges:
        if text := cells.get((merged.min_row, merged.min_col)):
            for row in range(merged.min_row, min(merged.max_row, last) + 1):
                for column in range(merged.min_col, min(merged.max_col, MOST_COLUMNS) + 1):
                    cells[row, column] = text
    width = min(max((column for _, column in cells), default=0), MOST_COLUMNS)
    return Sheet(sheet.title, tuple(_rows(cells, width)))


def _rows(cells: dict[tuple[int, int], str], width: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for row in sorted({row for row, _ in cells}):
        yield row, tuple(cells.get((row, column), "") for column in range(1, width + 1))


def cell_text(value: object) -> str:
    """A cell as a person reads it: whole numbers without a point, dates as 2024-05-01, control characters as blanks."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, list):
        return "、".join(filter(None, map(cell_text, value)))
    return _clean(value if isinstance(value, str) else str(value))


def _clean(text: str) -> str:
    """Text without what no text should hold; a line break within a cell stays one."""
    lines = "".join(c if c.isprintable() or c == " " else "\n" if c in "\r\n" else " " for c in text[:MOST_CELL].replace("\r\n", "\n"))
    return "\n".join(line.strip() for line in lines.strip().split("\n"))
