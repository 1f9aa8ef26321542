"""Which year a phrase is of: its own, the date column's, a title's, or the one that was given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from events.calendar.dates import Span, YearFrom
from events.calendar.dating.writing import normalise

YEAR = re.compile(r"(?<![\d第.])((?:19|20)\d\d)(?![\d米人元名个支队届号步km%])(年|-(?=(?:19|20)\d\d(?!\d)))?")
CHINESE_YEAR = re.compile(r"(?<![〇零一二三四五六七八九])(二[〇零]|一九)[〇零一二三四五六七八九]{2}(?=年)")
# What a plan of a year is called: its title says the year of every row below it.
PLAN = re.compile(
    "计划|规划|赛历|日历|月历|年历|安排|目录|一览|清单|汇总|名录|统计|明细|赛程|日程|预告|排期|活动表|赛事表|总表|(?:赛事|活动)$"
)
# Years that are not of the events: numbers of documents, days of filing, and what an event only remembers or looks forward to.
_DAY = r"(?:19|20)\d\d(?:年\d{1,2}月\d{1,2}[日号]?|([-./])\d{1,2}\1\d{1,2})"
_NUMBERED = re.compile(r"[〔\[【(（［](?:19|20)\d\d[〕\]】)）］](?:第?\d+号)?|(?:19|20)\d\d第?\d+号")
_FILED = re.compile(
    r"(?:填报|填表|填写|印发|发布|发文|制表|报送|上报|编制|更新|打印|统计|截[至止]|公示|审核|日期)(?:日期|时间|单位)?[:于至]?\s*"
    + _DAY
    + "?.*"
)
# 广场舞大赛举行 (2019-08-18): a report, dated, of what it tells. A plan that appeared in December is of the next year.
_PUBLISHED = re.compile(r"\(((?:19|20)\d\d)-\d\d-\d\d\)")
_REMEMBERED = re.compile(r"(?:喜迎|迎接?|纪念|庆祝|欢庆|备战|助力|祝贺|跨)[^\d年]{0,6}(?:19|20)\d\d年?(?:[^\d]{0,4}(?:19|20)\d\d)?")
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


@dataclass(frozen=True, slots=True)
class TitleYear:
    """The year that an event's name and the titles above it give; `other` is one that a name gives against a plan's title."""

    year: int | None
    other: int | None = None
    of_plan: bool = False


def year_of(titles: Sequence[str]) -> TitleYear:
    """The year of the first plan's title that names one, else of the first other title, else in which a report appeared."""
    clean = [_without_other_years(title) for title in titles]
    years = [(title, year) for title in clean if (year := year_in(title)) is not None]
    if plan := next((year for title, year in years if PLAN.search(title)), None):
        return TitleYear(plan, next((year for _, year in years if year != plan), None), of_plan=True)
    if years:
        return TitleYear(years[0][1], next((year for _, year in years if year != years[0][1]), None))
    reports = (found[1] for title in titles if not PLAN.search(title) and (found := _PUBLISHED.search(normalise(title))))
    return TitleYear(next(map(int, reports), None))


# A file's titles stand above each of its rows.
@lru_cache(maxsize=2_048)
def _without_other_years(title: str) -> str:
    plain = _FILED.sub("", _NUMBERED.sub("", normalise(title[:500])))
    return re.sub(_DAY, "", _REMEMBERED.sub("", plain))


def look_for_year(column: Span | None, said: Sequence[int], context: Sequence[str], year: int | None) -> tuple[int | None, YearFrom | None]:
    """The year for a phrase that has none: the column's, else the one said elsewhere in the text, else the titles', else the given one."""
    if column:
        return column.first_on.year, YearFrom.COLUMN
    if len(set(said)) == 1:
        return said[0], YearFrom.TEXT
    if (found := year_of(context).year) is not None:
        return found, YearFrom.CONTEXT
    return (year, YearFrom.GIVEN) if year is not None else (None, None)
