"""What a cell says, when it says anything. Pure."""

from collections.abc import Mapping

_SILENT = frozenset({"", "-", "--", "—", "——", "/", "无", "null", "none", "n/a"})


def said(cells: Mapping[str, str], field: str) -> str | None:
    """The cell of a field; None for one that is empty or filled with a dash."""
    value = cells.get(field, "")
    return None if value.strip().lower() in _SILENT else value


def on_one_line(cells: Mapping[str, str], field: str) -> str | None:
    """The same with the breaks of its lines, which a narrow column forces on a cell, as blanks."""
    value = said(cells, field)
    return " ".join(value.split()) if value else None
