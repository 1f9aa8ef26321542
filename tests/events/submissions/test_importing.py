"""What the rows of a file do to the calendar, on a real database."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar import service
from events.calendar.models import Event, EventChange, Venue
from events.calendar.rules import EventStatus
from events.errors import Faulty
from events.regions.rules import Tier
from events.submissions.service import import_file
from events.submissions.verdicts import Action, Kind, Options, Outcome, Verdict
from tests.offices import YANGPU, day, draft

HEAD = "编号,赛事名称,时间,区,街道,地点,级别,项目,主办单位,备注"


async def take(session: AsyncSession, *rows: str, head: str = HEAD, apply: bool = True, **options: object) -> Outcome:
    data = "\n".join((head, *rows)).encode()
    return await import_file(session, OPERATOR, data, Options(**({"source": "计划"} | options)), apply=apply)


async def one(session: AsyncSession, row: str, **options: object) -> Verdict:
    return (await take(session, row, **options)).verdicts[0]


async def event(session: AsyncSession) -> Event:
    return (await session.scalars(select(Event).execution_options(populate_existing=True))).one()


async def test_a_row_becomes_a_draft_with_all_it_says(session: AsyncSession) -> None:
    await take(session, "1,殷行篮球赛,2026年5月2日上午,杨浦区,殷行街道,殷行体育中心,街镇级,篮球、跳大绳子,殷行街道办事处,自带水壶")
    made = await event(session)
    assert (made.status, made.tier, made.region_code, made.sports) == (EventStatus.DRAFT, Tier.STREET, "310110016", ["basketball"])
    assert (made.date_text, str(made.first_on), made.organiser) == ("2026年5月2日上午", "2026-05-02", "殷行街道办事处")
    assert made.summary == "自带水壶\n项目：跳大绳子"
    assert await session.scalar(select(Venue.name).where(Venue.id == made.venue_id)) == "殷行体育中心"
    assert (await session.scalars(select(EventChange.actor))).all() == ["operator"]


async def test_a_later_file_amends_its_own_rows_and_only_what_it_writes(session: AsyncSession) -> None:
    row = "1,殷行篮球赛,2026年5月2日,杨浦区,殷行街道,甲馆,街镇级,篮球,,"
    await take(session, row)
    (await event(session)).contact = "021-00000000"
    assert (await one(session, row)).kind is Kind.UNCHANGED
    changed = await one(session, row.replace("甲馆", "乙馆"))
    assert (changed.kind, [(c.field, c.before, c.after) for c in changed.changes]) == (
        Kind.CHANGED,
        [("venue", ("甲馆", None), ("乙馆", None))],
    )
    assert (await event(session)).contact == "021-00000000"
    published = await one(session, row.replace("甲馆", "乙馆"), publish=True)
    assert [(c.field, c.after) for c in published.changes] == [("status", EventStatus.PUBLISHED)]
    assert (await event(session)).status is EventStatus.PUBLISHED


async def test_a_moved_region_keeps_the_tier_that_is_written(session: AsyncSession) -> None:
    await take(session, "1,健步走,2026年5月,杨浦区,,,市级,,,")
    await take(session, "1,健步走,2026年5月,虹口区,,,市级,,,")
    assert ((await event(session)).region_code, (await event(session)).tier) == ("310109", Tier.CITY)


async def test_text_beats_columns_and_says_so(session: AsyncSession) -> None:
    head = "编号,名称,时间,开始日期,结束日期,区"
    row = "1,健步走,5月2日,2026-06-01,2026-06-01,杨浦区"
    first = await one(session, row, head=head)
    assert (first.kind, first.action, first.conflicts) == (
        Kind.CONFLICT,
        Action.CREATE,
        ("date conflict_with_column: 5月2日 / 2026-06-01—2026-06-01",),
    )
    assert str((await event(session)).first_on) == "2026-05-02"
    assert (await one(session, row, head=head)).kind is Kind.UNCHANGED


@pytest.mark.parametrize(
    ("head", "row", "year", "expected"),
    [
        ("名称,时间,年份,区", "2024年健步走,5月2日,2023,杨浦区", 2020, "2023-05-02"),
        ("名称,时间,区", "2024年健步走,2022年5月2日,杨浦区", 2020, "2022-05-02"),
        ("名称,时间,来源标题,区", "2024年健步走,5月2日,2021年报道,杨浦区", 2020, "2024-05-02"),
        # a plan's title is of every row in it; the name that says another year is a conflict (test_plans)
        ("名称,时间,来源标题,区", "2024年健步走,5月2日,2021年计划,杨浦区", 2020, "2021-05-02"),
        ("名称,时间,来源标题,区", "健步走,5月2日,2021年计划,杨浦区", 2020, "2021-05-02"),
        ("名称,时间,区", "健步走,5月2日,杨浦区", 2020, "2020-05-02"),
        ("名称,时间,区", "健步走,5月2日,杨浦区", None, "None"),
        ("名称,开始日期,区", "健步走,46144,杨浦区", None, "2026-05-02"),
    ],
    ids=["column", "text", "name", "plan", "source title", "--year", "none", "serial number"],
)
async def test_the_year_comes_from_the_nearest_that_says_one(
    session: AsyncSession, head: str, row: str, year: int | None, expected: str
) -> None:
    await take(session, row, head=head, year=year)
    assert str((await event(session)).first_on) == expected


@pytest.mark.parametrize(
    ("place", "base", "code", "tier", "note"),
    [
        ("上海市,杨浦区,殷行街道,社区级", None, "310110016", Tier.STREET, None),
        (",杨浦区,,校级", None, "310110", Tier.DISTRICT, None),
        (",杨浦区,,", None, "310110", Tier.DISTRICT, "tier guessed"),
        ("安徽省,宁国市,,省级", None, "341881", Tier.CITY, None),
        (",杨浦区,没有街道,街镇级", None, "310110", Tier.STREET, "region unknown: 没有街道"),
        (",,殷行街道,", "310110", "310110016", Tier.STREET, "tier guessed"),
        (",静安区,,区级", "310110", "310106", Tier.DISTRICT, None),
        (",,,特级", "310110", "310110", Tier.DISTRICT, "tier unknown: 特级"),
        (",杨浦区,,市场级", None, "310110", Tier.DISTRICT, "tier unknown: 市场级"),
    ],
)
async def test_a_region_is_its_path_and_a_tier_what_is_written(
    session: AsyncSession, place: str, base: str | None, code: str, tier: Tier, note: str | None
) -> None:
    verdict = await one(session, f"健步走,2026年5月2日,{place}", head="名称,时间,省市,区,街道,级别", region_code=base)
    made = await event(session)
    assert (made.region_code, made.tier) == (code, tier)
    assert note in (*verdict.notes, None)


@pytest.mark.parametrize(
    ("place", "organiser", "code", "flag"),
    [
        (",", "", "310110", "region from HOME_REGION: 杨浦区"),
        ("-,无", "区体育局", "310110", "region from HOME_REGION: 杨浦区"),
        (",", "殷行街道办事处", "310110016", "region from organiser: 殷行街道办事处"),
        (",", "殷行街道办事处文体中心", "310110", "region from HOME_REGION: 杨浦区"),
        (",", "殷行", "310110", "region from HOME_REGION: 杨浦区"),
        (",", "欧阳路街道办事处", "310110", "region from HOME_REGION: 杨浦区"),
        ("虹口区,", "殷行街道办事处", "310109", None),
    ],
    ids=["nothing", "dashes", "its office", "more than the office", "less than its name", "an office elsewhere", "a region is named"],
)
async def test_a_row_without_a_region_is_of_the_home_region_or_of_its_office_there(
    session: AsyncSession, place: str, organiser: str, code: str, flag: str | None
) -> None:
    verdict = await one(session, f"健步走,2026年5月2日,{place},{organiser}", head="名称,时间,区,街道,主办单位", home_code="310110")
    assert (await event(session)).region_code == code
    assert [note for note in verdict.notes if note.startswith("region")] == [flag] * (flag is not None)


async def test_a_street_alone_is_no_region_even_at_home(session: AsyncSession) -> None:
    verdict = await one(session, "健步走,2026年5月2日,,殷行街道", head="名称,时间,区,街道", home_code="310110")
    assert [fault.code for fault in verdict.faults] == ["no_region"]


@pytest.mark.parametrize("organiser", ["区体育局", "殷行街道办事处"])
async def test_a_stored_event_stays_in_its_region_when_a_later_file_names_none(session: AsyncSession, organiser: str) -> None:
    await take(session, "健步走,2026年5月2日,甲", head="名称,时间,主办单位", region_code="310109")
    again = await one(session, f"健步走,2026年5月2日,{organiser}", head="名称,时间,主办单位", home_code="310110")
    assert ([c.field for c in again.changes], again.notes) == (["organiser"], ("tier guessed",))
    made = await event(session)
    assert (made.region_code, made.tier) == ("310109", Tier.DISTRICT)


async def test_an_explicit_region_goes_before_the_organiser_and_home(session: AsyncSession) -> None:
    row = "健步走,2026年5月2日,殷行街道办事处"
    await take(session, row, head="名称,时间,主办单位", region_code="310109", home_code="310110")
    assert (await event(session)).region_code == "310109"


@pytest.mark.parametrize(
    ("area", "base", "code"),
    [
        ("杨浦区殷行街道", None, "310110016"),
        ("上海市杨浦区", None, "310110"),
        ("安徽省宣城市宁国市", None, "341881"),
        ("浦东新区陆家嘴街道", None, "310115005"),
        ("新江湾城街道", "310110", "310110020"),
        ("杨浦", None, "310110"),
        ("上海市", "310110", "310000"),
        ("全区", "310110", "310110"),
        ("310110016", "310110", "310110016"),
    ],
)
async def test_a_path_may_stand_in_one_column(session: AsyncSession, area: str, base: str | None, code: str) -> None:
    await take(session, f"健步走,2026年5月2日,{area}", head="名称,时间,所属区域", region_code=base)
    assert (await event(session)).region_code == code


@pytest.mark.parametrize(
    ("row", "path", "code"),
    [
        ("1,健步走,2026年5月,,,,,,,", "region", "no_region"),
        ("1,健步走,2026年5月,,殷行街道,,,,,", "region", "no_region"),
        ("1,健步走,2026年5月,月球区,,,,,,", "region", "no_region"),
        ("1,,2026年5月,杨浦区,,,,,,", "title", "empty"),
        (f"1,{'长' * 201},2026年5月,杨浦区,,,,,,", "title", "too_long"),
        ("1.1E+17,健步走,2026年5月,杨浦区,,,,,,", "id", "rounded_number"),
    ],
)
async def test_what_can_not_be_an_event_is_refused_and_the_rest_stored(session: AsyncSession, row: str, path: str, code: str) -> None:
    outcome = await take(session, row, "2,乒乓球赛,2026年6月,杨浦区,,,,,,", "2,另一项,2026年6月,杨浦区,,,,,,")
    assert [verdict.kind for verdict in outcome.verdicts] == [Kind.REFUSED, Kind.NEW, Kind.REFUSED]
    assert [(f.path, f.code) for f in outcome.verdicts[0].faults] == [(path, code)]
    assert [f.values for f in outcome.verdicts[2].faults] == [{"row": "3"}]
    assert (await event(session)).title == "乒乓球赛"


NO_NUMBERS = "赛事名称,时间,区,主办单位"


async def test_rows_without_numbers_are_found_again_and_twins_kept_apart(session: AsyncSession) -> None:
    rows = ("健步走,2026年5月2日,杨浦区,甲", "健步走,2026年5月2日,杨浦区,乙", "健步走,2026年5月2日,杨浦区,甲")
    assert (await take(session, *rows, head=NO_NUMBERS)).counts == {Kind.NEW: 2, Kind.REFUSED: 1}
    assert (await take(session, *rows, head=NO_NUMBERS)).counts == {Kind.UNCHANGED: 2, Kind.REFUSED: 1}


async def test_a_row_that_is_like_an_event_waits_for_a_person(session: AsyncSession) -> None:
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2), title="滨江健步走活动"), published=True)
    row = "滨江健步走,2026年5月9日,杨浦区,区体育局"
    waiting = await one(session, row, head=NO_NUMBERS)
    assert (waiting.kind, waiting.action) == (Kind.CONFLICT, Action.NONE)
    assert waiting.conflicts[0].startswith(f"alike: {made.id} 滨江健步走活动 2026-05-02–2026-05-02 (")
    merged = await one(session, row, head=NO_NUMBERS, confirmed={"2": made.id})
    assert (merged.kind, merged.event_id) == (Kind.CHANGED, made.id)
    assert ((await event(session)).title, str((await event(session)).first_on)) == ("滨江健步走", "2026-05-09")
    assert (await one(session, row, head=NO_NUMBERS)).kind is Kind.UNCHANGED


async def test_an_event_without_days_is_listed_without_any(session: AsyncSession) -> None:
    await take(session, "1,滨江健步走,待定,杨浦区,,,,,,", source="别处")
    made = await event(session)
    waiting = await one(session, "滨江健步走,2026年5月9日,杨浦区,", head=NO_NUMBERS)
    assert waiting.conflicts == (f"alike: {made.id} 滨江健步走 (100%)",)


async def test_a_row_that_is_said_to_be_new_is(session: AsyncSession) -> None:
    await take(session, "1,滨江健步走,2026年5月2日,杨浦区,,,,,,", source="别处")
    row = "滨江健步走,2026年5月3日,杨浦区,区体育局"
    assert (await one(session, row, head=NO_NUMBERS)).kind is Kind.CONFLICT
    assert (await one(session, row, head=NO_NUMBERS, confirmed={"2": None})).kind is Kind.NEW
    assert (await one(session, row, head=NO_NUMBERS)).kind is Kind.UNCHANGED


async def test_an_event_that_another_source_numbers_keeps_its_number(session: AsyncSession) -> None:
    await take(session, "1,滨江健步走,2026年5月2日,杨浦区,,,,,,", source="别处")
    made = await event(session)
    await take(session, "滨江健步走,2026年5月3日,杨浦区,", head=NO_NUMBERS, confirmed={"2": made.id})
    now = await event(session)
    assert (now.source, now.source_key, str(now.first_on)) == ("别处", "1", "2026-05-03")


@pytest.mark.parametrize("row", ["滨江健步走,2026年5月2日,虹口区,", "滨江健步走,2025年5月2日,杨浦区,", "社区乒乓球赛,2026年5月2日,杨浦区,"])
async def test_another_district_year_or_name_is_another_event(session: AsyncSession, row: str) -> None:
    await service.create_event(session, YANGPU, draft(day(2026, 5, 2), title="滨江健步走"))
    assert (await one(session, row, head=NO_NUMBERS)).kind is Kind.NEW


async def test_a_confirmation_of_what_is_not_there_is_refused(session: AsyncSession) -> None:
    made = await service.create_event(session, YANGPU, draft(day(2026, 5, 2)))
    row = "滨江健步走,2026年5月2日,杨浦区,"
    with pytest.raises(Faulty) as refusal:
        await take(session, row, head=NO_NUMBERS, confirmed={"9": made.id})
    assert refusal.value.faults[0].code == "no_row"
    both = await take(session, row, row.replace("5月", "6月"), head=NO_NUMBERS, confirmed={"2": made.id, "3": made.id})
    assert [[f.code for f in v.faults] for v in both.verdicts] == [[], ["duplicate"]]


async def test_a_cancelled_event_is_left_alone_and_a_postponed_one_until_it_has_new_dates(session: AsyncSession) -> None:
    row = "1,健步走,2026年5月2日,杨浦区,,,,,甲,"
    await take(session, row, publish=True)
    made = await event(session)
    await service.postpone(session, OPERATOR, made.id, reason="天气")
    assert (await one(session, row.replace("甲", "乙"))).kind is Kind.CHANGED
    assert (await event(session)).status is EventStatus.POSTPONED
    await take(session, row.replace("5月2日", "6月2日"))
    assert (await event(session)).status is EventStatus.PUBLISHED
    await service.cancel(session, OPERATOR, made.id, reason="天气")
    assert [f.code for f in (await one(session, row)).faults] == ["event_cancelled"]


@pytest.mark.parametrize("place", ["月球区", "火星市月球区", "999999"])
async def test_a_place_that_nobody_knows_is_not_put_under_the_base(session: AsyncSession, place: str) -> None:
    outcome = await take(session, f"健步走,2026年5月2日,{place}", head="名称,时间,所属区域", region_code="310110")
    assert [fault.code for verdict in outcome.verdicts for fault in verdict.faults] == ["no_region"]
