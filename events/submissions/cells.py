"""A spreadsheet's cell as a person reads it. Pure."""

import json
import re
from datetime import date, datetime, time, timedelta

MOST_CELL = 20_000
# 4.2 in a cell formatted 0.00 is 4月20日 to whoever looks at it.
_DECIMALS = re.compile(r"#?0\.(0+)(?:_\W?)?")
# What a format quotes, escapes or puts into brackets is no part of the date.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


class ObjectText(str):
    """An object of JSON, or a list that holds one, as compact JSON: nobody's words, so that no field reads it as such."""

    __slots__ = ()


def cell_text(value: object, shown_as: str = "General") -> str:
    """A cell as a person reads it: whole numbers without a point, dates as 2024-05-01, or as 2024-05 where its format shows no day.

    Control characters become blanks. Of JSON, a list is read as its parts, and what holds objects or other lists kept as an ObjectText.
    """
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return _of_json(value)
    if isinstance(value, (datetime, date)) and _shows_months_only(shown_as):
        return f"{value:%Y-%m}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, float):
        if decimals := _DECIMALS.fullmatch(shown_as):
            return f"{value:.{len(decimals[1])}f}"
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return _clean(value if isinstance(value, str) else str(value))


def _of_json(value: dict[str, object] | list[object]) -> str:
    if not value or (isinstance(value, list) and not any(isinstance(part, (dict, list)) for part in value)):
        return "、".join(filter(None, map(cell_text, value)))
    return ObjectText(_clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


def _clean(text: str) -> str:
    """Text without what no text should hold; a line break within a cell stays one."""
    lines = "".join(c if c.isprintable() or c == " " else "\n" if c in "\r\n" else " " for c in text[:MOST_CELL].replace("\r\n", "\n"))
    return "\n".join(line.strip() for line in lines.strip().split("\n"))


def _shows_months_only(shown_as: str) -> bool:
    """yyyy"年"m"月", mmm-yy, m"月": a month, though the cell holds its first day. A format with hours has m for minutes."""
    plain = _LITERAL.sub("", shown_as.split(";", maxsplit=1)[0]).lower()
    return "m" in plain and not {"d", "h", "s"} & set(plain) and shown_as != "General"
