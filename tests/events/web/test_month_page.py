import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from events.calendar.dates import Precision
from events.calendar.revisions import touch
from events.regions.rules import Tier
from infra import clock
from infra.installation import Installation
from tests.filling import add_event, add_series, add_venue
from tests.statements import sent

HTML = {"Accept": "text/html"}


async def page(client: httpx.AsyncClient, address: str, **headers: str) -> str:
    answer = await client.get(address, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def cell(html: str, on: str) -> str:
    """What the grid shows on a day."""
    return next(part for part in re.findall(r"<td.*?</td>", html, re.DOTALL) if f'<span aria-hidden="true">{int(on[8:])}</span>' in part)


async def test_a_month_shows_its_events_in_the_grid_and_day_by_day(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场")
        key = await add_event(session, "滨江夜跑", datetime(2026, 5, 2, 11, 30, tzinfo=UTC), venue_id=venue)
    html = await page(client, "/calendar/2026-05")
    assert "滨江夜跑" in cell(html, "2026-05-02")
    assert "19:30" in cell(html, "2026-05-02")
    assert f'href="/events/{key}"' in html
    assert "江湾体育场" in html.partition('id="d-2026-05-02"')[2]
    assert "<caption" in html


async def test_a_tier_is_told_by_a_character_and_by_words_not_by_colour_alone(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "市民运动会", date(2026, 5, 2), tier=Tier.CITY, region_code="310000")
    html = cell(await page(client, "/calendar/2026-05"), "2026-05-02")
    assert ">市</span>" in html
    assert "市级" in html


async def test_a_run_of_more_than_a_week_is_a_strip_and_no_cell_a_day(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "篮球联赛", (date(2026, 5, 6), date(2026, 5, 20)))
    html = await page(client, "/calendar/2026-05")
    assert "篮球联赛" not in cell(html, "2026-05-10")
    strips = re.findall(r'<tr class="strip">((?:<td[^>]*></td>)*)<td colspan="(\d)">.*?</td>((?:<td[^>]*></td>)*)</tr>', html)
    assert [(before.count("<td"), int(days), after.count("<td")) for before, days, after in strips] == [(2, 5, 0), (0, 7, 0), (0, 3, 4)]


async def test_what_has_no_day_stands_apart(client: httpx.AsyncClient, installation: Installation) -> None:
    known = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 1), "last_on": date(2026, 5, 10), "date_text": "5月上旬"}
    long = {"precision": Precision.MONTH, "first_on": date(2026, 4, 1), "last_on": date(2026, 12, 31), "date_text": "4月持续至年底"}
    async with installation.sessions.begin() as session:
        await add_event(session, "跳绳挑战赛", **known)
        await add_event(session, "园区运动季", **long)
        await add_event(session, "棋王赛", date_text="待定")
    html = await page(client, "/calendar/2026-05")
    undated, long_term = html.partition('id="undated"')[2], html.partition('id="long"')[2]
    assert "跳绳挑战赛" in undated
    assert "5月上旬" in undated
    assert "园区运动季" in long_term
    assert "棋王赛" not in html
    assert "棋王赛" in await page(client, "/calendar/undated")


