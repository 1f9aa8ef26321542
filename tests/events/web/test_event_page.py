"""The page of an event as its bytes say it: what it tells, to whom, and what it costs."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import httpx
import pytest

from events.calendar.models import Holiday
from events.calendar.rules import Datum, EventStatus
from events.calendar.short import code_of
from infra import clock
from infra.installation import Installation
from tests.apps import app_of
from tests.filling import add_event, add_series, add_venue
from tests.statements import sent
from tests.teams import desk, enter, make_division, make_event

HTML = {"Accept": "text/html"}
NOON = datetime(2026, 5, 2, 4, tzinfo=UTC)
MARKUP = "</script><b>&\"'"


async def page(client: httpx.AsyncClient, event: UUID | str, query: str = "") -> str:
    answer = await client.get(f"/events/{event}{query}", headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def text(html: str) -> str:
    """What a reader reads of it."""
    body = re.sub(r"<(script|svg).*?</\1>", "", html.partition("<main")[2], flags=re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", body).split())


def data(html: str) -> dict[str, Any]:
    """The schema.org data of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


async def add(installation: Installation, title: str = "滨江健步走", *days: Any, **columns: Any) -> UUID:
    async with installation.sessions.begin() as session:
        return await add_event(session, title, *(days or (date(2026, 5, 16),)), **columns)


