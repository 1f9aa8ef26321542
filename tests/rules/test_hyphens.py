"""What 3-15 means in a column of dates: a day, a run of days, or nothing that can be known."""

import pytest

from events.submissions.columns import Row
from events.submissions.hyphens import Hyphen
from events.submissions.row_dates import dates_of, habit_of

PLAN = ("杨浦区2024年赛事计划",)
FIELDS = frozenset({"title", "month", "date"})


def read(date: str, month: str | None = None, *titles: str, hyphens: Hyphen | None = None, year: str = "") -> str:
    """The days that were read, or the days between which it is; then what was left unread."""
    cells = {"title": "健步走", "date": date, "year": year} | ({"month": month} if month else {})
    reading = dates_of(cells, FIELDS, (*PLAN, *titles), None, hyphens).reading
    days = " ".join(f"{s.first_on:%m-%d}..{s.last_on:%m-%d}" for s in reading.sessions)
    bounds = f"({reading.first_on:%m-%d}..{reading.last_on:%m-%d})" if reading.first_on and reading.last_on else ""
    return " | ".join(filter(None, (days or bounds, reading.unread)))


@pytest.mark.parametrize(
    ("month", "date", "expected"),
    [
        ("3", "9-10", "03-09..03-10"),
        ("3", "12-15", "03-12..03-15"),
        ("3", "3-3", "03-03..03-03"),
        ("3", "5", "03-05..03-05"),
        ("3", "9-10 9:00", "03-09..03-10"),
        ("2024-03", "5", "03-05..03-05"),
        ("2024-03", "9-10", "03-09..03-10"),
        ("三月", "9-10", "03-09..03-10"),
        ("3", "3—15", "03-03..03-15"),
        ("3", "03-15", "03-15..03-15"),
        ("3", "3-15", "(03-01..03-31) | 3-15"),
        ("12", "12-15", "(12-01..12-31) | 12-15"),
        ("3", "3-15-16", "(03-01..03-31) | 3-15-16"),
        ("3", "3-15、4-20", "(03-01..03-31) | 3-15、4-20"),
        ("3", "5-4", "(03-01..03-31) | 5-4"),
        ("3-5", "4-6", "(03-01..05-31) | 4-6"),
        ("3-5", "15日", "(03-01..05-31) | 15日"),
        ("第一季度", "5", "(01-01..03-31) | 5"),
        (None, "3-15", "3-15"),
        (None, "9-10", "9-10"),
        (None, "5", "5"),
        (None, "5-4", "05-04..05-04"),
        (None, "12-15", "12-15..12-15"),
    ],
)
def test_a_month_beside_a_hyphen_says_what_it_means_or_bounds_it(month: str | None, date: str, expected: str) -> None:
    assert read(date, month) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("5", "03-05..03-05"),
        ("15、16", "03-15..03-15 03-16..03-16"),
        ("9-10", "03-09..03-10"),
        ("12-15", "03-12..03-15"),
        ("5 9:00", "03-05..03-05"),
        ("3-15", "(03-01..03-31) | 3-15"),
        ("9:00", "no_day"),
        ("2天", "2天"),
    ],
)
def test_the_month_of_a_sheet_is_that_of_its_bare_days(date: str, expected: str) -> None:
    assert read(date, None, "3月") == expected


def test_a_day_is_kept_as_it_was_written() -> None:
    texts = [
        dates_of({"title": "健步走", "date": date} | more, FIELDS, (*PLAN, *titles), None, Hyphen.DAY).reading.text
        for date, more, titles in (("3-15", {}, ()), ("9-10", {"month": "3"}, ()), ("9-10", {}, ("3月",)), ("3-15", {"month": "3"}, ()))
    ]
    assert texts == ["3-15", "3月 9-10", "3月9-10", "3-15"]


@pytest.mark.parametrize(
    ("written", "habit"),
    [
        ([(None, "3-15"), (None, "5-4")], Hyphen.DAY),
        ([(None, "3-15"), (None, "10-1 9:00")], Hyphen.DAY),
        ([("3", "3-15"), ("3", "9-10")], Hyphen.RUN),
        ([("3", "3-15"), ("4", "4-3")], Hyphen.DAY),
        ([(None, "3-15"), (None, "9-10")], None),
        ([(None, "3-15"), (None, "5-0")], None),
        ([(None, "5-4"), (None, "15-16")], None),
        ([(None, "5—4"), (None, "5-4月"), (None, "5-4-3")], None),
    ],
)
def test_a_column_shows_by_its_other_rows_how_it_writes(written: list[tuple[str | None, str]], habit: Hyphen | None) -> None:
    rows = [Row(str(at), {"date": date} | ({"month": month} if month else {})) for at, (month, date) in enumerate(written)]
    assert habit_of(rows, PLAN) is habit


def test_the_habit_of_a_column_reads_what_is_open_by_itself() -> None:
    assert read("3-15", hyphens=Hyphen.DAY) == read("3-15", "3", hyphens=Hyphen.DAY) == "03-15..03-15"
    assert read("3-15", "3", hyphens=Hyphen.RUN) == "03-03..03-15"
    assert read("3-15", hyphens=Hyphen.RUN) == "3-15"
    assert (read("4-31", hyphens=Hyphen.DAY), read("5-0", hyphens=Hyphen.DAY), read("30-31", "2")) == ("4-31", "5-0", "30-31")
    assert habit_of([Row("1", {"date": "9-10"})], (*PLAN, "3月")) is Hyphen.RUN


def test_a_column_of_the_year_says_no_month_of_a_day() -> None:
    assert read("15日", year="2024") == "(01-01..12-31) | no_month"
    assert read("15日", "3", year="2024") == read("15日", None, "3月", year="2024") == "03-15..03-15"
