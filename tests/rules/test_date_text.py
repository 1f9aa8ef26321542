import json
import random
from collections import Counter
from pathlib import Path

import pytest

from events.calendar.dates import Precision, Reading, YearFrom
from events.calendar.dating.text import read_column, read_dates
from events.calendar.dating.years import year_in, year_of
from tests.rules.dates import said

ROWS = [json.loads(line) for line in Path("infra/data/demo/real_events.jsonl").read_text(encoding="utf-8").splitlines()]

# What the page said elsewhere and these texts do not: read without the columns, they differ, and for a reason.
READ_OTHERWISE = {
    "ev0176": "the source is a yearbook printed a year after the event",
}

COUNTS = {"month": 26, "day": 76, "unknown": 37, "year": 2, "dekad": 7, "minute": 26, "daypart": 23}
# without a year or a day anywhere, relative, or mistyped
UNREAD = {
    "no_year": 13,
    "近日": 8,
    "日前": 2,
    "近来": 1,
    "上周日": 1,
    "在接下来的一周里": 1,
    "上周六": 1,
    "no_day": 1,
    "截至目前已举办12站": 1,
    "no_month": 1,
    "202481日": 1,
}
UNREAD_ALONE = {"no_year": 29, "no_month": 3, "202481日": 1}


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("2024-04-27", "04-27"),
        ("2024/4/27", "04-27"),
        ("2024.4.27", "04-27"),
        ("２０２４年４月２７日", "04-27"),
        ("二〇二四年四月二十七日", "04-27"),
        ("2024-04-27 00:00:00", "04-27"),
        ("20240427", "04-27"),
        ("24年4月27日", "04-27"),
        ("4月27日上午", "04-27 morning"),
        ("8月8日晚", "08-08 evening"),
        ("9.18—9.21", "09-18..09-21"),
        ("5/1-5/3", "05-01..05-03"),
        ("2024.5.1-5.3", "05-01..05-03"),
        ("10月12-14日", "10-12..10-14"),
        ("5月20、21、27、28日", "05-20; 05-21; 05-27; 05-28"),
        ("5月20日、21日…6月3日、4日", "05-20; 05-21; 06-03; 06-04"),
        ("5月18-19、25-26日", "05-18..05-19; 05-25..05-26"),
        ("从11月25日开始到12月27日结束", "11-25..12-27"),
        ("5月12日开幕 … 12月10日闭幕", "05-12..12-10"),
        ("10月14日 … 终于将于11月11日", "10-14; 11-11"),
        ("12月30日-1月2日", "12-30..01-02"),
        ("12月30日至元旦", "12-30..01-01"),
        ("正月初一至初五", "02-10..02-14"),
        ("农历正月十二", "02-21"),
        ("腊月二十三", "02-02"),
        ("五月初五", "06-10"),
        ("3月2日(农历正月十二)", "03-02"),
        ("端午节", "06-10"),
        ("重阳节", "10-11"),
        ("清明", "04-04"),
        ("除夕", "02-09"),
        ("5月31日恰逢端午节", "05-31"),
        ("2月1日9:30—17:30", "02-01 09:30-17:30"),
        ("2月1日9.30-17.30", "02-01 09:30-17:30"),
        ("12月30日上午9∶00", "12-30 09:00"),
        ("4月14日下午六点", "04-14 18:00"),
        ("4月14日下午14:00", "04-14 14:00"),
        ("4月14日晚上7点半", "04-14 19:30"),
        ("12月10日上午8点30分", "12-10 08:30"),
        ("9月23日上午8:30分", "09-23 08:30"),
        ("10月1日上午7—9时", "10-01 07:00-09:00"),
        ("6月10日,14:00-16:00", "06-10 14:00-16:00"),
        ("8月25日08:30-11:30;13:00-16:00", "08-25 08:30-11:30; 08-25 13:00-16:00"),
        ("4月27日上午9：00—11：30，下午1：30—4：00", "04-27 09:00-11:30; 04-27 13:30-16:00"),
        ("10月12-13日 9:00-17:00", "10-12 09:00-17:00; 10-13 09:00-17:00"),
        ("10月1日8时-10月3日17时", "10-01..10-03 08:00-17:00"),
        ("10月1日22:00-2:00", "10-01..10-02 22:00-02:00"),
        ("5月18日(周六)—19日(周日)", "05-18..05-19"),
        ("预赛10月1日、决赛10月3日", "10-01 预赛; 10-03 决赛"),
        ("10月1日(预赛)、10月3日(决赛)", "10-01 预赛; 10-03 决赛"),
        ("6月10日上午; 赛程两天", "06-10..06-11"),
        ("April 3-5, 9:00 am", "04-03..04-05 09:00"),
        ("3 April 2024", "04-03"),
        ("4月27日（报名截止4月20日）", "04-27"),
        ("①4月27日②5月3日", "04-27; 05-03"),
    ],
)
def test_a_day_is_read_as_offices_write_it(text: str, sessions: str) -> None:
    reading = read_dates(text, year=2024)
    assert "; ".join(said(s) for s in reading.sessions) == sessions
    assert (reading.text, reading.unread) == (text, None)
    assert "weekday_mismatch" not in reading.notes


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("5月上旬", "dekad", "2024-05-01", "2024-05-10"),
        ("5月中下旬", "dekad", "2024-05-11", "2024-05-31"),
        ("6月上、中旬", "dekad", "2024-06-01", "2024-06-20"),
        ("7月初", "dekad", "2024-07-01", "2024-07-10"),
        ("2月底", "dekad", "2024-02-21", "2024-02-29"),
        ("拟定于七月上旬", "dekad", "2024-07-01", "2024-07-10"),
        ("5月下旬-6月上旬", "dekad", "2024-05-21", "2024-06-10"),
        ("8月8日前后", "dekad", "2024-08-03", "2024-08-13"),
        ("国庆期间", "dekad", "2024-10-01", "2024-10-07"),
        ("5月18日或19日", "dekad", "2024-05-18", "2024-05-19"),
        ("五月", "month", "2024-05-01", "2024-05-31"),
        ("3—4月", "month", "2024-03-01", "2024-04-30"),
        ("1-12月", "month", "2024-01-01", "2024-12-31"),
        ("2024年9月-10月", "month", "2024-09-01", "2024-10-31"),
        ("4-6月、9-11月", "month", "2024-04-01", "2024-11-30"),
        ("11月-次年3月", "month", "2024-11-01", "2025-03-31"),
        ("4月持续至年底", "month", "2024-04-01", "2024-12-31"),
        ("9月（待定）", "month", "2024-09-01", "2024-09-30"),
        ("10月每周六", "month", "2024-10-01", "2024-10-31"),
        ("7月1日-8月31日（周六、周日）", "quarter", "2024-07-01", "2024-08-31"),
        ("暑假期间", "month", "2024-07-01", "2024-08-31"),
        ("第三季度", "quarter", "2024-07-01", "2024-09-30"),
        ("三、四季度", "quarter", "2024-07-01", "2024-12-31"),
        ("冬季", "quarter", "2024-12-01", "2025-02-28"),
        ("下半年", "half_year", "2024-07-01", "2024-12-31"),
        ("全年", "year", "2024-01-01", "2024-12-31"),
        ("2024年", "year", "2024-01-01", "2024-12-31"),
        ("每月底", "year", "2024-01-01", "2024-12-31"),
        ("双月底", "year", "2024-01-01", "2024-12-31"),
        ("每月第二个周六", "year", "2024-01-01", "2024-12-31"),
    ],
)
def test_what_names_no_day_is_bounded_and_given_none(text: str, precision: str, first: str, last: str) -> None:
    reading = read_dates(text, year=2024)
    assert (reading.precision, str(reading.first_on), str(reading.last_on)) == (precision, first, last)
    assert (reading.sessions, reading.unread) == ((), None)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("", None),
        ("待定", None),
        ("近日", "近日"),
        ("上周日", "上周日"),
        ("202481日", "202481日"),
        ("2月30日", "2月30日"),
        ("2024年13月1日", "2024年13月1日"),
        ("2024-13-01", "2024-13-01"),
        ("五、九季度", "五、九季度"),
        ("10月9日-5日", "10月9日-5日"),
        ("截至目前已举办12站", "截至目前已举办12站"),
        ("第一场08:30开赛; 第二场09:30", "no_day"),
        ("24日", "no_month"),
        ("明年3月", "no_year"),
        ("5月1日" * 2000, "too_long"),
        ("🏀" * 10_000, "too_long"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(text: str, unread: str | None) -> None:
    reading = read_dates(text, year=2024)
    assert reading == Reading(text, unread=unread, notes=reading.notes)


def test_a_part_that_cannot_be_read_does_not_cost_the_rest() -> None:
    reading = read_dates("2月28日、30日在体育馆", year=2023)
    assert [said(s) for s in reading.sessions] == ["02-28"]
    assert reading.unread == "30日 体育馆"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("4月22日-5月7日(五一假期除外)", "exception_kept_as_text"),
        ("5月6日(周二)", "weekday_mismatch"),
        ("6月3日-5月20日", "reversed"),
        ("10月1日 9:30-8:30", "reversed"),
        ("夏季", "season"),
        ("8月7日启动", "open_end"),
        ("暂定5月", "tentative"),
        ("4-6月、9-11月", "gaps"),
        ("12日; 历时7周", "duration_kept_as_text"),
    ],
)
def test_what_a_person_should_look_at_is_noted(text: str, note: str) -> None:
    assert note in read_dates(text, year=2024).notes


