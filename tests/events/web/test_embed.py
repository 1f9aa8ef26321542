"""What stands in other sites' pages: who may frame it, what it shows, and the line that puts it there."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import httpx
import pytest

from events.calendar.dates import Precision
from events.calendar.filters import Filters
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.i18n import Language
from events.web.embedding import Wanted
from infra import clock
from infra.installation import Installation
from tests.filling import add_event, add_venue, occurrence
from tests.statements import sent

HTML = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(datetime(2026, 5, 10, 4, tzinfo=UTC)):
        yield


async def inside(client: httpx.AsyncClient, address: str, **headers: str) -> str:
    answer = await client.get(address, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def ancestors(answer: httpx.Response) -> str:
    return next(part for part in answer.headers["content-security-policy"].split("; ") if part.startswith("frame-ancestors"))


async def test_any_site_may_frame_what_lies_below_embed_and_nothing_else(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "滨江健步走", date(2026, 5, 12))
    for address in ("/embed/calendar/2026-05?region=310110", "/embed/calendar/2026-13", "/embed/nothing"):
        answer = await client.get(address, headers=HTML)
        assert ancestors(answer) == "frame-ancestors *", address
        assert "unsafe" not in answer.headers["content-security-policy"]
    for address in ("/embed", "/calendar/2026-05", f"/events/{event_id}", "/subscribe", "/registrations/manage", "/nothing", "/embedded"):
        assert ancestors(await client.get(address, headers=HTML)) == "frame-ancestors 'none'", address


async def test_no_cookie_is_set_or_heeded(client: httpx.AsyncClient) -> None:
    for address in ("/embed/calendar/2026-05?lang=en&look=elder", "/embed/calendar/2026-13?lang=en"):
        answer = await client.get(address, headers=HTML)
        assert "set-cookie" not in answer.headers
        assert "Cookie" not in answer.headers["vary"]
        assert '<html lang="en"' in answer.text
    remembered = await inside(client, "/embed/calendar/2026-05", Cookie="lang=en; look=elder")
    assert '<html lang="zh-CN" class="embed">' in remembered


async def test_it_shows_the_month_of_the_filters_day_by_day(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场")
        off = occurrence(0, date(2026, 5, 20), status=OccurrenceStatus.CANCELLED)
        await add_event(session, "滨江夜跑", datetime(2026, 5, 12, 11, 30, tzinfo=UTC), off, venue_id=venue)
        await add_event(session, "市里的", date(2026, 5, 12), region_code="310000", tier="city")
        await add_event(session, "停办的", date(2026, 5, 12), status=EventStatus.CANCELLED)
        await add_event(session, "联赛", (date(2026, 5, 3), date(2026, 5, 29)))
        known = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 1), "last_on": date(2026, 5, 10), "date_text": "5月上旬"}
        await add_event(session, "跳绳", **known)
    html = await inside(client, "/embed/calendar/2026-05?region=310110")
    assert "市里的" not in html
    for told in (
        "杨浦区 · 4 项活动",
        "5月12日 周二",
        "19:30",
        "江湾体育场",
        "本场取消",
        "已取消",
        "持续进行",
        "联赛",
        "日期未定",
        "5月上旬",
    ):
        assert told in html
    assert "市里的" in await inside(client, "/embed/calendar/2026-05")


async def test_days_that_are_over_are_folded_away(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "已经办完", date(2026, 5, 2))
        await add_event(session, "还没开始", date(2026, 5, 20))
    html = await inside(client, "/embed/calendar/2026-05")
    folded = html.partition('<details class="more over">')[2].partition("</details>")[0]
    assert ("已经办完" in folded, "还没开始" in folded) == (True, False)


async def test_links_lead_out_of_the_frame_and_months_stay_in_it(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "滨江夜跑", date(2026, 12, 12))
    html = await inside(client, "/embed/calendar/2026-12?region=310110&lang=en&look=elder")
    links = [dict(re.findall(r'([\w-]+)="([^"]*)"', one)) for one in re.findall(r"<a ([^>]*)>", html)]
    leading = {unescape(one["href"]): (one["target"], one["rel"]) for one in links}
    assert leading == {
        "/embed/calendar/2026-11?region=310110&lang=en&look=elder": ("_self", "prev"),
        "/embed/calendar/2027-01?region=310110&lang=en&look=elder": ("_self", "next"),
        f"/events/{event_id}?lang=en": ("_top", "noopener"),
        "/subscribe?region=310110&lang=en": ("_top", "noopener"),
        "/calendar/2026-12?region=310110&lang=en": ("_top", "noopener"),
    }
    assert '<base target="_top">' in html


async def test_an_empty_month_and_a_wrong_one_say_so_within_the_frame(client: httpx.AsyncClient) -> None:
    assert "这个月没有符合条件的活动" in await inside(client, "/embed/calendar/2099-01")
    answer = await client.get("/embed/calendar/1800-01?tier=county", headers=HTML)
    assert answer.status_code == 422
    assert "不是有效的月份" in answer.text
    assert 'class="head"' not in answer.text
    assert re.findall(r'<a [^>]*target="(\w+)"', answer.text) == ["_top"]


async def test_the_present_month_keeps_the_filters(client: httpx.AsyncClient) -> None:
    answer = await client.get("/embed/calendar?region=310110")
    assert (answer.status_code, answer.headers["location"]) == (307, "/embed/calendar/2026-05?region=310110")


async def test_it_is_answered_304_and_takes_a_bounded_number_of_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(1, 29):
            await add_event(session, f"第{n}场", date(2026, 5, n))
    address = "/embed/calendar/2026-05?region=310110&series=a&sport=b"
    with sent(installation) as statements:
        first = await client.get(address, headers=HTML)
    assert len(statements) == 3
    assert (await client.get(address, headers=HTML | {"If-None-Match": first.headers["etag"]})).status_code == 304


async def test_a_filter_is_called_alike_wherever_it_is_named(client: httpx.AsyncClient) -> None:
    for query, word in (("status=published", "未结束"), ("registration=none", "无需报名"), ("when=weekend", "周末和节假日")):
        for address in ("/embed", "/embed/calendar/2026-05", "/calendar/2026-05/print"):
            html = (await client.get(f"{address}?{query}", headers=HTML)).text
            assert (address, query, word in html) == (address, query, True)


async def test_what_people_write_is_escaped(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "<script>alert(1)</script>", date(2026, 5, 12))
    html = await inside(client, "/embed/calendar/2026-05?q=%3Cscript%3E")
    assert "<script>alert" not in html
    assert re.findall(r"\bstyle=|\bon\w+=|<style", html) == []


async def test_the_element_lies_at_an_address_that_never_changes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/embed/saili.js", headers={"Origin": "https://street.example"})
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert len(answer.content) < 3_000
    assert (await client.get("/embed/saili.js", headers={"If-None-Match": answer.headers["etag"]})).status_code == 304


def code(html: str, name: str) -> str:
    """A line of code as an office copies it off the page."""
    found = re.search(rf'<textarea id="copy-{name}"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    assert found
    return unescape(found[1])


async def test_the_page_writes_the_line_for_the_filters(client: httpx.AsyncClient, installation: Installation) -> None:
    site = installation.settings.public_url
    html = await inside(client, "/embed?region=310110016&month=2026-05&language=en")
    assert code(html, "frame") == (
        f'<iframe src="{site}/embed/calendar/2026-05?region=310110016&amp;lang=en" title="Saili · Yinhang Subdistrict"'
        ' width="100%" height="640"'
        ' loading="lazy" style="border:0"></iframe>'
    )
    assert code(html, "component") == (
        f'<script src="{site}/embed/saili.js" async></script><saili-calendar region="310110016" month="2026-05" lang="en"></saili-calendar>'
    )
    assert '<iframe class="preview" src="/embed/calendar/2026-05?region=310110016&amp;lang=en"' in html
    assert re.findall(r'<option value="([^"]*)" selected', html) == ["310110016", "en"]
    assert (await client.get("/embed/calendar/2026-05?region=310110016&lang=en", headers=HTML)).status_code == 200


async def test_its_preview_is_the_only_frame_that_a_page_of_ours_may_hold(client: httpx.AsyncClient) -> None:
    assert "frame-src 'self'" in (await client.get("/embed", headers=HTML)).headers["content-security-policy"]
    assert "frame-src" not in (await client.get("/subscribe", headers=HTML)).headers["content-security-policy"]


@pytest.mark.parametrize("query", ["month=2026-13", "language=fr", "tier=county", "month=x&language=y&tier=z"])
async def test_every_fault_is_named(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/embed?{query}", headers=HTML)
    assert (answer.status_code, answer.text.count('class="fault"')) == (422, query.count("="))


async def test_the_page_is_whole_in_english(client: httpx.AsyncClient) -> None:
    html = await inside(client, "/embed?region=310110&lang=en")
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<textarea.*?</textarea>", "", html, flags=re.DOTALL))
    assert set(re.findall(r"[\u4e00-\u9fff]+", text)) == {"中文"}
    month = re.sub(r"<[^>]*>", " ", await inside(client, "/embed/calendar/2026-06?region=310110&lang=en"))
    assert set(re.findall(r"[\u4e00-\u9fff]+", month)) == set()


def test_a_line_is_escaped_and_several_values_of_one_filter_are_one_query() -> None:
    nasty = Wanted(Filters(q=('"><script>',)), None, Language.ZH)
    assert nasty.element("https://s.cn").endswith('<saili-calendar q="&#34;&gt;&lt;script&gt;" lang="zh-CN"></saili-calendar>')
    several = Wanted(Filters(tier=("city", "street"), region=("310110",)), None, None)
    assert several.element("https://s.cn").endswith('<saili-calendar query="tier=city&amp;tier=street&amp;region=310110"></saili-calendar>')
    assert 'title="&#34;&gt;"' in nasty.frame("https://s.cn", '">')


async def test_an_office_chooses_its_street_and_a_month_without_a_script(client: httpx.AsyncClient) -> None:
    html = (await client.get("/embed?sport=football", headers=HTML)).text
    assert '<option value="310110016">殷行街道</option>' in html
    assert 'type="month"' in html
    chosen = (await client.get("/embed?sport=football&region=310110016&month=2026-05&language=", headers=HTML)).text
    assert '<option value="310110016" selected>' in chosen
    assert 'type="hidden" name="sport" value="football"' in chosen
    assert 'type="hidden" name="region"' not in chosen
    assert 'src="/embed/calendar/2026-05?region=310110016&amp;sport=football"' in chosen
    everything = (await client.get("/embed?region=&month=&language=", headers=HTML)).text
    assert 'src="/embed/calendar"' in everything
    elsewhere = (await client.get("/embed?region=310109", headers=HTML)).text
    assert '<option value="310109" selected>虹口区</option>' in elsewhere
    several = (await client.get("/embed?region=310109&region=310110016", headers=HTML)).text
    assert several.count('type="hidden" name="region"') == 2
