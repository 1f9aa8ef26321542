"""Files as they come: encodings, spreadsheets, headings, and what is no file at all."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from events.errors import Faulty
from events.submissions.cells import cell_text
from events.submissions.columns import Table, tables
from events.submissions.headings import field_of
from events.submissions.reading import key_of
from events.submissions.sheets import read_sheets

PLAN = "赛事名称,时间,地点\n滨江健步走,5月2日,滨江步道\n"


def table(data: bytes, **mapping: str) -> Table:
    return tables(read_sheets(data), mapping)[0]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(data: bytes, **mapping: str) -> str:
    with pytest.raises(Faulty) as raised:
        tables(read_sheets(data), mapping)
    return raised.value.faults[0].code


@pytest.mark.parametrize(
    "data",
    [
        PLAN.encode(),
        PLAN.encode("utf-8-sig"),
        PLAN.encode("gb18030"),
        PLAN.replace(",", ";").encode(),
        PLAN.replace(",", "\t").encode("utf-16"),
        PLAN.replace("\n", "\r\n").encode("gb18030"),
        PLAN.encode("utf-16-le"),
        PLAN.replace(",", "|").encode(),
        '[{"name": "滨江健步走", "date_text": "5月2日", "venue": "滨江步道"}]'.encode(),
        f"2026年赛事计划,,\n\n{PLAN}".encode(),
        '{"name": "滨江健步走", "date_text": "5月2日", "venue": "滨江步道"}'.encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "gb18030",
        "semicolons",
        "utf-16 tabs",
        "crlf",
        "utf-16 unmarked",
        "pipes",
        "json array",
        "title above",
        "json lines",
    ],
)
def test_the_same_row_is_read_from_every_kind_of_text(data: bytes) -> None:
    assert [row.cells for row in table(data).rows] == [{"title": "滨江健步走", "date": "5月2日", "venue": "滨江步道"}]


HEADED = {
    "title": "竞赛名称 体育赛事名称 体育赛事活动名称 活动项目 赛事全称 主题 活动（赛事）名称",
    "date": "竞赛时间 竞赛日期 举行时间 举行日期 拟举行时间 预计时间 预计举办时间 起止时间 起止日期 "
    "赛期 比赛具体时间 具体日期 计划举办日期 活动日程 举办日期（暂定）",
    "first": "活动开始时间 赛事开始时间 比赛开始时间",
    "last": "活动结束时间 赛事结束时间 比赛结束时间 截止时间",
    "venue": "竞赛地点 举办地 举行地点 比赛场馆 活动场地 活动场所 地点（场馆） 赛事举办地",
    "address": "活动地址 比赛地址 举办地址",
    "organiser": "主办部门 主（承）办单位 主办/承办单位 组织单位 责任部门 牵头单位",
    "undertaker": "承办部门 协办单位 执行单位",
    "district": "所在区 区市县 区（市）县 市县 举办区县 赛事区县",
    "street": "所在街道 街（镇） 赛事街镇 所在镇",
    "area": "辖区",
    "month": "月份 举办月份 活动月份",
    "participants": "参赛规模 参与规模 预计参与人数 参赛规模（人） 【参赛规模】 预计参赛人次",
    "sport": "竞赛项目 运动类别 参赛运动项目",
    "contact": "负责人 联系人/电话 赛事联系人",
    None: "报名时间 报名截止日期 填报日期 报名地点 报名电话 报送单位 请在下表中如实填写本单位将要举办的活动时间",
}


@pytest.mark.parametrize(("heading", "field"), [(heading, field) for field, headings in HEADED.items() for heading in headings.split()])
def test_headings_are_known_by_the_stem_they_end_in(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("活动名称", "title"), ("项目名称", "title"), ("赛 事\n名 称", "title"), ("*赛事名称（必填）", "title"), ("name", "title"),
        ("举办时间", "date"), ("比赛时间(月、日)", "date"), ("日 期", "date"), ("date_text", "date"),
        ("开始日期", "first"), ("end_date", "last"), ("年份", "year"), ("场地", "venue"), ("举办地点：", "venue"),
        ("主办单位", "organiser"), ("承办单位", "undertaker"), ("级别", "tier"), ("层级", "tier"), ("区", "district"),
        ("所属街道", "street"), ("项目", "sport"), ("面向", "audience"), ("参赛对象", "audience"), ("联系电话", "contact"),
        ("来源网址", "url"),
        ("备注", "summary"), ("内容（报名时说明）", "summary"),
        ("编号", "id"), ("序号", None), ("", None), ("经费（万元）", None),
    ],
)  # fmt: skip
def test_headings_are_known_however_they_are_written(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_a_workbook_with_titles_merged_cells_dates_and_a_footer_is_read() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    rows: list[list[Any]] = [
        ["杨浦区2026年群众体育赛事计划表", None, None, None, None, None],
        ["序号", "赛事名称", "举办时间", None, "主办单位", "联系电话"],
        [None, None, "开始时间", "结束时间", None, None],
        ["一、区级赛事", None, None, None, None, None],
        [1, "滨江健步走", date(2026, 5, 2), datetime(2026, 5, 2), "区体育局", 13812345678.0],  # noqa: DTZ001 - as openpyxl gives it
        [2, "社区篮球赛", 46150, 46151, None, "=1+1"],
        ["合计", None, None, None, None, None],
    ]
    for row in rows:
        sheet.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "A4:F4", "E5:E6"):
        sheet.merge_cells(merged)
    sheet.row_dimensions[1_048_576].height = 20
    book.create_sheet("说明").append(["填表说明"])
    found = table(saved(book))
    assert [row.cells for row in found.rows] == [
        {"title": "滨江健步走", "first": "2026-05-02", "last": "2026-05-02", "organiser": "区体育局", "contact": "13812345678"},
        {"title": "社区篮球赛", "first": "46150", "last": "46151", "organiser": "区体育局"},
    ]
    assert (found.apart, found.ignored, found.titles) == (
        2,
        ("序号",),
        ("杨浦区2026年群众体育赛事计划表", "举办时间", "Sheet", "填表说明"),
    )
    assert [row.label for row in found.rows] == ["Sheet!5", "Sheet!6"]


def test_every_sheet_with_a_header_is_read() -> None:
    book = Workbook()
    for month in ("5月", "6月"):
        sheet = book.create_sheet(month)
        sheet.append(["活动名称", "日期"])
        sheet.append([f"{month}健步走", f"{month}2日"])
    found = tables(read_sheets(saved(book)), {})
    assert [(t.titles, [row.label for row in t.rows]) for t in found] == [(("5月",), ["5月!2"]), (("6月",), ["6月!2"])]


def test_a_hidden_sheet_is_not_read() -> None:
    book = Workbook()
    for name in ("计划", "草稿"):
        sheet = book.create_sheet(name)
        sheet.append(["活动名称", "日期"])
        sheet.append([name, "5月2日"])
    book["草稿"].sheet_state = "hidden"
    assert [row.cells["title"] for t in tables(read_sheets(saved(book)), {}) for row in t.rows] == ["计划"]


def test_a_row_is_named_by_the_line_where_it_begins() -> None:
    found = table('名称,时间\n"健步\n走",5月\n乙赛,6月\n'.encode())
    assert [(row.label, row.cells["date"]) for row in found.rows] == [("2", "5月"), ("4", "6月")]
    assert table('{"name": "a\u2028b", "date": "5月"}'.encode()).rows[0].cells["title"] == "a b"


def test_what_stands_below_the_heading_of_something_else_is_of_that() -> None:
    found = table("名称,报名时间,报名时间,比赛时间\n,开始时间,结束时间,\n甲赛,4月1日,4月2日,5月4日\n".encode())
    assert found.rows[0].cells == {"title": "甲赛", "date": "5月4日"}


def test_a_mapped_column_goes_before_what_the_words_say() -> None:
    data = "名称,备注,时间\n甲,滨江健步走,5月2日\n".encode()
    assert table(data, title="备注").rows[0].cells == {"title": "滨江健步走", "date": "5月2日"}
    assert (refusal(data, title="没有"), refusal(data, colour="备注")) == ("no_header", "unknown_fields")
    assert refusal(data, venue="没有") == "no_column"


def test_a_name_may_stand_under_project_when_nothing_else_is_one() -> None:
    assert table("项目,时间\n健步走,5月\n".encode()).rows[0].cells == {"title": "健步走", "date": "5月"}
    assert table("活动名称,项目名称,时间\n滨江行,健步走,5月\n".encode()).rows[0].cells == {
        "title": "滨江行",
        "sport": "健步走",
        "date": "5月",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (12.0, "12"), (5.18, "5.18"), (1.1e17, "1.1e+17"), (datetime(2026, 5, 2, 9, 30), "2026-05-02 09:30"),  # noqa: DTZ001 - as openpyxl gives it
        (date(2026, 5, 2), "2026-05-02"), (time(9, 0), "09:00"), (["乒乓球", "羽毛球"], "乒乓球、羽毛球"), ("a\x00b\u202ec", "a b c"),
        (" 一行\r\n 两行 ", "一行\n两行"), (True, "True"), ({}, ""), ([], ""),
        ([["甲", "乙"], None], '[["甲","乙"],null]'), (["甲", {"a": 1.5}], '["甲",{"a":1.5}]'), ({"a": "\n\ud800"}, '{"a":"\\n "}'),
        ({"zh": "甲"}, '{"zh":"甲"}'), (timedelta(hours=26), "26:00"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_a_person_reads_it(value: object, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "shown_as", "text"),
    [
        (datetime(2024, 5, 1), 'yyyy"年"m"月"', "2024-05"), (datetime(2024, 5, 1), "mmm-yy", "2024-05"),  # noqa: DTZ001 - as openpyxl gives it
        (datetime(2024, 5, 1), '[Red]m"月"', "2024-05"),  # noqa: DTZ001 - as openpyxl gives it
        (datetime(2024, 5, 1), '[$-804]m"月"', "2024-05"), (datetime(2024, 5, 1), 'm"月"d"日"', "2024-05-01"),  # noqa: DTZ001 - as openpyxl gives it
        (datetime(2024, 5, 1, 9, 5), "h:mm", "2024-05-01 09:05"), (4.2, "0.00", "4.20"), (10.1, "0.00_ ", "10.10"), (4.2, "General", "4.2"),  # noqa: DTZ001 - as openpyxl gives it
    ],
)  # fmt: skip
def test_a_cell_shows_no_more_than_its_format(value: object, shown_as: str, text: str) -> None:
    assert cell_text(value, shown_as) == text


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 150_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"), (b" \n\n", "file_empty"), (b"\x00\x01\x02\xff" * 9, "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00", "file_unreadable"),
        (b"PK\x03\x04 no zip", "file_unreadable"), (b"\xd0\xcf\x11\xe0" + b"\0" * 9, "old_excel"), (b"x" * 10_000_000, "file_too_large"),
        (b"a,b\n1,2\n", "no_header"), ("一些文字".encode(), "no_header"), (b'{"name": "a"}\n[1]\n', "bad_line"),
        ("名称,日期\n甲,5月1日\n\"乙,5月2日\n丙,5月3日\n".encode(), "open_quotation"),
        (b"{" * 100_000, "bad_line"), (PLAN.split("\n", maxsplit=1)[0].encode(), "header_only"), (b"%PDF-1.7 ...", "is_pdf"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "is_web_page"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 9 + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"name,date\n" + b"a,b\n" * 20_001, "too_many_rows"), (b'name,date\n"' + b"x" * 200_000, "file_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_reason(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_text_document_is_no_table() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert refusal(out.getvalue()) == "is_document"


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked() -> None:
    assert refusal(bomb()) == "file_too_large"


def test_merged_cells_without_end_are_not_filled() -> None:
    book = Workbook()
    book.worksheets[0].append(["名称", "时间"])
    data = saved(book)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            new.writestr(name, old.read(name).replace(b"</sheetData>", merged))
    assert refusal(out.getvalue()) == "file_too_large"


def test_half_a_surrogate_pair_in_json_is_read_as_a_blank() -> None:
    found = table(b'{"name": "a\\ud800b", "date": "2026-05-02", "\\udfff": 1}')
    assert (found.rows[0].cells["title"], found.ignored) == ("a b", ())


def test_json_of_any_depth_is_read_or_refused() -> None:
    refused = set()
    for depth in range(700, 1_100):
        data = b'{"name": "a", "date": "5", "venue": ' + b"[" * depth + b"]" * depth + b"}"
        try:
            table(data)
        except Faulty as refusal:
            refused.add(refusal.faults[0].code)
    assert refused <= {"bad_line"}


def test_a_key_is_the_number_or_made_of_name_place_and_dates() -> None:
    row = {"title": "滨江 健步走", "street": "殷行街道", "date": "5月2日"}
    assert key_of(row | {"id": "A-7"}) == "A-7"
    assert key_of(row) == key_of({"date": "5月2日", "title": "滨江健步走", "street": "殷行街道", "organiser": "别的"})
    assert key_of(row) != key_of(row | {"date": "5月3日"})
