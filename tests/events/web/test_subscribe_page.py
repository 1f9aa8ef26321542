import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import httpx
import pytest

from events.calendar import revisions
from events.calendar.rules import EventStatus
from infra import clock
from infra.installation import Installation
from tests.apps import app_over
from tests.filling import add_event, add_series
from tests.statements import sent
from tests.waiting import until

HTML = {"Accept": "text/html"}
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(NOON):
        yield


async def page(client: httpx.AsyncClient, address: str, **headers: str) -> str:
    answer = await client.get(address, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def link(html: str, name: str) -> str:
    """Where the link of a name leads."""
    found = re.search(rf'href="([^"]*)"[^>]*>{re.escape(name)}</a>', html)
    assert found, name
    return unescape(found[1])


async def test_the_page_is_for_exactly_what_is_filtered_and_names_it(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_series(session, "xiuchulai", "韵动杨浦·秀出来")
    html = await page(client, "/subscribe?region=310110&tier=street&tier=city&series=xiuchulai&sport=gone&q=%E6%BB%A8%E6%B1%9F")
    told = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    assert told == [
        ("级别", "市级、街镇级"),
        ("地区", "杨浦区"),
        ("系列", "韵动杨浦·秀出来"),
        ("项目", "没有这个项目：gone"),
        ("搜索", "滨江"),
    ]
    query = "tier=city&tier=street&region=310110&series=xiuchulai&sport=gone&q=%E6%BB%A8%E6%B1%9F"
    feed = f"{installation.settings.public_url}/feeds/events.ics?{query}"
    assert re.findall(r'<input id="copy-feed" value="(.*?)" readonly>', html) == [feed.replace("&", "&amp;")]
    assert link(html, "用日历程序订阅") == "webcal" + feed.removeprefix("http")
    assert link(html, "Google 日历").startswith("https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F")
    assert link(html, "Outlook 网页版").startswith("https://outlook.live.com/calendar/0/addfromweb?url=http")
    assert link(html, "下载日历文件") == feed.removeprefix(installation.settings.public_url)
    assert (await client.get(link(html, "下载日历文件"))).status_code == 200


async def test_every_address_on_the_page_leads_somewhere(client: httpx.AsyncClient, installation: Installation) -> None:
    html = await page(client, "/subscribe?region=310110&alarm=30&lang=en")
    own = {unescape(found).removeprefix(installation.settings.public_url) for found in re.findall(r'href="([^"]*)"', html)}
    for address in sorted(found for found in own if found.startswith("/")):
        answer = await client.get(address, headers=HTML)
        assert answer.status_code in (200, 307), address


async def test_what_is_still_to_come_is_counted(client: httpx.AsyncClient, installation: Installation) -> None:
    assert "现在还没有符合条件的活动" in await page(client, "/subscribe?region=310110")
    async with installation.sessions.begin() as session:
        await add_event(session, "今天的两场", date(2026, 5, 1), date(2026, 5, 8))
        await add_event(session, "昨天的", date(2026, 4, 30))
        await add_event(session, "取消的", date(2026, 5, 9), status=EventStatus.CANCELLED)
        await add_event(session, "市里的", date(2026, 5, 9), region_code="310000")
    assert "目前有 1 项还没结束的活动" in await page(client, "/subscribe?region=310110")
    assert "目前有 2 项还没结束的活动" in await page(client, "/subscribe")


async def test_what_changes_by_itself_is_dropped_with_a_kind_word(client: httpx.AsyncClient, installation: Installation) -> None:
    html = await page(client, "/subscribe?registration=open&region=310110")
    assert "每天在变" in html
    assert re.findall(r'id="copy-feed" value="(.*?)"', html) == [f"{installation.settings.public_url}/feeds/events.ics?region=310110"]
    assert "每天在变" in await page(client, "/subscribe?status=published")
    assert "每天在变" not in await page(client, "/subscribe?region=310110&registration=")


async def test_a_reminder_is_carried_into_the_addresses(client: httpx.AsyncClient, installation: Installation) -> None:
    html = await page(client, "/subscribe?region=310110&alarm=45")
    assert 'value="45" selected>提前 45 分钟' in html
    assert "alarm=45" in link(html, "用日历程序订阅")
    assert 'name="region" value="310110"' in html
    assert "alarm" not in link(html, "Atom")
    for wrong in ("alarm=-1", "alarm=x", "tier=county"):
        answer = await client.get(f"/subscribe?{wrong}", headers=HTML)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")


async def test_the_readers_own_device_is_first_and_open(client: httpx.AsyncClient) -> None:
    plain = await page(client, "/subscribe")
    assert "<details id=" in plain
    assert re.findall(r'<details id="(\w+)" open>', plain) == []
    html = await page(client, "/subscribe", **{"User-Agent": IPHONE})
    assert re.findall(r'<details id="(\w+)"', html)[0] == "iphone"
    assert re.findall(r'<details id="(\w+)" open>', html) == ["iphone"]
    wechat = await page(client, "/subscribe", **{"User-Agent": f"{IPHONE} MicroMessenger/8.0"})
    assert re.findall(r'<details id="(\w+)" open>', wechat) == ["wechat", "iphone"]
    assert "您正在微信里看这一页" in wechat
    assert "您正在微信里看这一页" not in html
    answer = await client.get("/subscribe", headers=HTML)
    assert {"User-Agent", "Accept-Language", "Cookie"} <= {part.strip() for part in answer.headers["vary"].split(",")}


async def test_the_page_needs_no_script_and_lets_nothing_foreign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/subscribe", headers=HTML)
    assert re.findall(r"\bstyle=|\bon\w+=|<style", answer.text) == []
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert re.findall(r'<img src="(data:image/svg\+xml)', answer.text) == ["data:image/svg+xml"]
    assert re.search(r"<button[^>]*data-copy[^>]* hidden>", answer.text)


async def test_a_long_address_has_no_code_and_the_page_says_so(client: httpx.AsyncClient) -> None:
    html = await page(client, "/subscribe?" + "&".join(f"q={'%E8%B5%9B' * 90}{n}" for n in range(4)))
    assert "扫不出来" in html
    assert "<img" not in html


async def test_the_page_is_whole_in_english(client: httpx.AsyncClient) -> None:
    html = await page(client, "/subscribe?region=310110&registration=open&lang=en", **{"User-Agent": f"{IPHONE} MicroMessenger/8.0"})
    text = re.sub(r"<[^>]*>", " ", html)
    assert set(re.findall(r"[\u4e00-\u9fff]+", text)) == {"中文", "日程导入", "导入"}
    assert "lang=en" in link(html, "Put this calendar into your office&#39;s own site")


async def test_the_months_and_the_events_page_lead_here(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        series, _ = await add_series(session, "xiuchulai", "韵动杨浦·秀出来")
        event_id = await add_event(session, "滨江健步走", date(2026, 5, 2), series_id=series)
    month = await page(client, "/calendar/2026-05?tier=street&registration=open&lang=en")
    assert link(month, "Subscribe to this calendar") == "/subscribe?tier=street&registration=open&lang=en"
    for kind, ending in (("application/atom+xml", "atom"), ("application/rss+xml", "rss"), ("application/feed+json", "json")):
        address = f"{installation.settings.public_url}/feeds/events.{ending}?tier=street"
        assert f'<link rel="alternate" type="{kind}" href="{address}"' in month
    client.cookies.clear()
    assert link(await page(client, f"/events/{event_id}"), "订阅：韵动杨浦·秀出来") == "/subscribe?series=xiuchulai"


async def test_it_is_kept_ready_for_each_device_until_a_commit(installation: Installation) -> None:
    app = app_over(installation)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client, app.state.feeds.ready.polling():
        await until(lambda: app.state.feeds.ready.trusted)
        with sent(installation) as statements:
            first = await client.get("/subscribe?region=310110&series=a&sport=b", headers=HTML)
            assert len(statements) == 2
            same = await client.get("/subscribe?region=310110&series=a&sport=b", headers=HTML | {"If-None-Match": first.headers["etag"]})
            assert (same.status_code, len(statements)) == (304, 2)
        assert "您正在用" in await page(client, "/subscribe?region=310110&series=a&sport=b", **{"User-Agent": IPHONE})
        async with installation.sessions.begin() as session:
            await add_event(session, "刚刚发布", date(2026, 5, 2))
            await revisions.touch(session, ["2026-05"])
        assert "目前有 1 项" in await page(client, "/subscribe")


async def test_large_print_and_language_are_remembered_here_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/subscribe?look=elder&lang=en", headers=HTML)
    assert {one.partition(";")[0] for one in answer.headers.get_list("set-cookie")} == {"look=elder", "lang=en"}
    assert 'class="elder"' in answer.text
