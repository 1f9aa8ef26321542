"""Feeds of news, read back by a reader that people's programs are made of, and by parsers."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar import revisions, service
from events.calendar.dates import Daypart
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.feeds.news import plain
from events.feeds.rules import MOST_NEWS
from infra import clock
from infra.installation import Installation
from tests.apps import app_over
from tests.filling import add_event, add_series, add_venue, occurrence
from tests.offices import YANGPU, draft, hour
from tests.statements import sent
from tests.waiting import until

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
KINDS = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8", "json": "application/feed+json"}
NASTY = '滨江<健步走> & "秀" 🏃\x0b\x00]]>'


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(NOON):
        yield


async def add(installation: Installation, title: str, *days: Any, **columns: Any) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, title, *days, **columns)


def parsed(answer: httpx.Response) -> Any:
    """As a reader of news sees it; it must find nothing amiss."""
    assert answer.status_code == 200
    ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    found = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert not found.bozo, found.get("bozo_exception")
    return found


async def titles(client: httpx.AsyncClient, query: str = "") -> list[str]:
    """The titles of the three formats, which must be the same."""
    atom, rss = [parsed(await client.get(f"/feeds/events.{kind}{query}")).entries for kind in ("atom", "rss")]
    listed = (await client.get(f"/feeds/events.json{query}")).json()["items"]
    found = [[one["title"] for one in entries] for entries in (atom, rss, listed)]
    assert found[0] == found[1] == found[2]
    return found[0]


async def test_what_was_published_or_changed_last_comes_first(client: httpx.AsyncClient, installation: Installation) -> None:
    for days, title in ((3, "早"), (1, "晚"), (2, "中")):
        await add(installation, title, date(2026, 5, 20), changed_at=NOON - timedelta(days=days))
    assert await titles(client) == ["晚", "中", "早"]


async def test_news_keeps_to_the_filters_and_to_the_days_of_the_calendar_feeds(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    await add(installation, "区里的", date(2026, 5, 2))
    await add(installation, "市里的", date(2026, 5, 2), region_code="310000", tier="city")
    await add(installation, "草稿", date(2026, 5, 2), status=EventStatus.DRAFT)
    await add(installation, "很久以前", date(2026, 2, 1))
    await add(installation, "没有日子", date_text="待定")
    assert sorted(await titles(client)) == ["区里的", "市里的"]
    assert await titles(client, "?region=310110") == await titles(client, "?tier=district&status=draft") == ["区里的"]


async def test_it_is_bounded(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(MOST_NEWS + 3):
            await add_event(session, f"第{n}场", date(2026, 5, 2), changed_at=NOON - timedelta(minutes=n))
    found = await titles(client)
    assert (len(found), found[0], found[-1]) == (MOST_NEWS, "第0场", f"第{MOST_NEWS - 1}场")


async def published_walk(session: AsyncSession) -> Any:
    made = await service.create_event(session, YANGPU, draft(hour(2026, 5, 2, 9), title="滨江健步走", organiser="杨浦区体育局"))
    await service.publish(session, YANGPU, made.id)
    return made


async def test_an_item_says_when_it_was_published_and_when_changed(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        made = await published_walk(session)
    with clock.frozen(NOON + timedelta(hours=3)):
        async with installation.sessions.begin() as session:
            await service.cancel(session, YANGPU, made.id, reason="大风")
    address = f"{installation.settings.public_url}/events/{made.id}"
    [entry] = parsed(await client.get("/feeds/events.atom")).entries
    assert (entry.id, entry.link, entry.title) == (made.id.urn, address, "【已取消】滨江健步走")
    assert (entry.published, entry.updated, entry.author) == ("2026-05-01T04:00:01Z", "2026-05-01T07:00:00Z", "杨浦区体育局")
    assert "时间：2026-05-02 09:00<br />" in entry.content[0].value
    [item] = parsed(await client.get("/feeds/events.rss")).entries
    assert (item.id, item.link, item.published, item.guidislink) == (made.id.urn, address, "Fri, 01 May 2026 04:00:01 GMT", False)
    [one] = (await client.get("/feeds/events.json")).json()["items"]
    assert (one["id"], one["url"]) == (made.id.urn, address)
    assert (one["date_published"], one["date_modified"][:16]) == ("2026-05-01T04:00:01Z", "2026-05-01T15:00")


async def test_a_feed_names_itself_and_the_page_that_people_read(client: httpx.AsyncClient, installation: Installation) -> None:
    await add(installation, "区里的", date(2026, 5, 2))
    site = installation.settings.public_url
    atom = parsed(await client.get("/feeds/events.atom?region=310110&status=")).feed
    assert (atom.title, atom.id) == ("赛历 · 杨浦区", f"{site}/feeds/events.atom?region=310110")
    links = {link["rel"]: link["href"] for link in atom.links}
    assert links == {"self": atom.id, "alternate": f"{site}/calendar?region=310110"}
    rss = parsed(await client.get("/feeds/events.rss?region=310110")).feed
    assert (rss.link, rss.language) == (f"{site}/calendar?region=310110", "zh-CN")
    found = (await client.get("/feeds/events.json?region=310110")).json()
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (found["home_page_url"], found["feed_url"]) == (rss.link, f"{site}/feeds/events.json?region=310110")


async def test_any_text_stays_text(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "<b>馆</b>", address="路 & 号")
        series, _ = await add_series(session, "s", "系列 <1>\x07")
        summary = "第一行\r\n<script>alert(1)</script>"
        await add_event(session, NASTY.replace("\x00", ""), date(2026, 5, 2), venue_id=venue, series_id=series, summary=summary)
    expected = '滨江<健步走> & "秀" 🏃]]>'
    raw = await client.get("/feeds/events.atom?q=%E6%BB%A8%E6%B1%9F&series=s")
    tree = ElementTree.fromstring(raw.content)  # noqa: S314 - our own answer
    name = "{http://www.w3.org/2005/Atom}"
    assert tree.findtext(f"{name}entry/{name}title") == expected
    assert "系列 <1>" in (tree.findtext(f"{name}title") or "")
    html = tree.findtext(f"{name}entry/{name}content") or ""
    assert "第一行<br>&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;馆&lt;/b&gt; 路 &amp; 号" in html
    [one] = json.loads((await client.get("/feeds/events.json")).content)["items"]
    assert one["title"] == expected
    parsed(await client.get("/feeds/events.rss"))


def test_what_xml_cannot_hold_is_dropped() -> None:
    assert plain("a\x00\x0b\x1f\ufffe\ud800b\t\n\r🏃中") == "ab\t\n\r🏃中"


async def test_sessions_are_told_in_words_and_a_long_list_is_cut(client: httpx.AsyncClient, installation: Installation) -> None:
    evening = occurrence(0, date(2026, 5, 2), daypart=Daypart.EVENING, label="预赛")
    off = occurrence(1, (date(2026, 5, 3), date(2026, 5, 4)), status=OccurrenceStatus.CANCELLED)
    await add(installation, "两场", evening, off)
    await add(installation, "四十场", *(date(2026, 6, 1) + timedelta(days=n) for n in range(40)), changed_at=NOON - timedelta(days=1))
    few, many = (await client.get("/feeds/events.json")).json()["items"]
    assert few["content_text"].startswith("时间：2026-05-02 晚上 预赛；2026-05-03 至 2026-05-04（本场取消）\n地区：杨浦区")
    assert "；2026-06-08；共 40 场\n" in many["content_text"]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_rows_are_the_same_bytes_and_answered_304(client: httpx.AsyncClient, installation: Installation, kind: str) -> None:
    await add(installation, "篮球赛", date(2026, 5, 2))
    async with installation.sessions.begin() as session:
        await revisions.touch(session, ["2026-05"])
    address = f"/feeds/events.{kind}"
    first, second = await client.get(address), await client.get(address, headers={"Accept": "text/html"})
    assert first.content == second.content
    assert first.headers["content-type"] == KINDS[kind]
    assert first.headers["last-modified"] == "Fri, 01 May 2026 04:00:00 GMT"
    assert first.headers["access-control-allow-origin"] == "*"
    same = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_feed_without_news_is_whole(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.get(f"/feeds/events.{kind}?series=nobody")
    assert answer.headers["last-modified"] == "Thu, 30 Apr 2026 16:00:00 GMT"  # midnight in the city: its window moved then
    if kind == "json":
        assert answer.json()["items"] == []
    else:
        assert parsed(answer).entries == []


@pytest.mark.parametrize(
    ("query", "faults"),
    [("registration=open", {"not_a_subscription"}), ("alarm=60", {"unknown_field"}), ("tier=x&y=1", {"unknown_value", "unknown_field"})],
)
async def test_an_address_that_is_no_subscription_is_refused(client: httpx.AsyncClient, query: str, faults: set[str]) -> None:
    for kind in KINDS:
        answer = await client.get(f"/feeds/events.{kind}?{query}")
        assert (answer.status_code, {fault["code"] for fault in answer.json()["errors"]}) == (422, faults)


async def test_what_is_kept_ready_gives_way_to_a_commit_at_once(installation: Installation) -> None:
    app = app_over(installation)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client, app.state.feeds.ready.polling():
        await until(lambda: app.state.feeds.ready.trusted)
        assert await titles(client) == []
        assert app.state.feeds.held(("atom", b""))
        async with installation.sessions.begin() as session:
            await add_event(session, "刚刚发布", date(2026, 5, 2))
            await revisions.touch(session, ["2026-05"])
        assert await titles(client) == ["刚刚发布"]


async def test_a_feed_takes_a_bounded_number_of_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    await add(installation, "篮球赛", date(2026, 5, 2))
    with sent(installation) as statements:
        await client.get("/feeds/events.atom?region=310110&series=a&board=b&sport=c")
    assert len(statements) == 4


@pytest.mark.parametrize("address", ["/feeds/events.ics", "/api/v1/calendar/2026-05", "/api/v1/regions?tier=city", "/api/v1/events?nope=1"])
async def test_any_site_may_read_what_everybody_may_and_nobody_is_let_in_with_cookies(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address, headers={"Origin": "https://street.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    asked = {"Origin": "https://street.example", "Access-Control-Request-Method": "POST"}
    preflight = await client.options("/api/v1/events", headers=asked)
    assert "access-control-allow-origin" not in preflight.headers
    posted = await client.post("/api/v1/events", headers={"Origin": "https://street.example"}, json={})
    assert "access-control-allow-origin" not in posted.headers


async def test_pages_are_for_our_own_site_alone(client: httpx.AsyncClient) -> None:
    for address in ("/calendar/2026-05", "/registrations/manage", "/health/live"):
        assert "access-control-allow-origin" not in (await client.get(address, headers={"Accept": "text/html"})).headers
