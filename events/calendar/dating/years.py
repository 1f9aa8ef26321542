"""Which year a phrase is of: its own, the date column's, a title's, or the one that was given."""

import re
from collections.abc import Sequence

from events.calendar.dates import Span, YearFrom
from events.calendar.dating.tokens import normalise

YEAR = re.compile(r"(?<![\d第.])((?:19|20)\d\d)(?![\d米人元名个支队届号步km%])(年|-(?=(?:19|20)\d\d(?!\d)))?")
CHINESE_YEAR = re.compile(r"(?<![〇零一二三四五六七八九])(二[〇零]|一九)[〇零一二三四五六七八九]{2}(?=年)")
CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def year_in(title: str) -> int | None:
    """The one year a title names; a year said with 年 outweighs a bare one or a date of publication; None when it names several.

    第24届 is no year, 2026米 neither, and 2023-2024赛季 leaves open which of the two is meant.
    """
    plain = CHINESE_YEAR.sub(lambda m: m.group().translate(CHINESE_DIGITS), normalise(title[:500]))
    found = YEAR.findall(plain)
    said = {int(year) for year, mark in found if mark} or {int(year) for year, _ in found}
    ranged = re.search(r"((?:19|20)\d\d)年?[-至/]((?:19|20)\d\d)(?!\d)", plain)
    if ranged:
        said |= {int(y) for y in ranged.groups()}
    return said.pop() if len(said) == 1 else None


def look_for_year(column: Span | None, said: Sequence[int], context: Sequence[str], year: int | None) -> tuple[int | None, YearFrom | None]:
    """The year for a phrase that has none: the column's, else the one said elsewhere in the text, else a title's, else the given one."""
    if column:
        return column.first_on.year, YearFrom.COLUMN
    if len(set(said)) == 1:
        return said[0], YearFrom.TEXT
    for title in context:
        if (found := year_in(title)) is not None:
            return found, YearFrom.CONTEXT
    return (year, YearFrom.GIVEN) if year is not None else (None, None)
