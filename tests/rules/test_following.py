"""Which change goes into whose digest, what can't wait for one, and which services are called at all. No database."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from events.calendar.rules import ChangeKind
from events.notices.consent import CONSENTS, CURRENT
from events.notices.following import spans
from events.notices.gathering import Follow, Item, shared_out
from events.notices.queries import Sitting
from events.notices.rules import urgent
from infra.crypto import Keys
from infra.settings import read_settings
from infra.vapid import allowed, is_browser_key, public_key

NOW = datetime(2026, 5, 2, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
EVENT, OTHER, SERIES = UUID(int=1), UUID(int=2), UUID(int=3)


def item(number: int = 1, **changes: object) -> Item:
    values = {"event_id": EVENT, "within": frozenset({"310110", "310110016"}), "series_id": SERIES, "sports": frozenset({"basketball"})}
    return Item(UUID(int=number), ChangeKind.PUBLISHED, None, NOW, **values | changes)


def follow(number: int, since: datetime = NOW - timedelta(days=1), **what: object) -> Follow:
    return Follow(UUID(int=number), since, **what)


def shares(items: Iterable[Item], *follows: Follow) -> dict[int, list[int]]:
    return {id_.int: [one.change_id.int for one in its] for id_, its in shared_out(items, follows).items()}


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"region_code": "310110"}, True),
        ({"region_code": "310110017"}, False),
        ({"series_id": SERIES}, True),
        ({"series_id": OTHER}, False),
        ({"sport": "basketball"}, True),
        ({"sport": "football"}, False),
    ],
)
def test_a_follower_is_told_of_what_is_followed(what: dict[str, object], told: bool) -> None:
    assert shares([item()], follow(1, **what)) == {1: [1] * told}


def test_an_event_without_series_is_of_no_series() -> None:
    assert shares([item(series_id=None)], follow(1, sport="football")) == {1: []}


def test_whoever_follows_an_event_by_several_ways_is_told_by_the_oldest_of_them_once() -> None:
    follows = follow(3, sport="basketball"), follow(2, region_code="310110")
    assert shares([item(1), item(2, within=frozenset())], *follows) == {2: [1], 3: [2]}


def test_who_follows_the_event_itself_was_told_at_once() -> None:
    assert shares([item(1), item(2, event_id=OTHER)], follow(1, region_code="310110"), follow(9, event_id=EVENT)) == {1: [2], 9: []}


def test_what_was_gathered_before_one_followed_is_no_news() -> None:
    assert shares([item()], follow(1, NOW + timedelta(seconds=1), region_code="310110")) == {1: []}


@pytest.mark.parametrize(
    ("kind", "begins", "ends", "now"),
    [
        (ChangeKind.CANCELLED, 47, 50, True),
        (ChangeKind.POSTPONED, 48, 50, True),
        (ChangeKind.OCCURRENCE_CANCELLED, -1, 1, True),
        (ChangeKind.CANCELLED, 49, 50, False),
        (ChangeKind.CANCELLED, -3, -1, False),
        (ChangeKind.MOVED, 1, 2, False),
        (ChangeKind.PUBLISHED, 1, 2, False),
    ],
)
def test_only_what_stops_something_near_cannot_wait(kind: ChangeKind, begins: int, ends: int, now: bool) -> None:
    assert urgent(kind, NOW, [(NOW + timedelta(hours=begins), NOW + timedelta(hours=ends))]) is now


def test_a_session_without_hours_is_its_whole_days_in_the_citys_zone() -> None:
    [(begins, ends)] = spans([Sitting(date(2026, 5, 2), date(2026, 5, 3))], ZONE)
    assert (begins, ends) == (datetime(2026, 5, 2, tzinfo=ZONE), datetime(2026, 5, 4, tzinfo=ZONE))
    [(begins, _)] = spans([Sitting(date(2026, 5, 2), date(2026, 5, 2), NOW)], ZONE)
    assert begins == NOW


def test_a_text_that_people_agreed_to_never_changes_under_its_version() -> None:
    assert CURRENT in CONSENTS
    assert {version: hashlib.sha256(text.encode()).hexdigest()[:16] for version, text in CONSENTS.items()} == {"2026-1": "8253feb5db176659"}


SERVICES = read_settings({}).push_services


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:443/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=B",
        "https://web.push.apple.com/Q",
    ],
)
def test_the_services_of_known_browsers_are_called(endpoint: str) -> None:
    assert allowed(endpoint, SERVICES)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilnotify.windows.com/x",
        "https://notify.windows.com/x",
        "https://.notify.windows.com/x",
        "https://evil.example%2f.notify.windows.com/x",
        "https://evil.example%00.notify.windows.com/x",
        "https://a..notify.windows.com/x",
        "https://-.notify.windows.com/x",
        "https://a_b.notify.windows.com/x",
        "https://evil.example&.notify.windows.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://user:secret@fcm.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://evil.example/#fcm.googleapis.com",
        "https://fcm.googleapis.com\t.evil.example/x",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/\r\nHost: x",
        "https://fcm.googleapis.com:99999/x",
        "file:///etc/passwd",
        "https://fcm。googleapis.com/x",
        "https://[fcm.googleapis.com/x",
        "",
        "https://fcm.googleapis.com/" + "x" * 1_000,
    ],
)
def test_no_other_address_is_called(endpoint: str) -> None:
    assert not allowed(endpoint, SERVICES)


def test_an_origin_on_the_list_allows_just_that() -> None:
    services = ("http://127.0.0.1:9000",)
    assert allowed("http://127.0.0.1:9000/push/1", services)
    assert [allowed(one, services) for one in ("https://127.0.0.1:9000/x", "http://127.0.0.1:9001/x", "http://127.0.0.1/x")] == [False] * 3


def test_the_key_is_the_installations_and_the_same_in_every_process() -> None:
    one, two = Keys(b"a" * 32), Keys(b"b" * 32)
    assert public_key(one) == public_key(Keys(b"a" * 32)) != public_key(two)
    assert is_browser_key(public_key(one), "A" * 22)


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("", ""), ("AAAA", "A" * 22), ("B" + "A" * 86, "A" * 22), (public_key(Keys(b"a" * 32)), "AAAA"), ("é", "é")]
)
def test_what_is_no_browsers_key_is_refused(p256dh: str, auth: str) -> None:
    assert not is_browser_key(p256dh, auth)