def test_the_year_is_the_columns_then_the_titles_then_the_given_one() -> None:
    column, titles = read_column("2021-05"), ["第24届运动会", "宁国市2022年计划 (2021-03-01)"]
    cases = [
        (read_dates("2020年5月", column_first=column, context=titles, year=2023), 2020, YearFrom.TEXT),
        (read_dates("5月", column_first=column, context=titles, year=2023), 2021, YearFrom.COLUMN),
        (read_dates("5月", context=titles, year=2023), 2022, YearFrom.CONTEXT),
        (read_dates("5月", year=2023), 2023, YearFrom.GIVEN),
    ]
    assert [(r.first_on.year if r.first_on else None, r.year_from) for r, _, _ in cases] == [(y, f) for _, y, f in cases]
    assert read_dates("5月").unread == "no_year"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("2025上海半程马拉松", 2025),
        ("常体发〔2013〕40号", 2013),
        ("二〇二四年计划", 2024),
        ("2024年计划 (2023-12-28)", 2024),
        ("2023-2024赛季", None),
        ("2021—2025年规划", None),
        ("第2024届", None),
        ("2000米接力", None),
        ("990广播体操", None),
    ],
)
def test_a_title_gives_a_year_only_when_it_names_one(title: str, year: int | None) -> None:
    assert year_in(title) == year


