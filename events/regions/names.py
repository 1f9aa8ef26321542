"""How people write the names of regions: in full, without 市 or 街道, or as the statistics table would never put it. Pure."""

import re
from dataclasses import dataclass

from events.regions.rules import PLACEHOLDERS, RegionKind

# Names that fill a column and name nothing.
EMPTY = frozenset({*PLACEHOLDERS, "-", "—", "无", "/"})

_SUFFIX = {
    RegionKind.PROVINCE: re.compile("(自治区|特别行政区|省|市)$"),
    RegionKind.CITY: re.compile("(自治州|地区|盟|市)$"),
    RegionKind.AREA: re.compile("(自治县|自治旗|新区|林区|特区|区|县|市|旗)$"),
    RegionKind.STREET: re.compile("(街道办事处|街道|地区办事处|办事处|地区|街|镇|乡|苏木)$"),
}
_PEOPLES = re.compile(
    "((各|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗"
    "|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|俄罗斯|鄂温克|德昂|保安|裕固|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族?)+$"
)
# The ways to write one suffix: an office signs as 街道办事处, and Wuhan's table has 街.
_SAME = {
    "街道": ("街道", "街道办事处", "街"),
    "街": ("街", "街道", "街道办事处"),
    "地区": ("地区", "地区办事处"),
    "镇": ("镇", "镇人民政府"),
    "乡": ("乡", "乡人民政府"),
}
_LOOSE = re.compile("(路|新村)$")
_ZONES = (
    (re.compile("航空港"), ("航空港区", "航空港实验区", "航空港经济综合实验区")),
    (re.compile("工业园"), ("工业园区",)),
    (re.compile("高新"), ("高新区", "高新技术产业开发区", "高新技术开发区")),
    (re.compile("经济(技术)?开发区"), ("经开区", "经济开发区", "经济技术开发区", "开发区")),
)
# What such a zone is called for short always says.
ZONE = re.compile("高新|经开|开发区|航空港|工业园")


@dataclass(frozen=True, slots=True)
class Names:
    """A region's full path as a row gives it, any level of which may be missing."""

    province: str | None = None
    city: str | None = None
    district: str | None = None
    street: str | None = None

    def given(self) -> list[tuple[str, str]]:
        """(level, name) of those that say something, from the widest."""
        levels = (("province", self.province), ("city", self.city), ("district", self.district), ("street", self.street))
        return [(level, name) for level, raw in levels if (name := "".join((raw or "").split())) and name not in EMPTY]


def spellings(name: str, kind: RegionKind, *, statistical: bool = False) -> dict[str, int]:
    """Every way to write a region's name, with how far it is from the full one: 0 the same, 1 without its suffix, 2 shorter still.

    A name that is written with another suffix is another name: 五角场镇 was not 五角场街道.
    """
    ways = {name: 0}
    suffix = found.group() if (found := _SUFFIX[kind].search(name)) else ""
    stem = name.removesuffix(suffix)
    if suffix.startswith("自治") or kind is RegionKind.STREET or (kind is RegionKind.AREA and stem.endswith("族")):
        stem = _without_peoples(stem) if suffix != "街道" else stem
    for same in _SAME.get(suffix, ()):
        ways.setdefault(stem + same, 0)
    if len(stem) >= 2:
        ways.setdefault(stem, 1)
        ways.setdefault(stem + suffix[-1:], 1)
    loose = _LOOSE.sub("", stem)
    if kind is RegionKind.STREET and 2 <= len(loose) < len(stem):
        for way in (loose, *(loose + same for same in _SAME.get(suffix, ()))):
            ways.setdefault(way, 2)
    if statistical:
        ways |= {way: 1 for pattern, known in _ZONES if pattern.search(name) for way in known}
    return ways


def _without_peoples(stem: str) -> str:
    """A stem without the peoples of an autonomous unit: 琼中黎族苗族 is 琼中. What would leave one character stays."""
    shorter = _PEOPLES.sub("", stem)
    return shorter if len(shorter) >= 2 else stem
