from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from events.calendar.ical.content_lines import escaped, folded, quoted
from events.calendar.ical.vevents import Place, Shown, calendar_bytes, render, with_alarm
from events.calendar.rules import Datum, EventStatus, OccurrenceStatus
from events.regions.rules import Tier

SHANGHAI = ZoneInfo("Asia/Shanghai")
ID = UUID("01920000-0000-7000-8000-000000000001")
PLAIN = Shown(
    id=ID,
    sequence=3,
    changed_at=datetime(2026, 4, 1, 2, 3, 4, tzinfo=UTC),
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    title="社区篮球赛",
    tier=Tier.STREET,
    url="https://saili.example/events/7",
    zone=SHANGHAI,
    first_on=date(2026, 5, 2),
    last_on=date(2026, 5, 2),
)
TIMED = replace(PLAIN, starts_at=datetime(2026, 5, 2, 1, tzinfo=UTC), ends_at=datetime(2026, 5, 2, 3, 30, tzinfo=UTC))


def lines(shown: Shown) -> list[str]:
    """The unfolded lines of its VEVENT."""
    return render(shown).decode().replace("\r\n ", "").split("\r\n")[:-1]


def value(shown: Shown, name: str) -> str:
    [line] = [line for line in lines(shown) if line.startswith((f"{name}:", f"{name};"))]
    return line.removeprefix(name)


def read(shown: Shown) -> Event:
    """What the icalendar library makes of it."""
    calendar = Calendar.from_ical(calendar_bytes([render(shown)], name="杨浦", zone=SHANGHAI))
    [event] = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not event.errors
    return event


NASTY = "决赛; 甲,乙\\丙\n第二行 🏀👨‍👩‍👧 " + "羽毛球、" * 40 + ";,\\\n" * 40


def test_the_bytes_of_a_plain_event() -> None:
    assert lines(TIMED) == [
        "BEGIN:VEVENT",
        f"UID:{ID}@saili",
        "DTSTAMP:20260401T020304Z",
        "CREATED:20260301T000000Z",
        "LAST-MODIFIED:20260401T020304Z",
        "SEQUENCE:3",
        "STATUS:CONFIRMED",
        "DTSTART;TZID=Asia/Shanghai:20260502T090000",
        "DTEND;TZID=Asia/Shanghai:20260502T113000",
        "TRANSP:OPAQUE",
        "SUMMARY:社区篮球赛",
        "DESCRIPTION:详情：https://saili.example/events/7",
        "COLOR:seagreen",
        "URL:https://saili.example/events/7",
        "END:VEVENT",
    ]


def test_the_same_values_give_the_same_bytes() -> None:
    assert render(replace(TIMED, summary=NASTY)) == render(replace(TIMED, summary=NASTY))


@pytest.mark.parametrize("shift", range(80))
def test_a_long_line_is_folded_at_75_octets_outside_characters_and_escapes(shift: int) -> None:
    line = "SUMMARY:" + "a" * shift + escaped(NASTY)
    parts = folded(line).removesuffix(b"\r\n").split(b"\r\n")
    assert len(parts) > 10
    assert all(len(part) <= 75 for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    texts = [part.decode() for part in parts]
    assert texts[0] + "".join(text[1:] for text in texts[1:]) == line
    assert all((len(text) - len(text.rstrip("\\"))) % 2 == 0 for text in texts)


def test_a_parameter_is_not_folded_inside_a_caret_escape() -> None:
    for shift in range(80):
        parts = folded("X;T=" + "a" * shift + quoted('"^' * 60)).decode().split("\r\n ")
        assert all((len(part) - len(part.rstrip("^"))) % 2 == 0 for part in parts)


def test_the_shortest_line_that_needs_no_fold_has_75_octets() -> None:
    assert folded("x" * 75) == b"x" * 75 + b"\r\n"
    assert folded("x" * 76) == b"x" * 75 + b"\r\n x\r\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("一\r\n二\r三\u2028四", "一\\n二\\n三\\n四"),
        ("tab\tkept, bell\x07 gone\x00", "tab\tkept\\, bell gone"),
        ('x:"y"', 'x:"y"'),
    ],
)
def test_text_is_escaped_and_cannot_break_out_of_its_line(text: str, written: str) -> None:
    assert escaped(text) == written


def test_every_text_comes_back_from_another_reader_as_it_was() -> None:
    title = NASTY.replace("\n", " ")
    event = read(replace(TIMED, title=title, summary=NASTY, organiser="杨浦区体育局; 一", categories=("甲,乙", "丙")))
    assert event["SUMMARY"] == title
    assert event["DESCRIPTION"] == f"{NASTY}\n\n主办：杨浦区体育局; 一\n详情：{PLAIN.url}"
    assert event["CATEGORIES"].cats == ["甲,乙", "丙"]
    assert event["DTSTART"].dt == datetime(2026, 5, 2, 9, tzinfo=SHANGHAI)
    assert (event["SEQUENCE"], event["URL"], event["COLOR"]) == (3, PLAIN.url, "seagreen")


def test_days_are_all_day_with_an_exclusive_end() -> None:
    shown = replace(PLAIN, last_on=date(2026, 5, 3))
    assert (value(shown, "DTSTART"), value(shown, "DTEND")) == (";VALUE=DATE:20260502", ";VALUE=DATE:20260504")


def test_a_start_without_an_end_has_no_invented_one() -> None:
    for ends_at in (None, TIMED.starts_at):
        assert not [line for line in lines(replace(TIMED, ends_at=ends_at)) if line.startswith("DTEND")]


