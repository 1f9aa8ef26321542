"""The tables of a file: which row heads each, which rows are events, and which only group, total or end them. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from events.calendar.dating.years import year_of
from events.submissions.cells import ObjectText
from events.submissions.headings import HEADINGS, field_of, is_of_other, normal, settled
from events.submissions.objects import Unread, opened
from events.submissions.sheets import Sheet, refused

# Fields that several columns may fill together: a day and an hour, a person and a telephone.
JOINED = {"date": " ", "contact": " ", "summary": "\n", "participants": "; "}
HEADER_WITHIN = 30
DATES = frozenset({"date", "month", "first", "last"})
# What a row without a name has in common with the one above it, and what the two may not share.
_OWN = frozenset({"id", "summary", "participants", "precision", "weekday", *DATES})

_COUNTED = re.compile(r"(序号?|no|编?号)")
# A line that groups or ends a table: 一、市级赛事, （四）其他, 合计, 共5项, 注：…
_APART = re.compile(
    r"[(]?[一二三四五六七八九十]+[)、.:]|第[一二三四五六七八九十]+(部分|章|类)|(合计|总计|小计|共计|注|备注|说明|填表人|填报人|制表)\s*[::]?|[总共]计?\d+[项个场次]"
)
_TOTAL = re.compile(r"(?:(?:合|总|小|共)计|总数):?|(?:填表|填报|制表|审核|负责|联系)人?:.*|(?:注|备注|说明):.*")
_MONTH = re.compile(
    r"(?:[(]?[一二三四五六七八九十]+[)、.]+)?((?:(?:19|20)\d\d年)?(?:(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?|第?[一二三四1-4]季度|[上下]半年))"
    r"(?:的?(?:体育)?(?:赛事|活动|计划|安排)*)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by field. `label` is its number in the file, behind the sheet's name if there are several.

    `continues`: it has no name of its own, and goes on with the event of the row above. `unread` are its cells that are objects of JSON.
    """

    label: str
    cells: dict[str, str]
    continues: bool = False
    unread: tuple[Unread, ...] = ()

    @property
    def written(self) -> dict[str, str]:
        """All that it holds: a field of which nothing can be read by its object."""
        return {one.field: one.text for one in self.unread} | self.cells


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under one header; the lines above it, the columns nobody knows, and how many lines only grouped or ended it."""

    titles: tuple[str, ...]
    fields: frozenset[str]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]
    apart: int
    sheet: str = ""


Line = tuple[int, tuple[str, ...]]
FieldsOf = Callable[[Sequence[str]], list[str | None]]


def tables(sheets: Sequence[Sheet], mapping: Mapping[str, str]) -> list[Table]:
    """Every table of every sheet. `mapping` (field: heading as in the file) goes before what the words say.

    Raises Faulty when no sheet has a header, a header has no row, a mapped field is unknown, or a mapped column is nowhere.
    """
    if unknown := mapping.keys() - HEADINGS.keys():
        raise refused("unknown_fields", names=", ".join(sorted(unknown)), known=", ".join(HEADINGS))
    several = sum(1 for sheet in sheets if sheet.rows) > 1
    found = [table for sheet in sheets for table in _tables(sheet, _reader(mapping), several=several)]
    if not found:
        raise refused("no_header")
    if missing := [column for field, column in mapping.items() if not any(field in table.fields for table in found)]:
        raise refused("no_column", names=", ".join(missing))
    if not any(table.rows for table in found):
        raise refused("header_only")
    # What stands on a cover is said of every sheet behind it, and the plan's year of the sheets that go on with it.
    read = {table.sheet for table in found}
    covers = [cell for sheet in sheets if sheet.name not in read for _, cells in sheet.rows[:HEADER_WITHIN] for cell in cells if cell]
    found = [replace(table, titles=tuple(dict.fromkeys((*table.titles, *covers)))) for table in found]
    plans = dict.fromkeys(title for table in found for title in table.titles if year_of([title]).of_plan)
    return [table if year_of(table.titles).year else replace(table, titles=(*table.titles, *plans)) for table in found]


def unread_sheets(sheets: Sequence[Sheet], found: Sequence[Table]) -> tuple[tuple[str, int], ...]:
    """The sheets with no header that is known, each with its number of rows."""
    read = {table.sheet for table in found}
    return tuple((sheet.name, len(sheet.rows)) for sheet in sheets if sheet.rows and sheet.name not in read)


def _reader(mapping: Mapping[str, str]) -> FieldsOf:
    named = {normal(column): field for field, column in mapping.items()}

    def fields_of(cells: Sequence[str]) -> list[str | None]:
        """The field of each column. One that is mapped is taken from the mapped column only."""
        by_words = settled([field_of(cell) if cell else None for cell in cells], cells)
        return [named.get(normal(cell)) or (None if word in mapping else word) for cell, word in zip(cells, by_words, strict=True)]

    return fields_of


def _tables(sheet: Sheet, fields_of: FieldsOf, *, several: bool) -> list[Table]:
    rows = sheet.rows
    heads = [at for at, (_, cells) in enumerate(rows) if _is_header(cells, fields_of)]
    if not heads or heads[0] >= HEADER_WITHIN:
        return []
    found: list[Table] = []
    titles = _titles(rows[: heads[0]])
    at = heads[0]
    while at < len(rows):
        body, heading = _heading(rows, at)
        end = next((h for h in heads if h >= body and not _repeats(rows[h][1], rows[at][1])), len(rows))
        # A line right above a header titles it, and belongs to no table before it.
        above = _titles(rows[end - 1 : end]) if end < len(rows) and _is_apart(rows[end - 1][1]) else ()
        found += _side_by_side(rows[body:end], rows[at][1], heading, fields_of, sheet, titles, several=several)
        titles, at = (*_titles(rows[: heads[0]]), *above), end
    return found


def _titles(rows: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell for _, cells in rows for cell in cells if cell))


def _is_header(cells: Sequence[str], fields_of: FieldsOf) -> bool:
    """Two columns at least are known and one of them holds names; most of what is known is short, as headings are."""
    fields = fields_of(cells)
    return "title" in fields and len({*fields} - {None}) >= 2


def _repeats(cells: Sequence[str], heading: Sequence[str]) -> bool:
    return tuple(map(normal, cells)) == tuple(map(normal, heading))


def _heading(rows: Sequence[Line], at: int) -> tuple[int, tuple[str, ...]]:
    """Where the rows begin, and each column's heading: the lower of two where 时间 stands above 开始 and 结束."""
    number, heading = rows[at]
    while at + 1 < len(rows) and rows[at + 1][0] == number + 1 and _is_below(rows[at + 1][1], heading):
        number, lower = rows[at + 1]
        heading = tuple("" if is_of_other(above) else below or above for below, above in zip(lower, heading, strict=True))
        at += 1
    return at + 1, heading


