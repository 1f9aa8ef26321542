"""Which column is what: the words that offices head their tables with, and the row that holds them. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from events.submissions.sheets import Sheet, refused

# Field: how its column is headed, compared without blanks, punctuation, what stands in brackets, and capitals.
HEADINGS: dict[str, str] = {
    "title": "赛事名称 活动名称 项目名称 名称 比赛名称 赛事活动名称 活动赛事名称 赛事 活动 赛事活动 活动主题 "
    "赛事项目名称 标题 name title event",
    "date": "时间 日期 举办时间 比赛时间 活动时间 举办日期 比赛日期 活动日期 赛事时间 拟举办时间 计划时间 开展时间 具体时间 "
    "计划举办时间 时间安排 举办月份 月份 datetext date when time",
    "first": "开始日期 开始时间 起始日期 起始时间 开赛日期 开赛时间 开始 startdate start starton firston",
    "last": "结束日期 结束时间 截止日期 终止日期 结束 enddate end endon laston",
    "year": "年份 年度 年 year",
    "province": "省 省份 省市 province",
    "city": "市 城市 地市 所属城市 city",
    "district": "区 区县 县区 县市区 所属区 所属区县 行政区 区县名称 district county",
    "street": "街道 街镇 街道镇 所属街道 所属街镇 街道乡镇 乡镇 镇街 乡镇街道 镇 street town",
    "area": "区域 所属区域 所在区域 地区 所属地区 所在地区 属地 行政区域 区街道 区街镇 area",
    "region_code": "行政区划代码 区划代码 地区代码 regioncode region",
    "venue": "地点 场地 举办地点 比赛地点 活动地点 场馆 举办场地 比赛场地 举办场馆 场所 拟举办地点 venue place location",
    "address": "地址 详细地址 场馆地址 address",
    "organiser": "主办单位 主办 主办方 举办单位 主办机构 责任单位 organiser organizer host",
    "undertaker": "承办单位 承办 承办方 承办机构 协办承办单位 undertaker",
    "contact": "联系人 联系电话 联系方式 电话 联系人及电话 联系人及联系方式 咨询电话 手机 contact phone",
    "tier": "级别 层级 赛事级别 活动级别 赛事等级 级次 等级 tier level",
    "sport": "项目 运动项目 赛事项目 比赛项目 体育项目 项目类别 项目类型 运动项目类别 sport",
    "audience": "参赛对象 面向 面向人群 参与对象 参加对象 对象 参赛人群 参与人群 活动对象 audience",
    "participants": "参赛人数 参与人数 参加人数 规模 赛事规模 活动规模 预计人数 预计参赛人数 预计规模 人数 participantstext participants",
    "url": "来源网址 网址 链接 来源链接 报名链接 官网 sourceurl url link",
    "source_title": "来源 来源标题 文件名称 sourcetitle",
    "summary": "备注 说明 简介 活动简介 赛事简介 内容 活动内容 主要内容 活动说明 summary description",
    "id": "编号 赛事编号 活动编号 唯一编号 标识 id key uid",
}
FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings.split()}
# Fields that several columns may fill together: a day and an hour, a person and a telephone.
JOINED = {"date": " ", "contact": " ", "summary": "\n", "participants": "; "}
HEADER_WITHIN = 30

_BRACKETED = re.compile(r"[(\[【].*?[)\]】]")
# A line that groups or ends a table: 一、市级赛事, 合计, 注：…
_APART = re.compile(r"[(]?[一二三四五六七八九十]+[)]?[、.:]|(合计|总计|小计|共计|注|备注|说明|填表人|填报人|制表)\s*[::]?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by field. `label` is its number in the file, behind the sheet's name if there are several."""

    label: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under one header; the lines above it, the columns nobody knows, and how many lines only grouped or ended it."""

    titles: tuple[str, ...]
    fields: frozenset[str]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]
    apart: int


def field_of(heading: str) -> str | None:
    """The field that a column heads; None when the words say nothing to us. 序号 is none: it counts rows and names no event."""
    plain = normal(heading)
    return FIELDS.get(plain) or FIELDS.get(normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", heading))))


def normal(heading: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", heading).casefold() if unicodedata.category(c)[0] in "LN")


def tables(sheets: Sequence[Sheet], mapping: Mapping[str, str]) -> list[Table]:
    """The table of each sheet that has one. `mapping` (field: heading as in the file) goes before what the words say.

    Raises Faulty when no sheet has a header, a mapped field is unknown, or a mapped column is nowhere.
    """
    if unknown := mapping.keys() - HEADINGS.keys():
        raise refused("unknown_fields", names=", ".join(sorted(unknown)), known=", ".join(HEADINGS))
    several = sum(1 for sheet in sheets if sheet.rows) > 1
    found = [table for sheet in sheets if (table := _table(sheet, mapping, several=several))]
    if not found:
        raise refused("no_header")
    if missing := [column for field, column in mapping.items() if not any(field in table.fields for table in found)]:
        raise refused("no_column", names=", ".join(missing))
    return found


def _table(sheet: Sheet, mapping: Mapping[str, str], *, several: bool) -> Table | None:
    named = {normal(column): field for field, column in mapping.items()}

    def fields_of(cells: Sequence[str]) -> list[str | None]:
        """The field of each column. One that is mapped is taken from the mapped column only."""
        by_words = _settled([field_of(cell) for cell in cells], cells)
        return [named.get(normal(cell)) or (None if word in mapping else word) for cell, word in zip(cells, by_words, strict=True)]

    at = _header(sheet, fields_of)
    if at is None:
        return None
    heading = sheet.rows[at][1]
    fields = _once(fields_of(heading))
    rows, apart = [], 0
    for number, cells in sheet.rows[at + 1 :]:
        if _is_apart(cells) or cells == heading:
            apart += 1
        else:
            rows.append(Row(f"{sheet.name}!{number}" if several else str(number), _cells(fields, cells)))
    above = dict.fromkeys(cell for _, cells in sheet.rows[:at] for cell in cells if cell)
    ignored = tuple(dict.fromkeys(cell for cell, field in zip(heading, fields, strict=True) if cell and field is None))
    return Table((*above, sheet.name) if sheet.name else (*above,), frozenset(filter(None, fields)), tuple(rows), ignored, apart)


def _settled(fields: list[str | None], headings: Sequence[str]) -> list[str | None]:
    """项目 beside a name is the sport, and the name where nothing else is; so is 项目名称 the other way round."""
    if "title" not in fields and "sport" in fields:
        fields[fields.index("sport")] = "title"
    elif fields.count("title") > 1 and "sport" not in fields:
        fields = ["sport" if f == "title" and normal(h) == "项目名称" else f for f, h in zip(fields, headings, strict=True)]
    return fields


def _header(sheet: Sheet, fields_of: Callable[[Sequence[str]], list[str | None]]) -> int | None:
    """Which row heads the table: the first that names most fields, the lower of two when 时间 stands above 开始 and 结束."""
    scores = [len({*fields_of(cells)} - {None}) * ("title" in fields_of(cells)) for _, cells in sheet.rows[:HEADER_WITHIN]]
    best = max(scores, default=0)
    if best < 2:
        return None
    at = scores.index(best)
    while at + 1 < len(scores) and scores[at + 1] == best and sheet.rows[at + 1][0] == sheet.rows[at][0] + 1:
        at += 1
    return at


def _once(fields: Sequence[str | None]) -> list[str | None]:
    """Of several columns for one field the first counts, unless the field is joined of all."""
    return [field if field in JOINED or field not in fields[:at] else None for at, field in enumerate(fields)]


def _cells(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    joined: dict[str, list[str]] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field and cell and cell not in joined.setdefault(field, []):
            joined[field].append(cell)
    return {field: JOINED.get(field, "").join(parts) for field, parts in joined.items()}


def _is_apart(cells: Sequence[str]) -> bool:
    said = {cell for cell in cells if cell}
    alone = len(said) == 1
    merged = alone and len(cells) > 2 and all(cells)
    return merged or (alone and _APART.match(unicodedata.normalize("NFKC", next(iter(said)))) is not None)
