import gzip
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar import revisions
from events.calendar.ical.rendering import render_event, render_stale
from events.calendar.models import Event, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.feeds.feeds_ready import Feeds
from events.feeds.service import export_feeds
from events.regions.rules import Tier
from infra import clock
from infra.installation import Installation, open_installation
from infra.settings import read_settings
from tests.apps import app_over
from tests.databases import Server
from tests.filling import Day, add_event, add_series, occurrence, touch
from tests.waiting import until

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
TODAY = date(2026, 5, 1)
FEED = "/feeds/events.ics"


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(NOON):
        yield


async def published(installation: Installation, title: str, *days: Day | Occurrence, **columns: Any) -> UUID:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, title, *days, **columns)
        await render_event(session, event_id)
        await revisions.touch(session, ["2026-05"])
    return event_id


async def change(installation: Installation, one: Occurrence, event_status: EventStatus = EventStatus.PUBLISHED, **columns: Any) -> None:
    async with installation.sessions.begin() as session:
        one = await session.merge(one)
        await session.execute(update(Event).where(Event.id == one.event_id).values(status=event_status))
        await touch(session, one, **columns)
        await render_event(session, one.event_id)
        await revisions.touch(session, revisions.months_between(one.first_on, one.last_on))


def titles(answer: httpx.Response) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


