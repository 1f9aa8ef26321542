"""The rows of a file as text: JSON Lines, CSV or XLSX, in whatever encoding and with cells merged anywhere. Pure: bytes in, rows out."""

import csv
import io
import json
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from events.errors import Fault, Faulty
from events.submissions.cells import cell_text

MOST_BYTES = 10_000_000
# What an XLSX may unpack to: its sheets are XML, and a zip of a few kilobytes can hold gigabytes.
MOST_UNPACKED = 40_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 200
# Cells that may lie in merged ranges: openpyxl makes an object of each, and one range can name 17 thousand million.
MOST_MERGED = 1_000_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WEB = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|\?xml)", re.IGNORECASE)
# Files that hold a table one could read, in a form that is not read: each has a way to save it as one that is.
OTHERS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("locked", lambda data: data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data),
    ("old_excel", lambda data: data.startswith(OLE)),
    ("is_pdf", lambda data: data.lstrip().startswith(b"%PDF")),
    ("is_web_page", lambda data: _WEB.match(data) is not None),
    ("is_document", lambda data: data.startswith(ZIP) and b"word/document.xml" in data),
)


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
    if code := next((code for code, is_one in OTHERS if is_one(data)), None):
        raise refused(code)
    sheets = _workbook(data) if data.startswith(ZIP) else [_text(_decoded(data))]
    if not any(sheet.rows for sheet in sheets):
        raise refused("file_empty")
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise refused("too_many_rows", most=MOST_ROWS)
    return sheets


def refused(code: str, **values: object) -> Faulty:
    return Faulty(Fault("file", code, values))


def _decoded(data: bytes) -> str:
    for name in _encodings(data):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n\f\x0b" for c in text[:100_000]):
            return text
    raise refused("file_unreadable")


def _encodings(data: bytes) -> tuple[str, ...]:
    """Those to try. UTF-16 without a mark is told by the zeros of its commas and line ends."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    odd, even = data[1:2_000:2].count(0), data[:2_000:2].count(0)
    if odd or even:
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return "utf-8-sig", "gb18030"


def _text(text: str) -> Sheet:
    start = text.lstrip()[:1]
    if start == "[" and (objects := _json_array(text)) is not None:
        return _objects(list(enumerate(objects, 1)))
    return _json_lines(text) if start == "{" else _csv(text)


def _json_array(text: str) -> list[dict[str, Any]] | None:
    """The objects of a JSON array; None when the text is none, and may be a table whose first cell begins with a bracket."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, list) and values and all(isinstance(value, dict) for value in values) else None


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
    return _objects(objects)


def _objects(objects: list[tuple[int, dict[str, Any]]]) -> Sheet:
    keys = list(dict.fromkeys(key for _, value in objects for key in value))[:MOST_COLUMNS]
    rows: list[tuple[int, tuple[str, ...]]] = [(0, tuple(map(cell_text, keys)))]
    for number, value in objects:
        try:
            rows.append((number, tuple(cell_text(value.get(key)) for key in keys)))
        except RecursionError as error:  # just not too deep to be read, and too deep to be written
            raise refused("bad_line", line=number) from error
    return Sheet("", tuple(rows))


_END = "\x1cend"


def _csv(text: str) -> Sheet:
    head = text[:20_000].splitlines()[:30]
    delimiter = max(",;\t|", key=lambda sign: _regularity(head, sign))
    # A row of our own after the last one: it is read as such unless a quotation mark before it was never closed.
    reader = csv.reader(chain(io.StringIO(text, newline=""), ["\n", _END]), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    begins, last, cells = 1, 0, [""]
    try:
        for cells in reader:
            begins, last = last + 1, reader.line_num
            row = tuple(cell_text(cell) for cell in cells[:MOST_COLUMNS])
            if any(row) and cells != [_END]:
                rows.append((begins, row))
    except csv.Error as error:
        raise refused("file_unreadable") from error
    if cells != [_END]:
        raise refused("open_quotation", line=begins)
    width = max((len(row) for _, row in rows), default=0)
    return Sheet("", tuple((number, row + ("",) * (width - len(row))) for number, row in rows))


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
    cells = {at: said for at, cell in sheet._cells.items() if (said := cell_text(cell.value, cell.number_format))}
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