async def test_it_tells_everything_that_the_office_said(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        series, (board,) = await add_series(session, "xiu", "韵动杨浦·秀出来", "滨江主题")
        venue = await add_venue(session, "滨江绿地", address="杨树浦路 1 号")
    told = {
        "summary": "欢迎\n全家一起来", "eligibility": "12 周岁以上", "bring": "水壶", "fee": "每人 20 元", "directions": "地铁 12 号线",
        "fuse": "雷电时停止", "contact": "021-1", "organiser": "杨浦区体育局", "undertaker": "某俱乐部", "source_url": "https://example.org/a?b=1&c=2",
    }  # fmt: skip
    event = await add(installation, series_id=series, board_id=board, venue_id=venue, audience=["family"], **told)
    with clock.frozen(NOON):
        html = await page(client, event)
    said = text(html)
    for value in (*told.values(), "滨江绿地", "杨树浦路 1 号", "韵动杨浦·秀出来", "滨江主题", "family", "2026年5月16日 周六"):
        assert " ".join(value.split()).replace("&", "&amp;") in said, value
    assert "农历三月三十" in said
    assert "主办单位没有写明" not in said


async def test_what_was_not_said_is_named_and_nothing_is_made_up(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation, date_text="5月上旬", first_on=date(2026, 5, 1), last_on=date(2026, 5, 10))
    async with installation.sessions.begin() as session:
        bare = await add_event(session, "待定的", date_text="5月上旬", first_on=date(2026, 5, 1), last_on=date(2026, 5, 10))
    said = text(await page(client, event))
    assert "费用 主办单位没有写明" in said
    assert "参加条件、携带物品、联系方式：主办单位没有写明。" in said
    html = await page(client, bare)
    assert ("5月上旬" in text(html), "地点 还没有公布" in text(html)) == (True, True)
    assert "startDate" not in data(html)


async def test_the_words_of_the_office_stand_beside_the_days_only_where_they_say_more(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    starts = datetime(2026, 5, 16, 1, tzinfo=UTC)
    for written, shown in (("2026年5月16日 9:00—11:00", False), ("5月16日9:00-11:00", False), ("5月16日（雨天顺延） 9:00—11:00", True)):
        event = await add(installation, "篮球赛", starts, date_text=written)
        assert ("原文：" in text(await page(client, event))) == shown, written


async def test_a_page_costs_four_statements_at_the_most(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    for _ in range(3):
        await make_division(installation, event_id=event)
    session_days = [date(2026, 5, 1) + timedelta(days=n) for n in range(40)]
    other = await add(installation, "四十场", *session_days)
    for asked in (event, other):
        with sent(installation) as statements:
            await page(client, asked)
        assert len(statements) <= 4, statements


async def test_of_many_sessions_a_dozen_stand_in_sight_from_the_next_one_on(client: httpx.AsyncClient, installation: Installation) -> None:
    days = [date(2026, 5, 2) + timedelta(days=n - 10) for n in range(40)]
    event = await add(installation, "联赛", *days)
    with clock.frozen(NOON):
        html = await page(client, event)
    lists = re.findall(r'<ul class="sittings">(.*?)</ul>', html, re.DOTALL)
    assert [part.count("<li") for part in lists] == [10, 12, 18]
    assert "2026年5月2日" in lists[1].partition("</li>")[0]
    assert ("已过去的 10 场" in html, "之后还有 18 场" in html, "共 40 场" in html) == (True, True, True)
    with clock.frozen(NOON + timedelta(days=300)):
        lists = re.findall(r'<ul class="sittings">(.*?)</ul>', await page(client, event), re.DOTALL)
    assert [part.count("<li") for part in lists] == [28, 12]


async def test_a_holiday_is_named_beside_its_day(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation, "劳动节健步走", date(2026, 5, 1), date(2026, 6, 3))
    async with installation.sessions.begin() as session:
        session.add(Holiday(on=date(2026, 6, 3), name="市民体育节", workday=False))
    said = text(await page(client, event))
    assert "农历三月十五 劳动节 （休）" in said.replace("劳动节（", "劳动节 （")
    assert "市民体育节（休）" in said


@pytest.mark.parametrize("datum", list(Datum))
async def test_each_map_gets_the_coordinates_of_its_own_system(client: httpx.AsyncClient, installation: Installation, datum: Datum) -> None:
    """One place, 江湾体育场's neighbourhood, in the system that the office uses: always the same two links."""
    places = {
        Datum.WGS84: (121.506, 31.305),
        Datum.CGCS2000: (121.506, 31.305),
        Datum.GCJ02: (121.510416, 31.302995),
        Datum.BD09: (121.516981, 31.308679),
    }
    lon, lat = places[datum]
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾 & 体育场", lon=lon, lat=lat, datum=datum)
    html = await page(client, await add(installation, venue_id=venue))
    (amap,) = re.findall(r"uri.amap.com/marker\?position=([\d.]+)%2C([\d.]+)&amp;name=%E6%B1%9F%E6%B9%BE\+%26\+", html)
    (tianditu,) = re.findall(r"map.tianditu.gov.cn/\?lon=([\d.]+)&amp;lat=([\d.]+)", html)
    assert [abs(float(a) - b) < 5e-5 for a, b in zip((*amap, *tianditu), (121.510416, 31.302995, 121.506, 31.305), strict=True)] == [
        True
    ] * 4
    geo = data(html)["location"]["geo"]
    assert (round(geo["longitude"], 4), round(geo["latitude"], 4)) == (121.506, 31.305)


async def test_without_coordinates_the_page_says_so(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "社区中心")
        unclear = await add_venue(session, "另一个", lon=121.5, lat=31.3)
    for place in (venue, unclear):
        html = await page(client, await add(installation, venue_id=place))
        assert ("没有提供坐标" in html, "tianditu" in html, "uri.amap.com/search?keyword=" in html) == (True, False, True)


async def test_places_left_and_the_waitlist_stand_at_the_top(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    division = await make_division(installation, event_id=event, quota=2)
    assert "还剩 2 个名额" in text(await page(client, event))
    for _ in range(3):
        await enter(installation, division)
    said = text(await page(client, event))
    assert ("名额已满，1 队候补" in said, "还剩 0（共 2）" in said, "候补 1 队" in said, "报名候补" in said) == (True, True, True, True)


async def test_a_stopped_event_says_so_first_and_why(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    headers = await desk(installation)
    await client.post(f"/api/v1/events/{event}/postpone", json={"reason": "江面风大"}, headers=headers)
    html = await page(client, event)
    assert "<strong>活动已延期</strong>：江面风大" in html
    assert data(html)["eventStatus"] == "https://schema.org/EventPostponed"
    await client.post(f"/api/v1/events/{event}/cancel", json={"reason": "航道施工"}, headers=headers)
    html = await page(client, event)
    assert "<strong>活动已取消</strong>：航道施工" in html
    assert data(html)["eventStatus"] == "https://schema.org/EventCancelled"


async def test_a_draft_is_nobodys_page(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await add(installation, status=EventStatus.DRAFT, number=7)
    assert (await client.get(f"/events/{event}", headers=HTML)).status_code == 404
    assert (await client.get(f"/e/{code_of(7)}", headers=HTML)).status_code == 404


@pytest.mark.parametrize("ending", ["", ".ics"])
async def test_an_event_has_one_address_and_every_other_way_to_write_it_leads_there(
    client: httpx.AsyncClient, installation: Installation, ending: str
) -> None:
    event = await add(installation, "滨江健步走", date(2026, 5, 2))
    for name in (str(event).upper(), f"urn:uuid:{event}", event.hex, f"{{{event}}}"):
        answer = await client.get(f"/events/{name}{ending}?lang=en", headers=HTML)
        assert (name, answer.status_code, answer.headers.get("location")) == (name, 308, f"/events/{event}{ending}?lang=en")
    assert (await client.get(f"/events/{event}{ending}", headers=HTML)).status_code != 308


async def test_the_short_address_leads_to_the_event_for_good_and_keeps_the_language(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event = await add(installation)
    short = re.search(r'<link rel="shortlink" href="([^"]+)">', await page(client, event))
    assert short
    path = short[1].removeprefix(installation.settings.public_url)
    assert re.fullmatch("/e/[0-9a-hjkmnp-tv-z]{6}", path)
    for typed, location in ((path, f"/events/{event}"), (f"{path.upper().replace('/E/', '/e/')}?lang=en", f"/events/{event}?lang=en")):
        answer = await client.get(typed, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (308, location)
    for nothing in ("/e/zzzzzz", "/e/abc", "/e/滨江"):
        assert (await client.get(nothing, headers=HTML)).status_code == 404


async def test_what_other_programs_read_is_the_event(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场", address="国和路 346 号")
    starts = datetime(2026, 5, 16, 1, tzinfo=UTC)
    event = await add(installation, "篮球赛", starts, venue_id=venue, organiser="杨浦区体育局", free=True, summary="来吧")
    html = await page(client, event)
    url = f"{installation.settings.public_url}/events/{event}"
    read = data(html)
    assert {name: read[name] for name in ("@type", "name", "startDate", "endDate", "eventStatus", "isAccessibleForFree")} == {
        "@type": "SportsEvent",
        "name": "篮球赛",
        "startDate": "2026-05-16T09:00:00+08:00",
        "endDate": "2026-05-16T11:00:00+08:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "isAccessibleForFree": True,
    }
    assert (read["organizer"]["name"], read["location"]["address"]["streetAddress"]) == ("杨浦区体育局", "国和路 346 号")
    assert read["offers"] == [{"@type": "Offer", "url": url, "price": "0", "priceCurrency": "CNY"}]
    assert "previousStartDate" not in read
    shared = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:]+|description)" content="([^"]*)">', html))
    about = "2026年5月16日 周六 09:00–11:00 · 江湾体育场 · 杨浦区体育局 · 来吧"
    assert (shared["og:title"], shared["og:image"], shared["og:description"], shared["description"]) == (
        "篮球赛",
        f"{url}/picture.png?lang=zh-CN",
        about,
        about,
    )
    assert (shared["twitter:card"], f'<link rel="canonical" href="{url}">' in html) == ("summary_large_image", True)


async def test_offers_say_whether_a_place_is_left(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    division = await make_division(installation, event_id=event, quota=1)
    (offer,) = data(await page(client, event))["offers"]
    assert (offer["name"], offer["availability"]) == ("五人制篮球 男子组", "https://schema.org/InStock")
    await enter(installation, division)
    (offer,) = data(await page(client, event))["offers"]
    assert offer["availability"] == "https://schema.org/SoldOut"


async def test_markup_in_every_field_stays_text(client: httpx.AsyncClient, installation: Installation) -> None:
    fields = ("organiser", "undertaker", "contact", "summary", "eligibility", "bring", "fee", "directions", "fuse", "date_text")
    async with installation.sessions.begin() as session:
        series, (board,) = await add_series(session, "x", f"系列{MARKUP}", "板块")
        venue = await add_venue(session, f"场地{MARKUP}", address=f"地址{MARKUP}")
    event = await add(
        installation, f"名{MARKUP}", series_id=series, board_id=board, venue_id=venue, audience=[MARKUP], source_url=f"https://example.org/{MARKUP}",
        **{name: f"{name}{MARKUP}" for name in fields},
    )  # fmt: skip
    html = await page(client, event)
    assert "<b>&" not in html
    assert html.count("</script>") == html.count("<script")
    assert data(html)["name"] == f"名{MARKUP}"
    qr = re.search(r"<svg.*?</svg>", html, re.DOTALL)
    assert qr
    ElementTree.fromstring(qr[0])  # noqa: S314 - our own


async def test_it_is_complete_in_english(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "Stadium")
    event = await add(
        installation, "Run", date(2026, 5, 1), date(2026, 5, 2), venue_id=venue, fuse="Storm", summary="Text", contact="x", free=False
    )
    chinese = re.findall("[\u4e00-\u9fff]+", text(await page(client, event, "?lang=en")).replace("杨浦区", "").replace("中文", ""))
    assert chinese == []


async def test_a_kept_page_is_made_anew_when_this_process_commits_and_after_a_second(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event = await make_event(installation)
    division = await make_division(installation, event_id=event, quota=5)
    ready = app_of(client).state.months.ready
    async with ready.polling():
        while not ready.trusted:
            await page(client, event)
        now = clock.now()
        with clock.frozen(now):
            await page(client, event)
            with sent(installation) as statements:
                await page(client, event)
            assert statements == []
            await enter(installation, division)
            assert "还剩 4" in await page(client, event)
        with clock.frozen(now + timedelta(seconds=2)), sent(installation) as statements:
            await page(client, event)
        assert len(statements) > 1


async def test_chinese_texts_of_an_english_page_say_so(client: httpx.AsyncClient, installation: Installation) -> None:
    """A voice that reads English would spell them out (WCAG 3.1.2)."""
    told = dict.fromkeys(("summary", "eligibility", "bring", "fee", "directions", "fuse", "contact"), "一段说明")
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场", address="国和路 346 号")
    event = await add(installation, "社区篮球赛", date(2099, 5, 16), venue_id=venue, organiser="杨浦区体育局", **told)
    division = await make_division(installation, event_id=event)
    for path in (f"/events/{event}", f"/divisions/{division}/register", f"/events/{event}/report", "/brands/310110", "/embed"):
        html = (await client.get(f"{path}?lang=en", headers=HTML)).text.partition("<main")[2].partition("</main>")[0]
        root = HTMLParsed(html)
        unsaid = [one for one in root.texts if re.search("[\u4e00-\u9fff]", one)]
        assert unsaid == [], path


class HTMLParsed(HTMLParser):
    """The texts of a page that stand in no element which names their language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "br", "img", "hr", "path"):
            self.open.append((tag, "lang" in dict(attrs) or tag in ("script", "textarea")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(named for _, named in self.open):
            self.texts.append(data.strip())