@pytest.mark.parametrize(
    ("titles", "year", "other"),
    [
        (["健步走", "杨体〔2023〕45号", "杨浦区2024年体育赛事计划"], 2024, None),
        (["健步走", "杨浦区体育赛事计划表", "填报日期：2023年12月20日", "2024年"], 2024, None),
        (["健步走", "附件2", "2023年12月25日", "杨浦区体育赛事计划表（2024年）"], 2024, None),
        (["健步走", "填报日期：2023年12月20日"], None, None),
        (["健步走", "2023年12月25日"], None, None),
        (["健步走", "印发时间 2023-12-25", "2024年度群众体育活动一览表"], 2024, None),
        (["迎2025新年健步走", "杨浦区2024年体育赛事计划"], 2024, None),
        (["纪念2022北京冬奥会滑冰赛"], None, None),
        (["2025年健步走", "杨浦区2024年体育赛事计划"], 2024, 2025),
        (["2024年健步走", "2023年年鉴"], 2024, 2023),
        (["2024年健步走", "常体发〔2023〕40号"], 2024, None),
        (["健步走", "常体发〔2013〕40号"], None, None),
        (["健步走", "健步走昨日举行 (2013-05-05)"], 2013, None),
        (["健步走", "全市体育赛事安排 (2013-12-28)"], None, None),
    ],
)
def test_a_plan_says_its_year_and_documents_and_memories_do_not(titles: list[str], year: int | None, other: int | None) -> None:
    found = year_of(titles)
    assert (found.year, found.other) == (year, other)


def test_text_beats_a_column_and_the_conflict_is_noted() -> None:
    column = read_column("2024-04-28")
    reading = read_dates("2024年4月27日", column_first=column, column_last=column)
    assert [said(s) for s in reading.sessions] == ["04-27"]
    assert reading.notes == ("conflict_with_column",)
    assert read_dates("4月28日", column_first=column).notes == ()