def _is_below(cells: Sequence[str], heading: Sequence[str]) -> bool:
    """Whether a row only divides the columns of the heading above it: every cell repeats it, or is a heading but not of names."""
    new = [(below, above) for below, above in zip(cells, heading, strict=True) if below and normal(below) != normal(above)]
    return any(above for _, above in new) and all(field_of(below) not in (None, "title") for below, _ in new)


def _side_by_side(
    rows: Sequence[Line],
    top: Sequence[str],
    heading: Sequence[str],
    fields_of: FieldsOf,
    sheet: Sheet,
    titles: tuple[str, ...],
    *,
    several: bool,
) -> list[Table]:
    """One table, or those that repeat one heading beside each other, each of its own columns."""
    words = [normal(cell) for cell in heading]
    filled = [at for at, word in enumerate(words) if word]
    half = len(filled) // 2
    twice = len(filled) > 3 and len(filled) % 2 == 0 and [words[at] for at in filled[:half]] == [words[at] for at in filled[half:]]
    cuts = [(0, filled[half]), (filled[half], len(words))] if twice else [(0, len(words))]
    found = []
    for nth, (start, stop) in enumerate(cuts, 1):
        part = [(number, cells[start:stop]) for number, cells in rows]
        table = _table(part, heading[start:stop], fields_of, (f"{sheet.name}!" if several else "", f"/{nth}" if nth > 1 else ""))
        above = dict.fromkeys((*titles, *(cell for cell in top if cell and cell not in heading)))
        found.append(replace(table, titles=(*above, sheet.name) if sheet.name else (*above,), sheet=sheet.name))
    return found