def test_days_that_follow_a_start_without_an_end_are_all_day_and_the_start_is_told() -> None:
    shown = replace(TIMED, ends_at=None, last_on=date(2026, 5, 4))
    assert (value(shown, "DTSTART"), value(shown, "DTEND")) == (";VALUE=DATE:20260502", ";VALUE=DATE:20260505")
    assert "首日开始：09:00" in value(shown, "DESCRIPTION")


@pytest.mark.parametrize(("daypart", "word"), [("morning", "上午"), ("noon", "中午"), ("afternoon", "下午"), ("evening", "晚上")])
def test_half_a_day_is_all_day_with_its_daypart_in_the_summary(daypart: str, word: str) -> None:
    shown = replace(PLAIN, daypart=daypart, label="半决赛")
    assert value(shown, "SUMMARY") == f":社区篮球赛 半决赛 {word}"
    assert value(shown, "DTSTART") == ";VALUE=DATE:20260502"


@pytest.mark.parametrize(("last_on", "busy"), [(date(2026, 5, 8), "OPAQUE"), (date(2026, 5, 9), "TRANSPARENT")])
def test_only_a_run_of_more_than_seven_days_is_transparent(last_on: date, busy: str) -> None:
    assert value(replace(PLAIN, last_on=last_on), "TRANSP") == f":{busy}"


@pytest.mark.parametrize(
    ("change", "status", "summary"),
    [
        ({"status": OccurrenceStatus.CANCELLED}, "CANCELLED", "【已取消】社区篮球赛"),
        ({"event_status": EventStatus.CANCELLED}, "CANCELLED", "【已取消】社区篮球赛"),
        ({"event_status": EventStatus.DRAFT}, "CANCELLED", "【已取消】社区篮球赛"),
        ({"removed": True}, "CANCELLED", "【已取消】社区篮球赛"),
        ({"event_status": EventStatus.POSTPONED}, "CANCELLED", "【已延期】社区篮球赛"),
        ({"event_status": EventStatus.POSTPONED, "status": OccurrenceStatus.CANCELLED}, "CANCELLED", "【已延期】社区篮球赛"),
    ],
)
def test_what_was_stopped_says_so(change: dict[str, object], status: str, summary: str) -> None:
    shown = replace(PLAIN, **change)
    assert (value(shown, "STATUS"), value(shown, "SUMMARY")) == (f":{status}", f":{summary}")
    assert value(shown, "DTSTART") == ";VALUE=DATE:20260502"


def test_why_it_was_stopped_is_read_before_all_else() -> None:
    shown = replace(PLAIN, event_status=EventStatus.CANCELLED, reason="台风, 全市停赛", summary="自带水壶")
    assert read(shown)["DESCRIPTION"] == f"原因：台风, 全市停赛\n\n自带水壶\n\n详情：{PLAIN.url}"


def test_location_equals_the_title_newline_and_address_of_the_structured_location() -> None:
    place = Place(name='杨浦"大"体育馆, 一号', address="隆昌路640号;A座", lon=121.525, lat=31.27, datum=Datum.WGS84)
    event = read(replace(PLAIN, place=place))
    structured = event["X-APPLE-STRUCTURED-LOCATION"]
    assert event["LOCATION"] == f"{structured.params['X-TITLE']}\n{structured.params['X-ADDRESS']}" == f"{place.name}\n{place.address}"
    assert structured == "geo:31.270000,121.525000"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (31.27, 121.525)


def test_a_point_of_a_chinese_map_is_shown_in_wgs_84() -> None:
    event = read(replace(PLAIN, place=Place(name="馆", lon=121.525, lat=31.27, datum=Datum.GCJ02)))
    assert event["GEO"].longitude == pytest.approx(121.5205, abs=0.0003)
    assert event["GEO"].latitude == pytest.approx(31.2721, abs=0.0003)
    assert "X-ADDRESS" not in event["X-APPLE-STRUCTURED-LOCATION"].params


def test_a_place_without_a_point_has_only_its_name() -> None:
    event = read(replace(PLAIN, place=Place(name="馆")))
    assert event["LOCATION"] == "馆"
    assert not {"GEO", "X-APPLE-STRUCTURED-LOCATION"} & event.keys()


def test_colours_are_names_and_differ_by_tier() -> None:
    assert {tier: value(replace(PLAIN, tier=tier), "COLOR") for tier in Tier} == {
        Tier.CITY: ":firebrick",
        Tier.DISTRICT: ":steelblue",
        Tier.STREET: ":seagreen",
    }


def test_an_alarm_is_added_on_request_but_not_to_what_is_cancelled() -> None:
    [calendar] = Calendar.from_ical(calendar_bytes([with_alarm(render(TIMED), 60)], name="x", zone=SHANGHAI), multiple=True)
    [alarm] = calendar.walk("VALARM")
    assert alarm["TRIGGER"].dt.total_seconds() == -3600
    assert b"VALARM" not in render(TIMED)
    cancelled = render(replace(TIMED, removed=True))
    assert with_alarm(cancelled, 60) == cancelled


def test_a_calendar_without_events_is_valid_and_says_how_often_to_come() -> None:
    assert calendar_bytes([], name="杨浦, 街镇", zone=SHANGHAI).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Saili//Saili//ZH",
        "CALSCALE:GREGORIAN",
        "NAME:杨浦\\, 街镇",
        "X-WR-CALNAME:杨浦\\, 街镇",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "COLOR:seagreen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize(("key", "parts"), [("Asia/Kolkata", {"STANDARD"}), ("Europe/Berlin", {"STANDARD", "DAYLIGHT"})])
def test_another_zone_brings_its_own_rules(key: str, parts: set[str]) -> None:
    [zone] = Calendar.from_ical(calendar_bytes([], name="x", zone=ZoneInfo(key))).walk("VTIMEZONE")
    assert zone["TZID"] == key
    assert {part.name for part in zone.subcomponents} == parts