async def test_the_address_is_the_state_of_the_filters(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        series, _ = await add_series(session, "xiuchulai", "韵动杨浦·秀出来", "滨江主题")
        await add_event(session, "滨江健步走", date(2026, 5, 2), series_id=series, searched=["韵动杨浦·秀出来"])
        await add_event(session, "社区棋赛", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    whole = await page(client, "/calendar/2026-05")
    assert 'href="/calendar/2026-05?tier=street"' in whole
    street = await page(client, "/calendar/2026-05?tier=street")
    assert ("社区棋赛" in street, "滨江健步走" in street) == (True, False)
    assert "/feeds/events.ics?tier=street" in street
    assert 'href="/calendar/2026-06?tier=street"' in street
    assert 'href="/api/docs?lang=en"' in await page(client, "/calendar/2026-05?lang=en")
    found = await page(client, "/calendar/2026-05?q=健步")
    assert ("社区棋赛" in found, "滨江健步走" in found) == (False, True)


@pytest.mark.parametrize(
    ("query", "said"), [("", False), ("?tier=street", False), ("?registration=open&tier=street", True), ("?status=published", True)]
)
async def test_a_page_says_what_of_its_filters_the_subscription_leaves_out(
    client: httpx.AsyncClient, installation: Installation, query: str, said: bool
) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "社区棋赛", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    html = await page(client, f"/calendar/2026-05{query}")
    assert ("状态和报名的筛选不在订阅里" in html, "/feeds/events.ics" in html) == (said, True)
    assert "registration=open" not in html.partition('type="text/calendar" href="')[2].partition('"')[0]


async def test_an_empty_month_says_so_and_leads_to_the_nearest_that_is_not(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "冬泳", date(2025, 12, 7))
        await add_event(session, "龙舟赛", date(2026, 6, 19))
    html = await page(client, "/calendar/2026-03")
    assert "这个月还没有活动" in html
    assert 'href="/calendar/2025-12">更早：2025年12月' in html
    assert 'href="/calendar/2026-06">之后：6月' in html


async def test_a_month_of_events_without_days_says_that_its_grid_is_empty(client: httpx.AsyncClient, installation: Installation) -> None:
    known = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 1), "last_on": date(2026, 5, 10), "date_text": "5月上旬"}
    async with installation.sessions.begin() as session:
        await add_event(session, "跳绳挑战赛", **known)
        await add_event(session, "龙舟赛", date(2026, 6, 19))
    html = await page(client, "/calendar/2026-05")
    assert "没有定下日期的活动" in html
    assert 'href="/calendar/2026-06">之后：6月' in html
    assert 'href="#d-' not in html


async def test_days_of_this_month_that_have_passed_are_folded_away(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "已经办完", date(2026, 5, 2))
        await add_event(session, "还没开始", date(2026, 5, 20))
    with clock.frozen(datetime(2026, 5, 10, 4, tzinfo=UTC)):
        html = await page(client, "/calendar/2026-05")
    folded = html.partition('<details class="more over">')[2].partition("</details>")[0]
    assert ("已经办完" in folded, "还没开始" in folded, "本月已过去的 1 天" in folded) == (True, False, True)


async def test_a_region_counts_all_that_lies_in_it(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "区里的", date(2026, 5, 2))
        await add_event(session, "街道的", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    html = await page(client, "/calendar/2026-05")
    assert re.search(r'region=310110"><span>杨浦区</span><span class="count">2<', html)
    assert "2 项活动" in await page(client, "/calendar/2026-05?region=310110")


async def test_a_link_checker_gets_the_head_alone(client: httpx.AsyncClient) -> None:
    for address in ("/calendar/2026-05", "/registrations/manage"):
        answer = await client.head(address, headers=HTML)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_the_calendar_opens_at_the_current_month_of_the_city(client: httpx.AsyncClient) -> None:
    with clock.frozen(datetime(2026, 4, 30, 17, tzinfo=UTC)):
        answer = await client.get("/calendar?tier=city")
    assert (answer.status_code, answer.headers["location"]) == (307, "/calendar/2026-05?tier=city")


async def test_holidays_are_shown_and_a_year_without_them_says_so(client: httpx.AsyncClient) -> None:
    assert "劳动节（休）" in cell(await page(client, "/calendar/2026-05"), "2026-05-01")
    assert "2031 年的放假安排尚未公布" in await page(client, "/calendar/2031-05")


async def test_the_page_is_whole_in_english_and_keeps_the_language_in_its_links(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    async with installation.sessions.begin() as session:
        key = await add_event(session, "Riverside walk", date(2026, 5, 2))
    html = await page(client, "/calendar/2026-05?lang=en")
    assert '<html lang="en">' in html
    assert f'href="/events/{key}?lang=en"' in html
    assert 'href="/calendar/2026-06?lang=en"' in html
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]*>", " ", html)))
    assert chinese == {"中文"}


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "abcd", "0000-01", "2026-05-01"])
async def test_a_bad_month_is_a_page_that_says_so(client: httpx.AsyncClient, month: str) -> None:
    answer = await client.get(f"/calendar/{month}", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "不是有效的月份" in answer.text


async def test_what_people_write_is_escaped(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "<script>alert(1)</script>", date(2026, 5, 2))
    html = await page(client, "/calendar/2026-05?q=" + "%3Cscript%3E")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


async def test_nothing_foreign_and_nothing_inline_is_let_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/calendar/2026-05", headers=HTML)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<style\b|<script(?! src=\"/assets/)|\bstyle=|\bon\w+=", answer.text) == []
    style = re.search(r'href="(/assets/saili\.[0-9a-f]+\.css)"', answer.text)
    assert style
    asset = await client.get(style[1])
    assert (asset.headers["cache-control"], asset.headers["content-encoding"]) == ("public, max-age=31536000, immutable", "gzip")
    assert (await client.get("/assets/saili.000000000000.css")).status_code == 404