def test_columns_speak_where_the_text_is_silent() -> None:
    first, last = read_column("2024-08-07"), read_column("2024-08-28")
    silent = read_dates("近日", column_first=first, column_last=last)
    assert ([said(s) for s in silent.sessions], silent.unread, silent.year_from) == (["08-07..08-28"], "近日", YearFrom.COLUMN)
    assert "from_column" in silent.notes
    assert read_dates("待定", column_first=read_column("2024-08")).precision is Precision.MONTH
    assert [said(s) for s in read_dates("9:00-11:00", column_first=first).sessions] == ["08-07 09:00-11:00"]
    assert [said(s) for s in read_dates("7日上午", column_first=first).sessions] == ["08-07 morning"]
    assert [said(s) for s in read_dates("8月7日启动", column_first=first, column_last=last).sessions] == ["08-07..08-28"]


@pytest.mark.parametrize(("cell", "first"), [("2021-06", "2021-06-01"), ("2021", "2021-01-01"), ("2021/6/5", "2021-06-05")])
def test_a_column_is_read_as_exactly_as_it_is_written(cell: str, first: str) -> None:
    column = read_column(cell)
    assert column is not None
    assert str(column.first_on) == first


@pytest.mark.parametrize("cell", [None, "", "5月", "待定", "2021-06-31"])
def test_a_column_without_a_whole_date_says_nothing(cell: str | None) -> None:
    assert read_column(cell) is None


def read_row(row: dict[str, str | None], *, columns: bool) -> Reading:
    first, last = (read_column(row[k]) if columns else None for k in ("start_date", "end_date"))
    titles = [row["name"] or "", row["source_title"] or ""]
    return read_dates(row["date_text"] or "", column_first=first, column_last=last, context=titles)


def agrees(reading: Reading, row: dict[str, str | None]) -> bool:
    first, last = read_column(row["start_date"]), read_column(row["end_date"])
    return all(c is None or (reading.first_on and reading.last_on and c.first_on <= d <= c.last_on)
               for c, d in ((first, reading.first_on), (last, reading.last_on)))  # fmt: skip


def test_the_real_plans_are_read_as_exactly_as_they_were_written() -> None:
    with_columns = [read_row(row, columns=True) for row in ROWS]
    assert Counter(str(r.precision) for r in with_columns) == COUNTS
    assert Counter(r.unread for r in with_columns if r.unread) == UNREAD


def test_the_real_plans_agree_with_their_own_columns() -> None:
    dated = [row for row in ROWS if row["start_date"] or row["end_date"]]
    assert [row["id"] for row in dated if not agrees(read_row(row, columns=True), row)] == []
    assert not [row["id"] for row in dated if "conflict_with_column" in read_row(row, columns=True).notes]
    alone = {str(row["id"]): read_row(row, columns=False) for row in dated}
    wrong = {row["id"] for row in dated if alone[str(row["id"])].first_on and not agrees(alone[str(row["id"])], row)}
    assert wrong == set(READ_OTHERWISE)
    assert Counter(r.unread for r in alone.values() if r.unread) == UNREAD_ALONE


WORDS = [
    "2024年",
    "5月",
    "13月",
    "31日",
    "9",
    "、",
    "-",
    "至",
    "(",
    ")",
    "上午",
    "9:30",
    "25:61",
    "七点半",
    "上旬",
    "初五",
    "正月",
    "国庆",
    "期间",
    "前",
    "每周六",
    "第三",
    "季度",
]


def test_no_text_makes_the_reader_fail_or_contradict_itself() -> None:
    words = [*WORDS, "年底", "待定", "april", "两天", "😀", "9.18", "闰四月"]
    dice = random.Random(20240427)  # noqa: S311  a fixed dice, not a secret
    for _ in range(400):
        reading = read_dates("".join(dice.choice(words) for _ in range(dice.randint(0, 10))), year=2024)
        assert (reading.first_on is None) == (reading.last_on is None) == (reading.precision is Precision.UNKNOWN)
        assert bool(reading.sessions) == reading.precision.names_days
        assert reading.first_on is None or reading.last_on is None or reading.first_on <= reading.last_on
