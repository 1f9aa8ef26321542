import pytest

from events.calendar.filters import Filters, parse_query
from events.errors import Faulty


def test_the_same_question_in_another_order_is_the_same_address() -> None:
    one = Filters.parse(parse_query(b"q=%E8%B7%91&tier=street&region=310110&tier=city&series="))
    other = Filters.parse(parse_query(b"tier=city&tier=street&tier=city&region=310110&q=+%E8%B7%91%20"))
    assert one == other
    assert one.query() == "tier=city&tier=street&region=310110&q=%E8%B7%91"
    assert Filters.parse(parse_query(one.query().encode())) == one


def test_every_unknown_name_and_bad_value_is_named() -> None:
    pairs = [
        ("tier", "county"),
        ("color", "red"),
        ("region", "杨浦"),
        ("status", "draft"),
        ("registration", "?"),
        ("q", "x" * 101),
        ("sport", "a\0b"),
    ]
    with pytest.raises(Faulty) as caught:
        Filters.parse(pairs)
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [
        ("tier", "unknown_value"),
        ("color", "unknown_field"),
        ("region", "bad_identifier"),
        ("status", "unknown_value"),
        ("registration", "unknown_value"),
        ("q", "too_long"),
        ("sport", "bad_text"),
    ]


@pytest.mark.parametrize("raw", [b"q=%ff%fe", b"q=\xff", b"&".join([b"q=1"] * 41)])
def test_a_query_string_that_is_no_text_or_too_long_is_refused(raw: bytes) -> None:
    with pytest.raises(Faulty):
        Filters.parse(parse_query(raw))


def test_links_add_and_take_away_one_value() -> None:
    filters = Filters(tier=("city",), q=("跑",))
    assert filters.with_("tier", "street").tier == ("city", "street")
    assert filters.without("tier", "city") == Filters(q=("跑",))
    assert filters.without("q").without("tier").query() == ""
