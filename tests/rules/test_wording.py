"""How pages word what they show: dates as a language writes them, titles without what is said already, Chinese marked as Chinese."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from events.calendar.dates import Precision
from events.i18n import Language
from events.web.month_view import cut
from events.web.pages import Reader, interval, spoken, tongue
from events.web.pieces import dates_in_words, series_prefix

MAY = [date(2026, 5, n) for n in range(1, 32)]


@pytest.mark.parametrize(
    ("series", "title", "prefix"),
    [
        ("城市业余联赛", "城市业余联赛·羽毛球赛", "城市业余联赛·"),
        ("殷行街道·一街一品", "一街一品·环岛健步走", "一街一品·"),
        ("韵动杨浦·秀出来", "韵动杨浦·秀出来", "韵动杨浦·"),
        ("城市业余联赛", "城市业余联赛羽毛球赛", ""),
        ("城市业余联赛", "城市业余联赛·", ""),
        ("城市业余联赛", "秋季·羽毛球赛", ""),
        (None, "一街一品·环岛健步走", ""),
    ],
)
def test_a_title_begins_with_what_its_series_says_already(series: str | None, title: str, prefix: str) -> None:
    entry: Any = SimpleNamespace(title=title, series=series and SimpleNamespace(name=series))
    assert series_prefix(entry) == prefix


def test_chinese_says_that_it_is_chinese_only_where_the_page_is_not() -> None:
    assert [str(tongue(language, "棋赛")) for language in (Language.ZH, Language.EN)] == ["", ' lang="zh-CN"']
    assert [str(tongue(Language.EN, text)) for text in ("Chess", "", None)] == ["", "", ""]
    assert spoken(Language.ZH, "<棋>") == "&lt;棋&gt;"
    assert spoken(Language.EN, "Without “2026年<棋>·赛” & so on") == (
        'Without “2026<span lang="zh-CN">年</span>&lt;<span lang="zh-CN">棋</span>&gt;·<span lang="zh-CN">赛</span>” &amp; so on'
    )
    assert spoken(Language.EN, "第3、4场 final") == '<span lang="zh-CN">第3、4场</span> final'


def _entry(text: str | None, *days: tuple[date, date], precision: Precision = Precision.DAY) -> Any:
    first, last = (min(one for one, _ in days), max(one for _, one in days)) if days else (None, None)
    occurrences = [SimpleNamespace(on=on, until=until) for on, until in days] if precision.names_days else []
    return SimpleNamespace(date_text=text, precision=precision, first_on=first, last_on=last, occurrences=occurrences)


def test_known_days_are_written_as_the_language_does_and_others_as_the_office_wrote_them() -> None:
    written = [
        _entry("5月2日", (MAY[1], MAY[1])),
        _entry("5月2日—9日", (MAY[1], MAY[8])),
        _entry("5月2日、9日", (MAY[1], MAY[1]), (MAY[8], MAY[8])),
        _entry("5月每周六", *((one, one) for one in MAY[1::7])),
        _entry("5月上旬", (MAY[0], MAY[9]), precision=Precision.DEKAD),
        _entry("待定", precision=Precision.UNKNOWN),
        _entry(None, precision=Precision.UNKNOWN),
    ]
    english, chinese = (
        [dates_in_words(entry, Reader(language, chosen=False, path="/", query=())).replace("\u2009", "") for entry in written]
        for language in (Language.EN, Language.ZH)
    )
    assert english == ["Sat, May 2", "May 2–9", "May 2, May 9", "May 2–30", "5月上旬", "待定", "Date to be announced"]
    assert chinese == ["5月2日", "5月2日—9日", "5月2日、9日", "5月每周六", "5月上旬", "待定", "日期未定"]


def test_an_interval_says_what_its_ends_share_once() -> None:
    ends = [(date(2026, 11, 23), date(2026, 11, 29)), (date(2026, 12, 28), date(2027, 1, 3))]
    assert [interval(Language.ZH, *one, year=True) for one in ends] == ["2026年11月23日至29日", "2026年12月28日至2027年1月3日"]
    assert [interval(Language.EN, *one).replace("\u2009", "") for one in ends] == ["Nov 23–29", "Dec 28, 2026–Jan 3, 2027"]


def test_a_single_one_is_not_folded_away() -> None:
    assert [cut([1, 2, 3, 4, 5][:n], 3) for n in (2, 4, 5)] == [([1, 2], []), ([1, 2, 3, 4], []), ([1, 2, 3], [4, 5])]
