"""Plans as offices lay them out: months in a column, two tables in a sheet, another city's file, a new name for a known one."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.i18n import Language
from events.regions.rules import Tier
from events.submissions.service import import_file
from events.submissions.showing import read_as
from events.submissions.verdicts import Action, Kind, Options, Outcome, Verdict
from events.submissions.wording import of_file, waits

ZONE = ZoneInfo("Asia/Shanghai")


async def take(session: AsyncSession, text: str, *, apply: bool = False, **options: Any) -> Outcome:
    return await import_file(session, OPERATOR, text.encode(), Options(**({"source": "表"} | options)), apply=apply)


async def book(session: AsyncSession, sheets: dict[str, Sequence[Sequence[Any]]], **options: Any) -> Outcome:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return await import_file(session, OPERATOR, out.getvalue(), Options(**({"source": "表"} | options)), apply=False)


def shown(verdict: Verdict) -> str:
    assert verdict.read
    return read_as(verdict.read, Language.ZH, ZONE).split(" · ")[0]


PLAN = "杨浦区2024年赛事计划,,,,,,\n"


@pytest.mark.parametrize(
    ("head", "row", "text", "read"),
    [
        ("名称,开始时间,结束时间", "健步走,5月4日,5月5日", "5月4日—5月5日", "2024-05-04–2024-05-05"),
        ("名称,开始时间,结束时间", "健步走,5月,6月", "5月—6月", "2024-05-01–2024-06-30 (只到月)"),
        ("名称,开始时间,结束时间", "健步走,2024年5月4日9时,17时", "2024年5月4日9时—17时", "2024-05-04 09:00–17:00"),
        ("名称,开始时间,结束时间", "健步走,看情况再说,再议", "看情况再说—再议", "没有日期"),
        ("名称,日期,开始时间,结束时间", "健步走,5月4日,9:00,11:30", "5月4日 9:00—11:30", "2024-05-04 09:00–11:30"),
        ("名称,日期,开始时间,结束时间", "健步走,上午,5月4日,5月5日", "5月4日—5月5日 上午", "2024-05-04–2024-05-05 上午"),
        ("名称,比赛时间,报名截止日期", "健步走,5月4日,2024-04-20", "5月4日", "2024-05-04"),
        ("名称,比赛时间,截止日期", "健步走,5月4日,2024-04-20", "5月4日", "2024-05-04"),
        ("月份,名称,时间", "1月,健步走,1月1日", "1月1日", "2024-01-01"),
        ("月份,名称,时间", "4月,健步走,4月13日-14日、20日-21日", "4月13日-14日、20日-21日", "2024-04-13–2024-04-14, 2024-04-20–2024-04-21"),
        ("月份,日期,时间,名称", "5月,4日,9:00-11:30,健步走", "5月 4日 9:00-11:30", "2024-05-04 09:00–11:30"),
        ("月份,日期,名称", "7,6,健步走", "7月 6", "2024-07-06"),
        ("月份,日期,名称", "8,8日,健步走", "8月 8日", "2024-08-08"),
        ("月份,名称", "5,健步走", "5月", "2024-05-01–2024-05-31 (只到月)"),
        ("月份,日期,名称", "12月,12月28日-1月5日,健步走", "12月28日-1月5日", "2024-12-28–2025-01-05"),
        ("月份,日期,名称", "5月,4月28日-6月10日,健步走", "4月28日-6月10日", "2024-04-28–2024-06-10"),
        ("月份,日期,名称", "全年,每月第一个周六,健步走", "全年 每月第一个周六", "2024-01-01–2024-12-31 (只到年)"),
        ("年份,月份,名称", "2023,5,健步走", "5月", "2023-05-01–2023-05-31 (只到月)"),
        ("名称,date_precision,start_date,end_date", "健步走,month,2024-05-01,2024-05-31", "2024-05", "2024-05-01–2024-05-31 (只到月)"),
    ],
)
async def test_the_cells_of_a_date_are_read_together(session: AsyncSession, head: str, row: str, text: str, read: str) -> None:
    outcome = await take(session, f"{PLAN}{head}\n{row}\n")
    (verdict,) = outcome.verdicts
    assert verdict.read
    assert (verdict.read.draft.when.text, shown(verdict), verdict.kind) == (text, read, Kind.NEW)


@pytest.mark.parametrize(
    ("head", "row", "conflict"),
    [
        ("月份,名称,时间", "5月,龙舟赛,端午节", "date conflict_with_column: 端午节 / 5月"),
        ("名称,时间", "2025年健步走,5月4日", "year name_and_title: 2025 / 2024"),
        ("名称,日期,星期", "健步走,5月4日,日", "date weekday_mismatch: 5月4日 周日 / "),
    ],
)
async def test_what_contradicts_itself_is_a_conflict(session: AsyncSession, head: str, row: str, conflict: str) -> None:
    (verdict,) = (await take(session, f"{PLAN}{head}\n{row}\n")).verdicts
    assert (verdict.kind, verdict.action, verdict.conflicts) == (Kind.CONFLICT, Action.CREATE, (conflict,))


async def test_a_date_of_another_year_than_the_plan_is_flagged(session: AsyncSession) -> None:
    (verdict,) = (await take(session, f"{PLAN}名称,时间\n健步走,2025-05-04\n")).verdicts
    assert "year differs: 2025 / 2024" in verdict.notes


async def test_breaks_in_a_cell_do_not_refuse_the_row(session: AsyncSession) -> None:
    (verdict,) = (
        await take(session, f'{PLAN}名称,时间,地点,主办单位\n健步走,"5月4日\n9:00-11:00","体育馆\n二楼","体育局\n教育局"\n')
    ).verdicts
    assert verdict.read
    draft = verdict.read.draft
    assert draft.venue
    assert (draft.when.text, draft.venue.name, draft.organiser, verdict.faults) == ("5月4日 9:00-11:00", "体育馆 二楼", "体育局 教育局", ())


async def test_cells_formatted_as_a_month_are_no_first_of_it(session: AsyncSession) -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (["杨浦区2024年计划"], ["名称", "开始时间", "结束时间"], ["联赛", datetime(2024, 5, 1), datetime(2024, 10, 1)]):  # noqa: DTZ001 - as openpyxl gives it
        sheet.append(row)
    sheet["B3"].number_format = sheet["C3"].number_format = 'yyyy"年"m"月"'
    out = io.BytesIO()
    made.save(out)
    (verdict,) = (await import_file(session, OPERATOR, out.getvalue(), Options(source="表"), apply=False)).verdicts
    assert shown(verdict) == "2024-05-01–2024-10-31 (只到月)"


async def test_rows_tell_each_other_what_a_hyphen_means(session: AsyncSession) -> None:
    outcome = await take(session, f"{PLAN}名称,时间,区\n甲赛,3-15,杨浦区\n乙赛,5-4,杨浦区\n")
    assert [shown(v) for v in outcome.verdicts] == ["2024-03-15", "2024-05-04"]


async def test_two_tables_in_a_sheet_are_read_each_by_its_own_header(session: AsyncSession) -> None:
    rows = "一、市级,,,\n序号,名称,时间,区\n1,甲赛,5月4日,杨浦区\n二、区级,,,\n序号,名称,区,时间\n1,乙赛,杨浦区,5月5日\n"
    outcome = await take(session, f"2024年杨浦区计划,,,\n{rows}")
    assert [(v.title, shown(v)) for v in outcome.verdicts] == [("甲赛", "2024-05-04"), ("乙赛", "2024-05-05")]


async def test_a_line_above_a_second_header_is_of_its_table(session: AsyncSession) -> None:
    rows = "名称,时间,区\n甲赛,4月4日,杨浦区\n5月活动,,\n名称,区,时间\n乙赛,杨浦区,6日\n"
    assert [shown(v) for v in (await take(session, f"{PLAN}{rows}")).verdicts] == ["2024-04-04", "2024-05-06"]


async def test_tables_side_by_side_are_both_read(session: AsyncSession) -> None:
    outcome = await take(session, f"{PLAN}名称,时间,区,名称,时间,区\n甲赛,5月4日,杨浦区,乙赛,5月5日,杨浦区\n丙赛,5月6日,杨浦区,,,\n")
    assert [(v.row, v.title) for v in outcome.verdicts] == [("3", "甲赛"), ("4", "丙赛"), ("3/2", "乙赛")]


async def test_groups_totals_and_rows_that_go_on_are_told_apart(session: AsyncSession) -> None:
    rows = "5月,,,\n1,甲赛,4日,\n,,11日,\n（四）其他,,,\n6月,,,\n2,乙赛,5日,\n合计,2,,2400\n共2项,,,\n填表人：张三,,,电话：1\n"
    outcome = await take(session, f"{PLAN}序号,名称,日期,人数\n{rows}")
    assert [(v.title, shown(v)) for v in outcome.verdicts] == [("甲赛", "2024-05-04"), ("甲赛", "2024-05-11"), ("乙赛", "2024-06-05")]
    assert ("name from above" in outcome.verdicts[1].notes, outcome.apart) == (True, 6)


async def test_lines_in_the_column_of_names_or_of_places_are_no_events(session: AsyncSession) -> None:
    rows = "一、市级赛事,,,\n5月,,,\n甲赛,4日,馆,杨浦区\n,,以上待定,\n6月,,,\n乙赛,5日,馆,杨浦区\n"
    outcome = await take(session, f"{PLAN}名称,时间,地点,区\n{rows}")
    assert [(v.title, shown(v)) for v in outcome.verdicts] == [("甲赛", "2024-05-04"), ("乙赛", "2024-06-05")]
    assert outcome.apart == 4


async def test_the_year_of_a_plan_holds_for_the_sheets_that_go_on_with_it(session: AsyncSession) -> None:
    heads = ["名称", "日期"]
    first = [["杨浦区2024年赛事计划"], heads, ["甲赛", "5月4日"]]
    outcome = await book(session, {"市级": first, "区级": [heads, ["乙赛", "5月5日"]]})
    assert [shown(v) for v in outcome.verdicts] == ["2024-05-04", "2024-05-05"]


async def test_sheets_that_are_not_read_are_said_and_covers_and_sheets_tell_year_and_month(session: AsyncSession) -> None:
    heads = ["名称", "日期"]
    outcome = await book(
        session,
        {
            "封面": [["杨浦区体育赛事年历"], ["2024年度"]],
            "3月": [["三月活动"], heads, ["甲赛", "10日"]],
            "4月": [heads, ["乙赛", "11日"]],
            "续表": [["丙赛", "4月12日"]],
        },
    )
    assert [shown(v) for v in outcome.verdicts] == ["2024-03-10", "2024-04-11"]
    assert outcome.unread == (("封面", 2), ("续表", 1))
    assert of_file(outcome, Language.ZH) == ["没有读的工作表（没有认得的表头）：封面（2 行）、续表（1 行）"]


async def test_a_table_without_dates_is_said_once_and_a_row_without_any_flagged(session: AsyncSession) -> None:
    outcome = await take(session, "名称,地点,区\n甲赛,馆,杨浦区\n乙赛,馆,杨浦区\n")
    assert (of_file(outcome, Language.ZH), ["no date" in v.notes for v in outcome.verdicts]) == (["没有日期的列：1"], [False, False])
    outcome = await take(session, "名称,时间,区\n甲赛,,杨浦区\n")
    assert "no date" in outcome.verdicts[0].notes


async def test_numbers_that_begin_again_name_no_rows(session: AsyncSession) -> None:
    rows = "1,甲赛,5月4日,杨浦区\n2,乙赛,5月4日,杨浦区\n1,丙赛,5月5日,杨浦区\n"
    for kind in (Kind.NEW, Kind.UNCHANGED):
        outcome = await take(session, f"{PLAN}编号,名称,时间,区\n{rows}", apply=True)
        assert (outcome.counts, outcome.renumbered) == ({kind: 3}, True)


NUMBERED = f"{PLAN}编号,名称,时间,区\n1,滨江健步走,5月4日,杨浦区\n2,社区篮球赛,5月11日,杨浦区\n"


async def test_a_file_under_a_new_name_waits_and_says_whose_numbers_it_has(session: AsyncSession) -> None:
    await take(session, NUMBERED, apply=True, source="旧名")
    again = await take(session, NUMBERED, source="新名")
    assert [waits(v) for v in again.verdicts] == [True, True]
    assert "来源“旧名”里已有 2 行是同样的编号：如果这是它的新版本，加上 --source '旧名'。" in of_file(again, Language.ZH)
    assert (await take(session, NUMBERED, source="旧名")).counts == {Kind.UNCHANGED: 2}
    assert (await take(session, NUMBERED, source="新名", confirmed={"all": None})).counts == {Kind.NEW: 2}
    one = await take(session, NUMBERED, source="新名", confirmed={"3": None})
    assert [verdict.kind for verdict in one.verdicts] == [Kind.NEW, Kind.CONFLICT]


async def test_another_sport_or_a_round_weeks_away_is_only_noted(session: AsyncSession) -> None:
    await take(session, f"{PLAN}名称,时间,区\n社区健步走,5月16日,杨浦区\n市民运动会篮球比赛,5月17日,杨浦区\n", apply=True, source="五月")
    later = await take(session, f"{PLAN}名称,时间,区\n社区健步走,6月13日,杨浦区\n市民运动会足球比赛,5月18日,杨浦区\n", source="六月")
    assert [(v.kind, any(n.startswith("alike: ") for n in v.notes)) for v in later.verdicts] == [(Kind.NEW, True), (Kind.NEW, True)]


@pytest.mark.parametrize(
    ("title", "organiser", "code", "flag"),
    [
        ("郑州市2024年全民健身赛事活动计划表", "郑州市体育局", "410100", "region from title: 郑州市"),
        ("2024年深圳市南山区群众体育赛事活动计划", "", "440305", "region from title: 南山区"),
        ("苏州市昆山市2024年体育赛事活动计划", "", "320583", "region from title: 昆山市"),
        ("郑州市2024年计划", "二七区文化旅游体育局", "410103", "region from organiser: 二七区文化旅游体育局"),
        ("2024年赛事计划", "郑州市体育局", "410100", "region from organiser: 郑州市体育局"),
        ("2024年社区运动会安排", "区体育局", "310110", "region from HOME_REGION: 杨浦区"),
        ("城区2024年健步走安排", "", "310110", "region from HOME_REGION: 杨浦区"),
        ("2024年赛事计划", "上海市体育局", "310110", "region from HOME_REGION: 杨浦区"),
    ],
)
async def test_another_citys_file_does_not_become_ours(session: AsyncSession, title: str, organiser: str, code: str, flag: str) -> None:
    (verdict,) = (await take(session, f"{title},,\n名称,时间,主办单位\n健步走,5月4日,{organiser}\n", home_code="310110")).verdicts
    assert verdict.read
    assert (verdict.read.draft.region_code, flag in verdict.notes) == (code, True)


async def test_a_title_that_names_one_of_several_places_leaves_it_open(session: AsyncSession) -> None:
    (verdict,) = (await take(session, "鼓楼区2024年计划,,\n名称,时间\n健步走,5月4日\n", home_code="310110")).verdicts
    assert [fault.code for fault in verdict.faults] == ["no_region"]


@pytest.mark.parametrize(
    ("district", "code", "unknown"),
    [
        ("郑东新区", "410100", "郑东新区"),
        ("航空港区", "410173", None),
        ("高新区", "410172", None),
        ("郑州高新区", "410172", None),
        ("全市", "410100", None),
        ("各县区", "410100", None),
        ("各区县（市）", "410100", None),
        ("市直", "410100", None),
        ("市本级", "410100", None),
        ("金水区、二七区", "410100", "金水区、二七区"),
        ("管城区", "410104", None),
        ("二七区淮河路街道", "410103001", None),
        ("郑州市金水区", "410105", None),
        ("河南省郑州市金水区", "410105", None),
    ],
)
async def test_what_a_city_writes_for_its_districts_is_found_or_flagged(
    session: AsyncSession, district: str, code: str, unknown: str | None
) -> None:
    (verdict,) = (await take(session, f"名称,时间,区县\n健步走,2024-05-04,{district}\n", region_code="410100")).verdicts
    assert verdict.read
    assert (verdict.read.draft.region_code, verdict.faults) == (code, ())
    assert [n for n in verdict.notes if n.startswith("region unknown")] == [f"region unknown: {unknown}"] * (unknown is not None)


@pytest.mark.parametrize(
    ("written", "tier"),
    [
        *((level, Tier.CITY) for level in ("全国性", "省（市）级", "市本级", "国家A级", "国际级", "地市级", "市、区级", "市级赛事")),
        *((level, Tier.DISTRICT) for level in ("区（县）级", "县（区）级", "区、县级", "区级/街道级", "社区（村）级", "村（社区）")),
        *((level, Tier.STREET) for level in ("乡镇（街道）级", "街道（镇）级", "街道办", "街镇", "街道（园区）级")),
    ],
)
async def test_a_level_is_known_with_brackets_and_slashes(session: AsyncSession, written: str, tier: Tier) -> None:
    (verdict,) = (await take(session, f"名称,时间,区,级别\n健步走,2024-05-04,杨浦区,{written}\n")).verdicts
    assert verdict.read
    assert (verdict.read.draft.tier, verdict.read.draft.tier_guessed, verdict.read.draft.tier_as_written) == (tier, False, written)


async def test_long_remarks_are_cut_and_a_ragged_file_is_read(session: AsyncSession) -> None:
    outcome = await take(
        session, f"名称,时间,区,备注\n甲赛,2024-05-04,杨浦区,{'长' * 6000}\n乙赛,2024-05-04,杨浦区\n丙赛,2024-05-04,杨浦区,,,多\n"
    )
    assert [v.kind for v in outcome.verdicts] == [Kind.NEW] * 3
    read = outcome.verdicts[0].read
    assert read
    assert (len(read.draft.summary or ""), "summary cut" in read.notes) == (5000, True)
    outcome = await take(session, "名称,时间,区,序号\n甲赛,2024-05-04,杨浦区,1\n,2024-05-05\n")
    assert [shown(v) for v in outcome.verdicts] == ["2024-05-04", "2024-05-05"]


async def test_a_name_that_is_an_object_is_refused(session: AsyncSession) -> None:
    (verdict,) = (await take(session, '{"name": {"zh": "甲"}, "date_text": "2024-05-04", "district": "杨浦区"}')).verdicts
    assert [(f.path, f.code) for f in verdict.faults] == [("title", "empty")]
