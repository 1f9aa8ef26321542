import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import BelowCity, NoCity, NotFound
from events.regions.models import Region
from events.regions.queries import find_region, get_region, within
from events.regions.rules import Tier
from events.regions.service import ensure_regions, load_facts, set_up


async def test_loading_again_changes_nothing_mends_what_was_altered_and_keeps_tiers(session: AsyncSession) -> None:
    assert await load_facts(session) == 0
    await session.execute(text("UPDATE regions SET name = '杨树浦区', within = '{}', tier = 'street' WHERE code = '310110'"))
    assert await load_facts(session) == 1
    yangpu = await get_region(session, "310110")
    assert (yangpu.name, yangpu.within, yangpu.tier) == ("杨浦区", ["310110", "310000"], Tier.STREET)


async def test_an_empty_table_is_filled_and_a_filled_one_left_alone(session: AsyncSession) -> None:
    await session.execute(text("TRUNCATE regions CASCADE"))
    await ensure_regions(session)
    assert await session.scalar(select(func.count()).select_from(Region)) == 44_711
    await session.execute(text("UPDATE regions SET name = '改' WHERE code = '310110'"))
    await ensure_regions(session)
    assert (await get_region(session, "310110")).name == "改"


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("310000", {Tier.CITY: 1, Tier.DISTRICT: 16, Tier.STREET: 215}),  # a municipality
        ("410100", {Tier.CITY: 1, Tier.DISTRICT: 12, Tier.STREET: 179}),  # a prefecture
        ("419001", {Tier.CITY: 1, Tier.STREET: 16}),  # a county-level city of the province
        ("441900", {Tier.CITY: 1, Tier.STREET: 32}),  # a city whose towns lie directly below it
        ("820000", {Tier.CITY: 1}),
    ],
)
async def test_setting_up_a_city_gives_its_offices_their_tiers(session: AsyncSession, code: str, counts: dict[Tier, int]) -> None:
    assert await set_up(session, code) == counts
    assert (await get_region(session, code)).tier is Tier.CITY
    assert await set_up(session, code) == counts


async def test_offices_publish_only_where_a_city_was_set_up_and_zones_and_gone_districts_do_not(session: AsyncSession) -> None:
    tiers = dict((await session.execute(select(Region.tier, func.count()).group_by(Region.tier))).all())
    assert tiers == {Tier.CITY: 1, Tier.DISTRICT: 16, Tier.STREET: 215, None: 44_711 - 232}
    assert [(await get_region(session, c)).tier for c in ("310110", "310110016", "310108", "310115502")] == [
        Tier.DISTRICT,
        Tier.STREET,
        None,
        None,
    ]


async def test_a_province_of_many_cities_and_an_unknown_code_are_refused(session: AsyncSession) -> None:
    with pytest.raises(NoCity):
        await set_up(session, "410000")
    with pytest.raises(NotFound):
        await set_up(session, "999999")
    assert await find_region(session, "999999") is None


@pytest.mark.parametrize(
    ("code", "city"),
    [
        ("310110", "310000"),
        ("310110016", "310000"),  # a street of a district of a municipality
        ("310108", "310000"),  # a district that is no more
        ("410102", "410100"),
        ("410173", "410100"),  # a zone of a prefecture
        ("419001001", "419001"),  # a street of a city of its own
    ],
)
async def test_a_part_of_a_city_is_refused_with_the_city_to_name_and_nothing_is_changed(
    session: AsyncSession, code: str, city: str
) -> None:
    with pytest.raises(BelowCity) as refused:
        await set_up(session, code)
    assert refused.value.values["city_code"] == city
    tiers = (await session.execute(select(Region.tier, func.count()).where(Region.tier.is_not(None)).group_by(Region.tier))).all()
    assert dict(tiers) == {Tier.CITY: 1, Tier.DISTRICT: 16, Tier.STREET: 215}


async def test_setting_up_the_city_repairs_a_district_that_was_made_one(session: AsyncSession) -> None:
    await session.execute(text("UPDATE regions SET tier = 'city' WHERE code = '310110'"))
    await session.execute(text("UPDATE regions SET tier = 'district' WHERE parent_code = '310110'"))
    await set_up(session, "310000")
    assert [(await get_region(session, c)).tier for c in ("310110", "310110016")] == [Tier.DISTRICT, Tier.STREET]


async def test_within_holds_the_region_all_below_it_and_what_it_took_over(session: AsyncSession) -> None:
    shanghai = set(await session.scalars(within("310000")))
    jingan = set(await session.scalars(within("310106")))
    assert {"310000", "310110", "310110016", "310108", "310230"} <= shanghai
    assert {"310106", "310106101", "310108"} <= jingan < shanghai
    assert not {"310110", "310000", "310107"} & jingan
    assert set(await session.scalars(within("310108"))) == {"310108"}
    assert set(await session.scalars(within("310108", "310110016"))) == {"310108", "310110016"}


@pytest.mark.parametrize("code", ["310110", "310000", "440000"])
async def test_within_reads_its_index_and_never_the_whole_table(session: AsyncSession, code: str) -> None:
    compiled = within(code).compile(dialect=(await session.connection()).dialect)
    connection = await (await session.connection()).get_raw_connection()
    plan = await connection.driver_connection.fetch(f"EXPLAIN {compiled}", [code])
    lines = "\n".join(row[0] for row in plan)
    assert "Bitmap Index Scan on ix_regions_within" in lines
    assert "Seq Scan" not in lines
