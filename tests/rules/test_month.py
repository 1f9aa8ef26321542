from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.calendar.dates import Daypart, Precision
from events.calendar.entries import Entry, OccurrenceShown, Place
from events.calendar.holidays import HolidayShown, shipped
from events.calendar.month import lay_out, next_turn_of
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.regions.rules import Tier
from infra.ids import new_id

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAY = date(2026, 5, 1)


def session(on: date, until: date | None = None, starts_at: datetime | None = None, daypart: Daypart | None = None) -> OccurrenceShown:
    return OccurrenceShown(
        id=new_id(), starts_at=starts_at, ends_at=None, on=on, until=until or on, all_day=starts_at is None, daypart=daypart, label=None,
        status=OccurrenceStatus.SCHEDULED, sequence=0, changed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def entry(title: str, *sessions: OccurrenceShown, **known: Any) -> Entry:
    silent = [
        "tier_as_written",
        "series",
        "board",
        "sport",
        "date_text",
        "first_on",
        "last_on",
        "venue",
        "organiser",
        "undertaker",
        "source_url",
        "details",
        "over_at",
    ]
    defaults: dict[str, Any] = dict.fromkeys([*silent, "registration_windows"])
    defaults |= {
        "id": new_id(),
        "title": title,
        "status": EventStatus.PUBLISHED,
        "tier": Tier.DISTRICT,
        "region": Place("310110", "杨浦区"),
    }
    defaults |= {"within": frozenset(), "searched": "", "sports": (), "audience": (), "precision": Precision.DAY, "occurrences": sessions}
    defaults |= {"kinds": (frozenset(),) * len(sessions)}
    defaults |= {"registration_free": (), "changed_at": datetime(2026, 1, 1, tzinfo=UTC), "demo": False, "free": None}
    return Entry(**defaults | known)


def titles(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.title for entry in entries]


def test_an_event_stands_once_on_each_day_of_its_sessions_by_time() -> None:
    at = datetime(2026, 5, 2, 19, tzinfo=SHANGHAI)
    found = [
        entry("晚上", session(date(2026, 5, 2), daypart=Daypart.EVENING)),
        entry("十九点", session(date(2026, 5, 2), starts_at=at), session(date(2026, 5, 2), starts_at=at + timedelta(hours=1))),
        entry("全天", session(date(2026, 5, 1), date(2026, 5, 3))),
        entry("街道", session(date(2026, 5, 2)), tier=Tier.STREET),
        entry("市级", session(date(2026, 5, 2)), tier=Tier.CITY),
        entry("别的月", session(date(2026, 6, 2))),
    ]
    view = lay_out(MAY, found, {})
    assert [titles(day.events) for day in view.days[:4]] == [["全天"], ["市级", "全天", "街道", "晚上", "十九点"], ["全天"], []]
    assert view.counts() == {Tier.CITY: 1, Tier.DISTRICT: 3, Tier.STREET: 1}


@pytest.mark.parametrize(("days", "is_strip"), [(7, False), (8, True)])
def test_over_seven_days_an_event_is_a_strip_and_stands_in_no_cell(days: int, is_strip: bool) -> None:
    first = date(2026, 4, 28)
    view = lay_out(MAY, [entry("展", session(first, first + timedelta(days=days - 1)))], {})
    assert (titles(view.runs), any(day.events for day in view.days)) == (["展"] if is_strip else [], not is_strip)


@pytest.mark.parametrize(
    ("first", "last", "stands"),
    [
        (date(2026, 5, 1), date(2026, 5, 10), "undated"),
        (date(2026, 3, 1), date(2026, 5, 31), "undated"),
        (date(2026, 2, 1), date(2026, 5, 31), "long_term"),
        (date(2026, 6, 1), date(2026, 6, 30), None),
        (None, None, None),
    ],
)
def test_what_names_no_day_stands_in_each_month_it_touches_and_apart_over_three(
    first: date | None, last: date | None, stands: str | None
) -> None:
    view = lay_out(MAY, [entry("旬", first_on=first, last_on=last, precision=Precision.MONTH)], {})
    assert [name for name in ("runs", "undated", "long_term") if getattr(view, name)] == ([stands] if stands else [])
    assert not any(day.events for day in view.days)


def test_a_leap_february_has_its_day_and_a_new_year_is_crossed() -> None:
    over = entry("跨年", session(date(2023, 12, 30), date(2024, 1, 2)))
    leap = entry("闰日", session(date(2024, 2, 29)))
    assert titles(lay_out(date(2024, 2, 1), [leap], {}).days[28].events) == ["闰日"]
    assert [len(day.events) for day in lay_out(date(2024, 1, 1), [over], {}).days[:3]] == [1, 1, 0]
    assert [len(day.events) for day in lay_out(date(2023, 12, 1), [over], {}).days[-3:]] == [0, 1, 1]


def test_a_narrowed_month_keeps_its_days_and_counts_what_is_left() -> None:
    two = [entry("甲", session(MAY)), entry("乙", session(MAY))]
    view = lay_out(MAY, two, shipped(2026)).only({two[1].id})
    assert (titles(view.days[0].events), view.counts()[Tier.DISTRICT], view.days[0].holiday) == (
        ["乙"],
        1,
        HolidayShown("劳动节", workday=False),
    )
    assert (view.holidays_announced, lay_out(MAY, [], None).holidays_announced) == (True, False)


def test_a_view_is_true_until_the_next_instant_that_turns_one_of_its_events_or_the_day() -> None:
    now = datetime(2026, 5, 2, 8, tzinfo=SHANGHAI)
    midnight = datetime(2026, 5, 3, tzinfo=SHANGHAI)
    opens, full, closes = (now + timedelta(hours=n) for n in (2, 3, 4))
    sign_up = entry("报名", registration_windows=((opens, closes),), registration_free=((opens, full),))
    over = entry("结束", over_at=now + timedelta(hours=1))
    stopped = entry("取消", over_at=now + timedelta(minutes=1), status=EventStatus.CANCELLED)
    assert [next_turn_of(entries, now) for entries in ([], [stopped], [sign_up], [sign_up, over])] == [
        midnight,
        midnight,
        opens,
        over.over_at,
    ]
    assert [next_turn_of([sign_up], at) for at in (opens, full)] == [full, closes]
