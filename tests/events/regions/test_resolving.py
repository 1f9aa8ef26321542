"""A path of names, as offices write it, and the region it leads to."""

import csv
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from events.regions.names import Names, spellings
from events.regions.queries import resolve_path
from events.regions.rules import Reason, RegionKind

SHANGHAI = ("上海市", "上海市")


async def test_every_path_of_the_197_real_events_leads_to_its_region(session: AsyncSession) -> None:
    with (Path(__file__).parent / "paths.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), sum(int(row["rows"]) for row in rows)) == (88, 197)
    for row in rows:
        found = await resolve_path(session, Names(*(row[level] or None for level in ("province", "city", "district", "street"))))
        assert (found.reason, found.region and found.region.code, found.region and found.region.name) == (
            Reason.FOUND,
            row["code"],
            row["name"],
        ), row


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (("上海", "上海", "杨浦", "四平"), "310110009"),
        ((None, "上海", "杨浦", "四平路"), "310110009"),
        ((*SHANGHAI, "杨浦区", "四平路街道办事处"), "310110009"),
        ((*SHANGHAI, "杨浦区", "延吉街道"), "310110015"),
        ((" 上海市 ", "市辖区", "浦东", "陆家嘴"), "310115005"),
        (("上海市", None, None, "殷行街道"), "310110016"),
        ((None, None, "杨浦区", None), "310110"),
        (("吉林", "吉林", None, None), "220200"),
        ((None, "朝阳", None, None), "211300"),
        (("安徽省", None, "宁国", None), "341881"),
        (("安徽省", "宁国市", None, None), "341881"),
        (("海南", "琼中县", None, None), "469030"),
        (("贵州", "黔西南州", "贞丰", None), "522325"),
        (("河南", "省直辖县级行政区划", "济源", None), "419001"),
        (("广东省", "东莞市", "南城街道", None), "441900004"),
        (("福建省", "莆田市", None, "湄洲镇"), "350305108"),
        (("湖北省", "武汉市", "东西湖区", "吴家山街道"), "420112001"),
        (("河南省", "郑州市", "高新区", None), "410172"),
        (("甘肃省", "嘉峪关市", None, None), "620200"),
        ((*SHANGHAI, "闸北区", None), "310108"),
        ((*SHANGHAI, "闸北区", "彭浦镇"), "310106101"),
        ((*SHANGHAI, "崇明县", "城桥镇"), "310151101"),
        (("山东省", "莱芜市", "钢城区", None), "370117"),
        (("浙江省", "杭州市", "下城区", None), "330103"),
        ((None, "杭州", "下城", "武林街道"), "330105013"),
        ((None, "杭州市", "临安市", None), "330185"),
        ((None, None, "临安", None), "330112"),
        ((None, None, "临安市", "锦城街道"), "330112006"),
        (("江西", "九江", "九江县", None), "360421"),
        ((None, "九江", None, None), "360400"),
        (("福建", "三明", "沙县", None), "350427"),
        ((None, None, "鼓楼区", "热河南路街道"), "320106009"),
    ],
)
async def test_short_forms_missing_levels_and_old_names_are_understood(
    session: AsyncSession, path: tuple[str | None, ...], code: str
) -> None:
    found = await resolve_path(session, Names(*path))
    assert (found.reason, found.region and found.region.code) == (Reason.FOUND, code)


@pytest.mark.parametrize(
    ("path", "reason", "nearest", "unread"),
    [
        ((*SHANGHAI, "杨浦区", "五角场镇"), Reason.ANCESTOR, "310110", "五角场镇"),
        # split between two, so that neither has taken it over
        (("浙江省", "杭州市", "江干区", None), Reason.ANCESTOR, "330100", "江干区"),
        ((*SHANGHAI, "杨浦%区", "殷行街道"), Reason.ANCESTOR, "310000", "杨浦%区"),
        ((*SHANGHAI, "杨浦区、虹口区", None), Reason.ANCESTOR, "310000", "杨浦区、虹口区"),
        (("火星", "上海市", None, None), Reason.UNKNOWN, None, "火星"),
        ((None, None, None, None), Reason.UNKNOWN, None, None),
        (("吉林省", "长春市", "高新区", None), Reason.AMBIGUOUS, "220100", "高新区"),
        ((None, None, "鼓楼区", None), Reason.AMBIGUOUS, None, "鼓楼区"),
        ((None, None, "鼓楼区", "没有街道"), Reason.AMBIGUOUS, None, "没有街道"),
        ((None, None, None, "殷行街道"), Reason.AMBIGUOUS, None, "殷行街道"),
        ((None, None, None, "城关镇"), Reason.AMBIGUOUS, None, "城关镇"),
    ],
)
async def test_what_is_not_sure_falls_back_to_the_nearest_region_that_is(
    session: AsyncSession, path: tuple[str | None, ...], reason: Reason, nearest: str | None, unread: str | None
) -> None:
    found = await resolve_path(session, Names(*path))
    assert (found.reason, found.region and found.region.code, found.unread) == (reason, nearest, unread)


async def test_an_ambiguous_name_lists_its_candidates(session: AsyncSession) -> None:
    zones = await resolve_path(session, Names("吉林省", "长春市", "高新区"))
    streets = await resolve_path(session, Names(street="殷行街道"))
    assert [r.code for r in zones.candidates] == ["220172", "220173"]
    assert [r.code for r in streets.candidates] == ["310110016"]


@pytest.mark.parametrize(
    ("name", "kind", "same", "never"),
    [
        ("四平路街道", RegionKind.STREET, {"四平路街道": 0, "四平路街道办事处": 0, "四平路": 1, "四平": 2, "四平街道": 2}, {"四平路镇"}),
        ("安亭镇", RegionKind.STREET, {"安亭镇": 0, "安亭": 1}, {"安亭街道"}),
        ("内蒙古自治区", RegionKind.PROVINCE, {"内蒙古": 1}, {"内"}),
        ("郊区", RegionKind.AREA, {"郊区": 0}, {"郊"}),
        ("积石山保安族东乡族撒拉族自治县", RegionKind.AREA, {"积石山": 1, "积石山县": 1}, set()),
        ("东乡族自治县", RegionKind.AREA, {"东乡族": 1}, {"东"}),
    ],
)
def test_a_region_has_these_spellings(name: str, kind: RegionKind, same: dict[str, int], never: set[str]) -> None:
    ways = spellings(name, kind)
    assert same.items() <= ways.items()
    assert not never & ways.keys()