def _table(rows: Sequence[Line], heading: Sequence[str], fields_of: FieldsOf, around: tuple[str, str]) -> Table:
    """The rows below one heading. `around` is what stands before and behind a row's number in its label."""
    fields = _once(fields_of(heading))
    counted = [at for at, cell in enumerate(heading) if _COUNTED.fullmatch(normal(cell))]
    events: list[Row] = []
    apart, month, grouped = 0, None, True
    for number, cells in rows:
        if not any(cells):
            continue
        if _is_apart(cells) or _is_total(cells) or _repeats(cells, heading) or _is_remark(cells, fields):
            apart, grouped = apart + 1, True
            month = _month_of(cells) or month
            continue
        said, unread = _cells(fields, heading, cells)
        row = Row(f"{around[0]}{number}{around[1]}", said, unread=unread)
        if month and "month" not in row.cells:
            row.cells["month"] = month
        if not grouped and "title" not in row.written and not any(cells[at] for at in counted):
            row = _continued(row, events[-1])
        events.append(row)
        grouped = False
    ignored = tuple(dict.fromkeys(cell for cell, field in zip(heading, fields, strict=True) if cell and field is None))
    known = frozenset(filter(None, fields)) | ({"month"} if month else set())
    return Table((), known, tuple(events), ignored, apart)


def _continued(row: Row, above: Row) -> Row:
    """A row that only has another date of the event above it."""
    if "id" in row.cells or not DATES & row.cells.keys():
        return row
    shared = {field: value for field, value in above.cells.items() if field not in _OWN and field not in row.written}
    if "venue" in row.cells:
        shared.pop("address", None)
    return replace(row, cells=shared | row.cells, continues=True)


def _once(fields: Sequence[str | None]) -> list[str | None]:
    """Of several columns for one field the first counts, unless the field is joined of all."""
    return [field if field in JOINED or field not in fields[:at] else None for at, field in enumerate(fields)]


def _cells(fields: Sequence[str | None], heading: Sequence[str], cells: Sequence[str]) -> tuple[dict[str, str], tuple[Unread, ...]]:
    """The cells of a row by field, and those that can't be read. A number that is an object is a number as well."""
    joined: dict[str, list[str]] = {}
    beside: dict[str, str] = {}
    unread = []
    for field, head, cell in zip(fields, heading, cells, strict=False):
        if field and isinstance(cell, ObjectText) and field != "id":
            found, whole = opened(field, cell)
            beside |= found
            unread += [] if whole else [Unread(field, head, cell)]
        elif field and cell and cell not in joined.setdefault(field, []):
            joined[field].append(cell)
    return beside | {field: JOINED.get(field, "").join(parts) for field, parts in joined.items() if parts}, tuple(unread)


def _only(cells: Sequence[str]) -> str | None:
    """The one thing that a row says, NFKC; None when it says several."""
    said = {cell for cell in cells if cell}
    return "".join(unicodedata.normalize("NFKC", said.pop()).split()) if len(said) == 1 else None


def _is_apart(cells: Sequence[str]) -> bool:
    only = _only(cells)
    merged = only is not None and len(cells) > 2 and all(cells)
    return merged or (only is not None and (_APART.match(only) is not None or _MONTH.fullmatch(only) is not None))


def _is_remark(cells: Sequence[str], fields: Sequence[str | None]) -> bool:
    """A single cell, with neither a name nor another date of the row above, is no event."""
    filled = [field for cell, field in zip(cells, fields, strict=False) if cell]
    return len(filled) == 1 and len(cells) > 2 and filled[0] != "title" and filled[0] not in DATES


def _is_total(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell), "")
    return _TOTAL.fullmatch("".join(unicodedata.normalize("NFKC", first).split())) is not None


def _month_of(cells: Sequence[str]) -> str | None:
    found = _MONTH.fullmatch(_only(cells) or "")
    return found[1] if found else None
