"""Where a row's event is and whose level it is of, as its cells write them. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from events.regions.names import Names
from events.regions.rules import Tier
from events.submissions.cells import ObjectText
from events.submissions.said import said

# The level as written, without 级 and brackets. None: that of the narrowest region that is known. A level of two words is of the first.
TIERS: dict[str, Tier | None] = {
    **dict.fromkeys(("国际", "国家", "全国", "省", "自治区", "市", "地市", "州", "city"), Tier.CITY),
    **dict.fromkeys(("区", "县", "旗", "district"), Tier.DISTRICT),
    **dict.fromkeys(("街镇", "街道", "街", "镇", "乡镇", "乡", "street"), Tier.STREET),
    **dict.fromkeys(("社区", "村", "居村", "村居", "居委", "校", "学校", "单位", "企业", "园区")),
}
_LEVELS = re.compile("|".join(sorted(TIERS, key=len, reverse=True)))
_LEVEL_MARKS = re.compile(r"(?:体育)?(?:赛事|活动|比赛|项目)+$|[()\[\]、,/\s·]|及?以上|[本直办]?级|性$|办(?:事处)?$|[a-z]类?$|^[a-z]")
_AREA = re.compile(
    "(?P<province>.+?(省|自治区))?(?P<city>.+?(市|自治州|州(?!市)|盟))?(?P<district>.+?(区|县|旗|市))?(?P<street>.+?(街道|街道办事处|镇|乡))?"
)
# 全区, 各街道, 市直: wherever the file is of, which names no region of its own. So do lists of them, and offices.
_WHOLE = re.compile(
    r"(?:[全各](?:国|省|市|区|县|街道|街|镇|乡|社区)+|(?:省|市|区|县)(?:直属?(?:机关|单位)?|本级|属|辖区|级)|本[省市区县]|[省市区县]内|(?:国|省|市|区|县)外)+"
)
_SEVERAL = re.compile(r"[、,，/;；\n]|和|及")
_OFFICE = re.compile(r".*(?:局|委|会|协会|中心|集团|公司|办公室|管委会|总工会|学校|大学|学院)$")
# Zones that run offices but stand in no table of regions.
_ZONE = re.compile(
    r".+(?:新区|东区|西区|港区|实验区|高新区|经开区|开发区|示范区|园区|产业园|合作区|风景区|度假区|保税区|管理区)(?:管委会)?$"
)


@dataclass(frozen=True, slots=True)
class Located:
    """The region of a row, the tier it stands at, what of its path could not be followed, and what it was told by if not by a path."""

    code: str
    tier: Tier
    within: frozenset[str]
    unfound: str | None = None
    told_by: str | None = None
    name: str = ""


def names_of(cells: Mapping[str, str]) -> Names:
    """The path that a row names, in columns of its levels or several in one: 杨浦区殷行街道, 郑州市金水区."""
    levels: dict[str, str | None] = {}
    for column in ("province", "city", "district", "street", "area"):
        name = _name(cells, column)
        parts = _parts(name) if name else {}
        if name and column != "area" and len(parts) < 2:
            parts = {column: name}
        levels |= {level: part for level, part in parts.items() if column != "area" or not levels.get(level)}
    return Names(**levels)


def vague_of(cells: Mapping[str, str]) -> str | None:
    """What a row writes for its region that can only be the file's own: several at once, a zone without a code, or an office."""
    for column in ("area", "street", "district", "city"):
        written = said(cells, column) or ""
        name = "" if isinstance(written, ObjectText) else "".join(written.split())
        if name and not _WHOLE.fullmatch(_plain(name)) and (_SEVERAL.search(name) or _ZONE.fullmatch(name) or _OFFICE.fullmatch(name)):
            return name
    return None


# A place at the beginning of a title or an organiser: 郑州市2024年…, 2024年深圳市南山区…, 二七区文化旅游体育局.
_LETTER = "(?![省市区县届第年月全各])[\u4e00-\u9fa5]"
_PLACE = re.compile(
    rf"(?P<province>(?:{_LETTER}){{2,7}}?(?:省|自治区))?(?P<city>(?:{_LETTER}){{2,8}}?(?:市|自治州|地区|盟))?(?P<district>(?:{_LETTER}){{1,7}}?(?:新区|区|县|旗|市))?"
)
_BEFORE_PLACE = re.compile(
    r"(?:19|20)\d\d(?:\s*[-—–~]\s*(?:19|20)\d\d)?年?度?|关于|印发|公布|附件\d*|[《》“”\"'【】\[\]()\s]|^[^:：]{2,6}[:：]"
)


def place_in(text: str) -> Names | None:
    """The path with which a title or an organiser's name begins; None for one that begins otherwise, or only with 社区 or the like."""
    plain = _BEFORE_PLACE.sub("", unicodedata.normalize("NFKC", text[:200]))
    found = _PLACE.match(plain)
    names = Names(**found.groupdict()) if found else Names()
    given = names.given()
    return names if given and len(given[-1][1]) > 2 else None


def _name(cells: Mapping[str, str], column: str) -> str | None:
    name = "".join((said(cells, column) or "").split())
    return name if name and not _WHOLE.fullmatch(_plain(name)) else None


def _plain(name: str) -> str:
    return re.sub(r"[(),、/]", "", unicodedata.normalize("NFKC", name))


def _parts(name: str) -> dict[str, str | None]:
    found = _AREA.fullmatch(name)
    parts: dict[str, str | None] = {level: part for level, part in found.groupdict().items() if part} if found else {"district": name}
    # 神州路街道 is no street of 神州
    return parts if not parts.get("street") or len(parts) == 1 or parts.get("district") else {"street": name}


def tier_of_row(written: str | None, located: Located | None) -> tuple[Tier, str | None, bool, list[str]]:
    """(tier, as written, guessed, notes)."""
    narrowest = located.tier if located else Tier.STREET
    if written is None:
        return narrowest, None, True, ["tier guessed"]
    level = _LEVEL_MARKS.sub("", _LEVEL_MARKS.sub("", unicodedata.normalize("NFKC", written).casefold().strip()))
    first = _LEVELS.match(level)
    if first is None or _LEVELS.sub("", level):
        return narrowest, written, True, [f"tier unknown: {written}"]
    return TIERS[first.group()] or narrowest, written, False, []
