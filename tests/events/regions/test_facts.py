from collections import Counter

import pytest

from events.regions.facts import Fact, read_facts, within_of
from events.regions.rules import PLACEHOLDERS, RegionKind, is_statistical


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return read_facts()


def test_the_whole_country_is_there_each_unit_under_a_real_one(facts: dict[str, Fact]) -> None:
    kinds = Counter(fact.kind for fact in facts.values())
    assert kinds == {RegionKind.PROVINCE: 34, RegionKind.CITY: 334, RegionKind.AREA: 3003, RegionKind.STREET: 41340}
    assert [f.name for f in facts.values() if f.kind is RegionKind.PROVINCE][-3:] == ["台湾省", "香港特别行政区", "澳门特别行政区"]
    assert all(fact.parent in facts for fact in facts.values() if fact.kind is not RegionKind.PROVINCE)
    assert not [fact for fact in facts.values() if fact.name in PLACEHOLDERS or fact.name.endswith("直辖村级区划")]


@pytest.mark.parametrize(
    ("code", "name", "parent"),
    [
        ("310110", "杨浦区", "310000"),  # 市辖区 of a municipality
        ("500229", "城口县", "500000"),  # 县 of a municipality
        ("419001", "济源市", "410000"),  # 省直辖县级行政区划
        ("659001", "石河子市", "650000"),  # 自治区直辖县级行政区划
        ("441900003", "东城街道", "441900"),  # a city without areas, which the table repeats as its own area
        ("620201100", "新城镇", "620200"),  # the same, with another code
        ("341881", "宁国市", "341800"),  # a county-level city under a prefecture
    ],
)
def test_placeholders_collapse(facts: dict[str, Fact], code: str, name: str, parent: str) -> None:
    assert (facts[code].name, facts[code].parent) == (name, parent)


@pytest.mark.parametrize(
    ("code", "name", "statistical"),
    [
        ("370871", "济宁高新技术产业开发区", True),
        ("320576", "苏州工业园区", True),
        ("130772", "张家口市察北管理区", True),
        ("310151", "崇明区", False),
        ("500156", "武隆区", False),
        ("230751", "金林区", False),
        ("441900", "东莞市", False),
        ("330383", "龙港市", False),
        ("310115502", "金桥经济技术开发区", True),
        ("310151401", "前卫农场", True),
        ("310110019", "五角场街道", False),
        ("410771360", "开发区关堤乡", False),
    ],
)
def test_zones_that_are_no_administrative_division_are_flagged(facts: dict[str, Fact], code: str, name: str, statistical: bool) -> None:
    assert (facts[code].name, facts[code].statistical) == (name, statistical)


def test_no_area_whose_name_says_zone_escapes_the_flag(facts: dict[str, Fact]) -> None:
    zones = ("开发区", "园区", "管理区", "示范区")
    areas = [f for f in facts.values() if f.kind is RegionKind.AREA]
    assert [f.name for f in areas if f.name.endswith(zones) and not f.statistical] == ["下花园区", "绿园区", "梁园区"]  # real districts
    assert sum(f.statistical for f in areas) == 124
    assert not is_statistical("310170")
    assert is_statistical("310171")
    assert is_statistical("310180")
    assert not is_statistical("310181")


def test_a_region_counts_as_part_of_what_lies_above_it_and_of_what_took_it_over(facts: dict[str, Fact]) -> None:
    assert within_of(facts, "310110016") == ["310110016", "310110", "310000"]
    assert within_of(facts, "310108") == ["310108", "310000", "310106"]
    assert within_of(facts, "371202") == ["371202", "371200", "370116", "370000", "370100"]
    assert within_of(facts, "310106") == ["310106", "310000"]


def test_every_merger_names_a_living_successor_its_day_and_its_source(facts: dict[str, Fact]) -> None:
    gone = {f.name: (f.successor, str(f.valid_to)) for f in facts.values() if f.valid_to}
    assert {k: gone[k] for k in ("闸北区", "卢湾区", "南汇区", "下城区", "临安市", "吉利区", "沙县")} == {
        "闸北区": ("310106", "2015-11-04"),
        "卢湾区": ("310101", "2011-06-08"),
        "南汇区": ("310115", "2009-05-06"),
        "下城区": ("330105", "2021-04-09"),
        "临安市": ("330112", "2017-08-11"),
        "吉利区": ("410308", "2021-03-18"),
        "沙县": ("350405", "2021-02-03"),
    }
    assert all(facts[code].valid_to is None for code, _ in gone.values() if code)
    assert str(facts["310151"].valid_from) == "2016-07-22"