async def test_the_first_view_of_a_full_month_is_light(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(120):
            await add_event(
                session, f"第{n}场社区健步走暨家庭趣味运动会", date(2026, 5, 1 + n % 31), tier=Tier.STREET, region_code="310110016"
            )
    answer = await client.get("/calendar/2026-05", headers=HTML)
    assets = re.findall(r'(?:href|src)="(/assets/[^"]*)"', answer.text)
    assert len(assets) == 4  # a style, a script, and two marks, of which a browser takes one
    weight = sum(int(one.headers["content-length"]) for one in (answer, *[await client.get(address) for address in assets]))
    assert weight < 60_000  # 150 kB is what we promise; what remains is for posters' previews and the like


async def test_a_page_is_answered_from_what_is_ready_and_a_commit_shows_at_once(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    first = await client.get("/calendar/2026-05", headers=HTML)
    same = await client.get("/calendar/2026-05", headers=HTML | {"If-None-Match": first.headers["etag"]})
    assert same.status_code == 304
    async with installation.sessions.begin() as session:
        await add_event(session, "刚刚发布", date(2026, 5, 2))
        await touch(session, ["2026-05"])
    assert "刚刚发布" in await page(client, "/calendar/2026-05")


async def test_a_page_takes_a_bounded_number_of_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(40):
            await add_event(session, f"第{n}场", date(2026, 5, 1) + timedelta(days=n % 30))
    with sent(installation) as statements:
        await page(client, "/calendar/2026-05?tier=district")
    assert len(statements) == 3


async def test_large_print_and_language_stay_on_once_chosen(client: httpx.AsyncClient, installation: Installation) -> None:
    chosen = await client.get("/calendar/2026-05?look=elder&lang=en", headers=HTML)
    assert '<html lang="en" class="elder">' in chosen.text
    assert 'href="/calendar/2026-05?lang=en&amp;look=plain"' in chosen.text
    assert sorted(chosen.cookies.items()) == [("lang", "en"), ("look", "elder")]
    client.cookies = chosen.cookies
    for address in ("/calendar/2026-06", "/registrations/manage", "/nothing"):
        assert '<html lang="en" class="elder">' in (await client.get(address, headers=HTML)).text
    back = await client.get("/calendar/2026-06?look=plain&lang=zh-CN", headers=HTML)
    assert '<html lang="zh-CN">' in back.text
    client.cookies = httpx.Cookies({"lang": "xx", "look": "<b>"})
    assert '<html lang="zh-CN">' in (await client.get("/calendar/2026-06", headers=HTML)).text


async def test_what_was_chosen_stands_above_the_month_and_can_be_taken_back(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "街道的", date(2026, 5, 3), tier=Tier.STREET, region_code="310110016")
    html = await page(client, "/calendar/2026-05?region=310110016&q=街道&tier=street")
    chips = html.partition('class="chips chosen"')[2].partition("</ul>")[0]
    assert re.findall(r'class="chip" href="([^"]*)"', chips) == [
        "/calendar/2026-05?tier=street&amp;region=310110016",
        "/calendar/2026-05?region=310110016&amp;q=%E8%A1%97%E9%81%93",
        "/calendar/2026-05?tier=street&amp;q=%E8%A1%97%E9%81%93",
    ]
    assert "清除筛选" in chips


async def test_a_day_says_its_holiday_its_lunar_date_and_how_much_it_holds(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "龙舟赛", date(2026, 6, 19))
    html = await page(client, "/calendar/2026-06")
    assert '<span class="hidden">6月19日 周五，端午（休），1 项活动</span>' in html
    assert '<span class="hidden">6月18日 周四，没有活动</span>' in html
    lunar = re.findall(r'class="lunar" aria-hidden="true">([^<]*)', html)
    assert (lunar[0], lunar[14], lunar[18], lunar[20]) == ("十六", "五月", "端午节", "夏至")
    english = await page(client, "/calendar/2026-06?lang=en")
    assert "Fri, Jun 19, Dragon Boat Festival (day off), 1 event" in english