async def test_the_feed_of_an_address_carries_what_its_filters_find_by_start_and_id(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    late = datetime(2026, 5, 9, 11, tzinfo=UTC)
    await published(installation, "晚", late)
    await published(installation, "全天", date(2026, 5, 9))
    await published(installation, "街道赛", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    await published(installation, "两场", late - timedelta(hours=6), date(2026, 5, 2))
    await published(installation, "市级赛", date(2026, 5, 4), tier=Tier.CITY, region_code="310000")
    assert titles(await client.get(FEED)) == ["两场", "街道赛", "市级赛", "全天", "两场", "晚"]
    assert titles(await client.get(f"{FEED}?region=310110&tier=district&tier=street")) == ["两场", "街道赛", "全天", "两场", "晚"]
    assert titles(await client.get(f"{FEED}?q=街道")) == ["街道赛"]


async def test_a_feed_reaches_60_days_back_and_400_ahead(client: httpx.AsyncClient, installation: Installation) -> None:
    for days in (-61, -60, 400, 401):
        await published(installation, f"{days}", TODAY + timedelta(days=days))
    await published(installation, "long", (TODAY - timedelta(days=90), TODAY - timedelta(days=60)))
    assert sorted(titles(await client.get(FEED))) == ["-60", "400", "long"]


@pytest.mark.parametrize(
    ("status", "columns", "prefix"),
    [
        (EventStatus.PUBLISHED, {"status": OccurrenceStatus.CANCELLED}, "【已取消】"),
        (EventStatus.PUBLISHED, {"removed_at": NOON}, "【已取消】"),
        (EventStatus.CANCELLED, {}, "【已取消】"),
        (EventStatus.DRAFT, {}, "【已取消】"),
        (EventStatus.POSTPONED, {}, "【已延期】"),
    ],
)
async def test_what_was_stopped_is_told_for_30_days_and_then_gone(
    client: httpx.AsyncClient, installation: Installation, status: EventStatus, columns: dict[str, Any], prefix: str
) -> None:
    one = occurrence(0, date(2026, 7, 20))
    await published(installation, "篮球赛", one)
    await change(installation, one, status, **columns)
    for days, expected in ((0, [f"{prefix}篮球赛"]), (30, [f"{prefix}篮球赛"]), (31, [])):
        with clock.frozen(NOON + timedelta(days=days)):
            answer = await client.get(FEED)
        assert titles(answer) == expected
        assert answer.content.count(b"STATUS:CANCELLED") == len(expected)
        assert Calendar.from_ical(answer.content).walk("VTIMEZONE")


async def test_what_was_never_rendered_is_not_shown_and_what_waits_shows_its_old_self(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    one = occurrence(0, date(2026, 5, 2))
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "篮球赛", one)
    assert titles(await client.get(FEED)) == []
    async with installation.sessions.begin() as session:
        await render_event(session, event_id)
    before = await client.get(FEED)
    async with installation.sessions.begin() as session:
        await session.execute(update(Event).values(title="排球赛"))
        await session.execute(update(Occurrence).values(sequence=1, changed_at=NOON + timedelta(hours=1)))
    assert (await client.get(FEED)).content == before.content
    async with installation.sessions.begin() as session:
        assert await render_stale(session) == 1
    after = Calendar.from_ical((await client.get(FEED)).content).walk("VEVENT")[0]
    assert (after["SUMMARY"], after["SEQUENCE"], after["LAST-MODIFIED"].dt, after["UID"]) == (
        "排球赛",
        1,
        NOON + timedelta(hours=1),
        f"{one.id}@saili",
    )


async def test_a_feed_is_text_calendar_whatever_is_accepted(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", date(2026, 5, 2))
    for accept in ("*/*", "application/json", "text/html", ""):
        answer = await client.get(FEED, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["content-disposition"] == "inline; filename=\"events.ics\"; filename*=UTF-8''events.ics"
    assert answer.headers["last-modified"] == "Fri, 01 May 2026 04:00:00 GMT"
    assert answer.headers["cache-control"].startswith("public, max-age=60")


async def test_the_same_rows_are_answered_304_and_a_change_anew(client: httpx.AsyncClient, installation: Installation) -> None:
    one = occurrence(0, date(2026, 5, 2))
    await published(installation, "篮球赛", one)
    first, second = await client.get(FEED), await client.get(FEED)
    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
    assert not first.headers["etag"].startswith("W/")
    known = {"If-None-Match": first.headers["etag"]}
    same = await client.get(FEED, headers=known)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    await change(installation, one, label="决赛")
    changed = await client.get(FEED, headers=known)
    assert (changed.status_code, titles(changed)) == (200, ["篮球赛 决赛"])


async def test_head_tells_what_get_would(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", date(2026, 5, 2))
    for address in (FEED, "/feeds/tiers/district.ics"):
        got, head = await client.get(address), await client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers == got.headers


async def test_compressed_bytes_are_the_same_feed_under_a_tag_of_their_own(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", date(2026, 5, 2))
    plain = await client.get(FEED, headers={"Accept-Encoding": "identity"})
    async with client.stream("GET", FEED, headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_status_is_no_part_of_a_feed(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", date(2026, 4, 2))
    assert titles(await client.get(f"{FEED}?status=cancelled")) == titles(await client.get(f"{FEED}?status=x")) == ["篮球赛"]


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("registration=open", {("registration", "not_a_subscription")}),
        ("alarm=10081", {("alarm", "out_of_range")}),
        ("alarm=-1&tier=x&nothing=1", {("alarm", "out_of_range"), ("tier", "unknown_value"), ("nothing", "unknown_field")}),
    ],
)
async def test_an_address_that_is_no_subscription_is_refused_naming_every_fault(
    client: httpx.AsyncClient, query: str, faults: set[tuple[str, str]]
) -> None:
    answer = await client.get(f"{FEED}?{query}")
    assert answer.status_code == 422
    assert {(fault["path"], fault["code"]) for fault in answer.json()["errors"]} == faults


async def test_a_reminder_is_added_only_for_who_asks(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", datetime(2026, 5, 2, 1, tzinfo=UTC))
    for query, alarms in (("", []), ("?registration=&alarm=", []), ("?alarm=0", [0]), ("?alarm=10080", [10080])):
        found = Calendar.from_ical((await client.get(FEED + query)).content).walk("VALARM")
        assert [-alarm["TRIGGER"].dt / timedelta(minutes=1) for alarm in found] == alarms


async def test_a_standard_feed_takes_a_reminder_and_swallows_nothing(client: httpx.AsyncClient, installation: Installation) -> None:
    await published(installation, "篮球赛", datetime(2026, 5, 2, 1, tzinfo=UTC))
    address = "/feeds/regions/310110.ics"
    for query, alarms in (("", []), ("?alarm=60", [60]), ("?alarm=", []), ("", [])):
        found = Calendar.from_ical((await client.get(address + query)).content).walk("VALARM")
        assert [-alarm["TRIGGER"].dt / timedelta(minutes=1) for alarm in found] == alarms
    for query, faults in (
        ("?alarm=abc&region=310110&colour=red", {"alarm": "out_of_range", "region": "unknown_field", "colour": "unknown_field"}),
        ("?status=published", {"status": "unknown_field"}),
    ):
        refused = await client.get(address + query)
        assert (refused.status_code, {e["path"]: e["code"] for e in refused.json()["errors"]}) == (422, faults)


async def test_without_a_tag_the_date_says_whether_a_feed_is_the_same(client: httpx.AsyncClient, installation: Installation) -> None:
    kept, leaving = occurrence(0, date(2026, 5, 2)), occurrence(0, date(2026, 5, 3))
    await published(installation, "篮球赛", kept)
    event_id = await published(installation, "龙舟赛", leaving)
    feed = "/feeds/tiers/district.ics"
    first = await client.get(feed)
    date_of = {"If-Modified-Since": first.headers["last-modified"]}
    for headers, status in (
        (date_of, 304),
        ({"If-Modified-Since": "Sat, 02 May 2026 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Fri, 01 May 2026 03:59:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        (date_of | {"If-None-Match": '"another"'}, 200),
    ):
        assert (await client.get(feed, headers=headers)).status_code == status
    async with installation.sessions.begin() as session:  # what leaves a feed changes nothing of what stays in it
        await session.execute(update(Event).where(Event.id == event_id).values(tier=Tier.STREET))
        await revisions.touch(session, ["2026-05"])
    after = await client.get(feed, headers=date_of)
    assert (after.status_code, titles(after)) == (200, ["篮球赛"])


async def test_standard_feeds_are_of_a_tier_a_region_or_a_series(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        series_id, _ = await add_series(session, "滨江", "韵动杨浦·滨江")
    await published(installation, "街道赛", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016", series_id=series_id)
    await published(installation, "市级赛", date(2026, 5, 4), tier=Tier.CITY, region_code="310000")
    for path, name, expected in (
        ("tiers/street", "赛历 · 街镇级", ["街道赛"]),
        ("regions/310110", "赛历 · 杨浦区", ["街道赛"]),
        ("regions/310000", "赛历 · 上海市", ["街道赛", "市级赛"]),
        ("regions/410100", "赛历 · 郑州市", []),
        ("series/滨江", "赛历 · 韵动杨浦·滨江", ["街道赛"]),
    ):
        answer = await client.get(f"/feeds/{path}.ics")
        [calendar] = Calendar.from_ical(answer.content, multiple=True)
        assert titles(answer) == expected
        assert calendar["NAME"] == calendar["X-WR-CALNAME"] == name


@pytest.mark.parametrize(
    "path", ["tiers/county.ics", "regions/999999.ics", "series/none.ics", "sports/run.ics", "regions/310110", "tiers/.ics"]
)
async def test_a_feed_that_is_none_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/feeds/{path}")).status_code == 404


async def test_what_is_kept_ready_gives_way_to_a_commit_at_once(installation: Installation) -> None:
    one = occurrence(0, date(2027, 5, 31))
    await published(installation, "篮球赛", one)
    app = app_over(installation)
    feeds: Feeds = app.state.feeds
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client, feeds.ready.polling():
        await until(lambda: feeds.ready.trusted)
        for address, key in ((FEED, ("feed", b"")), ("/feeds/tiers/district.ics", ("tiers", "district.ics"))):
            await client.get(address)
            assert feeds.held(key)
        await change(installation, one, label="决赛")
        for address in (FEED, "/feeds/tiers/district.ics"):
            assert titles(await client.get(address)) == ["篮球赛 决赛"]


@asynccontextmanager
async def losing_its_database(server: Server, template: str, data: Path) -> AsyncIterator[tuple[Installation, httpx.AsyncClient, Any]]:
    """An installation of its own, and the way to take its database away for good."""
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = await server.create(name, template)
    installation = open_installation(read_settings({"SAILI_DATA": str(data), "SECRET_KEY": "k" * 40}), dsn)
    transport = httpx.ASGITransport(app_over(installation), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        try:
            yield installation, client, lambda: server.drop(name)
        finally:
            await installation.close()
            await server.drop(name)


async def test_without_a_database_the_last_good_bytes_are_served_or_nothing(database_server: Server, template: str, tmp_path: Path) -> None:
    async with losing_its_database(database_server, template, tmp_path) as (installation, client, lose):
        await published(installation, "篮球赛", date(2026, 5, 2))
        good = await client.get(FEED)
        assert titles(good) == ["篮球赛"]
        await export_feeds(installation)
        await lose()
        again = await client.get(FEED)
        assert (again.status_code, again.content, again.headers["etag"]) == (200, good.content, good.headers["etag"])
        exported = await client.get("/feeds/tiers/district.ics")
        assert (exported.status_code, titles(exported)) == (200, ["篮球赛"])
        for unknown in (f"{FEED}?tier=city", "/feeds/tiers/city.ics"):
            refused = await client.get(unknown)
            assert (refused.status_code, refused.headers["retry-after"], refused.headers["content-type"]) == (
                503,
                "60",
                "application/problem+json",
            )


@pytest.mark.parametrize(
    "address", ["regions/310110%00", "regions/%ED%A0%80", "series/a%00b", "tiers/%00", "regions/x", "series/" + "a" * 3000]
)
async def test_what_cannot_be_a_key_is_not_found(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(f"/feeds/{address}.ics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_fault_of_ours_is_not_passed_off_as_a_database_that_is_away(
    client: httpx.AsyncClient, installation: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(connection: AsyncConnection, *_: Any, **__: Any) -> None:
        await connection.execute(text("SELECT nothing"))

    monkeypatch.setattr("events.feeds.feeds_ready.make_feed", broken)
    answer = await client.get(FEED)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert f"{FEED} failed" in caplog.text
