import re
from datetime import date

import httpx

from events.calendar.revisions import touch
from events.regions.rules import Tier
from infra.installation import Installation
from tests.filling import add_event
from tests.statements import sent

HTML = {"Accept": "text/html"}
PRINT = "/calendar/2026-05/print"


async def test_a_month_is_printed_day_by_day_with_its_filters(client: httpx.AsyncClient, installation: Installation) -> None:
    long = "“健康杨浦 人人来秀”社区九子趣味运动会暨嘉年华活动" * 4
    async with installation.sessions.begin() as session:
        await add_event(session, long, date(2026, 5, 9))
        await add_event(session, "市民运动会", date(2026, 5, 2), tier=Tier.CITY, region_code="310000")
    html = (await client.get(PRINT, headers=HTML)).text
    assert html.index("5月2日 周六") < html.index("市民运动会") < html.index("5月9日 周六")
    assert long in html, "nothing is cut on paper"
    assert "2 项活动" in html
    assert "劳动节（休）" in html
    assert re.search(r'<div class="qr"[^>]*><svg', html)
    narrowed = (await client.get(f"{PRINT}?tier=city&lang=en", headers=HTML)).text
    assert long not in narrowed
    assert "1 event" in narrowed
    assert 'href="http://127.0.0.1:8000/calendar/2026-05?tier=city&amp;lang=en"' in narrowed


async def test_an_empty_month_says_so_on_paper_too(client: httpx.AsyncClient) -> None:
    assert "这个月还没有活动。" in (await client.get(PRINT, headers=HTML)).text
    assert "这个月没有符合条件的活动。" in (await client.get(f"{PRINT}?tier=city", headers=HTML)).text


async def test_nothing_inline_and_no_markup_of_others(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "<script>alert(1)</script>", date(2026, 5, 9))
    html = (await client.get(PRINT, headers=HTML)).text
    assert "<script>alert" not in html
    assert re.findall(r"<style\b|\bstyle=|\bon\w+=", html) == []


async def test_wrong_filters_are_named(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{PRINT}?tier=galaxy", headers=HTML)).status_code == 422
    assert (await client.get("/calendar/2026-13/print", headers=HTML)).status_code == 422


async def test_it_is_kept_ready_and_a_commit_shows_at_once(client: httpx.AsyncClient, installation: Installation) -> None:
    first = await client.get(f"{PRINT}?region=310110", headers=HTML)
    assert (await client.get(f"{PRINT}?region=310110", headers=HTML | {"If-None-Match": first.headers["etag"]})).status_code == 304
    async with installation.sessions.begin() as session:
        await add_event(session, "刚刚发布", date(2026, 5, 2))
        await touch(session, ["2026-05"])
    with sent(installation) as statements:
        assert "刚刚发布" in (await client.get(f"{PRINT}?region=310110", headers=HTML)).text
    assert len(statements) <= 4
