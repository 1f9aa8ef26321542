"""A spreadsheet's cell as a person reads it. Pure."""

import re
from datetime import date, datetime, time, timedelta

MOST_CELL = 20_000
# 4.2 in a cell formatted 0.00 is 4月20日 to whoever looks at it.
_DECIMALS = re.compile(r"#?0\.(0+)(?:_\W?)?")
# What a format quotes, escapes or puts into brackets is no part of the date.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


def cell_text(value: object, shown_as: str = "General") -> str:
    """A cell as a person reads it: whole numbers without a point, dates as 2024-05-01, or as 2024-05 where its format shows no day.

    Control characters become blanks, and an object of JSON, which no one reads as a text, nothing.
    """
    if value is None or isinstance(value, dict):
        return ""
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
    if isinstance(value, list):
        return "、".join(filter(None, map(cell_text, value)))
    return _clean(value if isinstance(value, str) else str(value))


def _clean(text: str) -> str:
    """Text without what no text should hold; a line break within a cell stays one."""
    lines = "".join(c if c.isprintable() or c == " " else "\n" if c in "\r\n" else " " for c in text[:MOST_CELL].replace("\r\n", "\n"))
    return "\n".join(line.strip() for line in lines.strip().split("\n"))


def _shows_months_only(shown_as: str) -> bool:
    """yyyy"年"m"月", mmm-yy, m"月": a month, though the cell holds its first day. A format with hours has m for minutes."""
    plain = _LITERAL.sub("", shown_as.split(";", maxsplit=1)[0]).lower()
    return "m" in plain and not {"d", "h", "s"} & set(plain) and shown_as != "General"
