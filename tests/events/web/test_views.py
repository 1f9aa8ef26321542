import asyncio
import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from events.calendar.dates import Daypart, Precision
from events.calendar.density import read_choices, read_density
from events.calendar.entries import entries_query, read_entries
from events.calendar.filters import Filters
from events.calendar.index import Index, narrowed
from events.calendar.models import Series
from events.calendar.month import last_of, lay_out
from events.calendar.revisions import touch
from events.calendar.rules import Datum
from events.regions.rules import Tier
from events.web import turns, year_page
from events.web.counts import InMemory
from infra import clock
from infra.installation import Installation
from tests.filling import add_event, add_series, add_venue, occurrence
from tests.statements import sent
from tests.waiting import until

HTML = {"Accept": "text/html"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
MAY = datetime(2026, 5, 10, 4, tzinfo=UTC)
VIEWS = (
    "/calendar/2026-05",
    "/calendar/2026-05/agenda",
    "/calendar/2026-05/streets",
    "/calendar/2026-05/map",
    "/calendar/week/2026-05-06",
    "/calendar/2026",
)


async def page(client: httpx.AsyncClient, address: str) -> str:
    with clock.frozen(MAY):
        answer = await client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


async def fill(installation: Installation) -> None:
    """A week of May: in the evening, on a Saturday, in a street, and a run."""
    async with installation.sessions.begin() as session:
        await add_event(session, "滨江夜跑", datetime(2026, 5, 6, 11, 30, tzinfo=UTC), sports=["basketball"], audience=["家庭"])
        street = {"tier": Tier.STREET, "region_code": "310110016"}
        await add_event(session, "殷行棋赛", date(2026, 5, 9), occurrence(1, date(2026, 5, 10), daypart=Daypart.EVENING), **street)
        await add_event(session, "篮球联赛", (date(2026, 5, 4), date(2026, 5, 20)), tier=Tier.CITY, region_code="310000")


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_has_the_same_filters_counts_and_ways(client: httpx.AsyncClient, installation: Installation, view: str) -> None:
    await fill(installation)
    html = await page(client, view)
    counts = dict(re.findall(r'href="[^"?]*\?((?:tier|when|audience|sport|region)=[^"&]*)"[^>]*>.*?class="count">(\d+)<', html))
    assert counts | {"tier=city": "1", "tier=district": "1", "tier=street": "1", "region=310110": "2"} == counts
    # A run counts for the days of the whole event, and the make-up Saturday of May 9 is worked.
    assert [counts[f"when={kind}"] for kind in ("weekend", "weekday", "evening")] == ["2", "3", "2"]
    narrowed = await page(client, f"{view}?when=evening&tier=street")
    assert ("1 项活动" in narrowed.partition('id="summary"')[2].partition("</small>")[0], 'class="chips chosen"' in narrowed) == (
        True,
        True,
    )
    tabs = re.findall(r'href="([^"]*)"', narrowed.partition('class="tabs"')[2].partition("</nav>")[0])
    assert len(tabs) == 6
    assert all(tab.endswith("?tier=street&amp;when=evening") for tab in tabs)
    for tab in tabs:
        await page(client, tab.replace("&amp;", "&"))


@pytest.mark.parametrize("view", VIEWS)
async def test_nothing_found_says_which_filter_is_in_the_way(client: httpx.AsyncClient, installation: Installation, view: str) -> None:
    await fill(installation)
    html = await page(client, f"{view}?tier=street&sport=basketball&when=evening")
    offered = re.findall(r'class="chip" href="([^"]*)"><span>(不限[^<]*)</span> <span class="count">([^<]*)', html)
    assert [(address.rpartition("?")[2], name.strip(), count) for address, name, count in offered] == [
        ("sport=basketball&amp;when=evening", "不限“街镇级”", "1 项活动"),
        ("tier=street&amp;when=evening", "不限“篮球”", "1 项活动"),
    ]
    alone = await page(client, f"{view}?q=没有这个")
    assert re.findall(r'href="([^"]*)"><span>(不限[^<]*)</span> <span class="count">([^<]*)', alone) == [
        (view.replace("05-06", "05-04"), "不限“没有这个”", "3 项活动")
    ]


@pytest.mark.parametrize("view", [*VIEWS, "/brands/310110"])
async def test_views_are_bounded_in_statements_kept_ready_and_outdated_by_a_commit(
    client: httpx.AsyncClient, installation: Installation, view: str
) -> None:
    await fill(installation)
    with sent(installation) as statements:
        first = await client.get(view, headers=HTML)
    assert len(statements) <= 4, statements
    assert (await client.get(view, headers=HTML | {"If-None-Match": first.headers["etag"]})).status_code == 304
    async with installation.sessions.begin() as session:
        series, _ = await add_series(session, "new", "刚有的品牌")
        await add_event(session, "刚刚发布", date(2026, 5, 6), series_id=series, region_code="310110016")
        (await session.get_one(Series, series)).region_code = "310110016"
        await touch(session, ["2026-05"])
    assert (await client.get(view, headers=HTML)).headers["etag"] != first.headers["etag"]


async def test_a_few_years_are_made_at_once_and_who_waits_too_long_is_asked_to_come_again(
    client: httpx.AsyncClient, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(installation)
    making, most, go, read = 0, 0, asyncio.Event(), year_page.read_density

    async def slow(*asked: Any) -> Any:
        nonlocal making, most
        making += 1
        most = max(most, making)
        await go.wait()
        making -= 1
        return await read(*asked)

    monkeypatch.setattr(year_page, "read_density", slow)
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.2)
    first = [asyncio.create_task(client.get(f"/calendar/2026?q={n}", headers=HTML)) for n in range(turns.AT_ONCE[turns.Kind.YEAR])]
    await until(lambda: making == len(first))
    busy = await client.get("/calendar/2026?q=more", headers=HTML)
    assert (busy.status_code, busy.headers["retry-after"], most) == (503, "5", len(first))
    assert (await client.get("/calendar/2026-05", headers=HTML)).status_code == 200
    go.set()
    assert {answer.status_code for answer in await asyncio.gather(*first)} == {200}
    assert (await client.get("/calendar/2026?q=more", headers=HTML)).status_code == 200


@pytest.mark.parametrize("ending", ["", "/agenda", "/streets", "/map"])
@pytest.mark.parametrize("asked", ["2028-05{}?region=310110&series=a", "2026-05{}?q=没有这个&region=310110"])
async def test_what_shows_nothing_is_bounded_in_statements_too(
    client: httpx.AsyncClient, installation: Installation, ending: str, asked: str
) -> None:
    await fill(installation)
    with sent(installation) as statements:
        await page(client, f"/calendar/{asked.format(ending)}")
    assert len(statements) <= 4, statements


@pytest.mark.parametrize("view", [*VIEWS, "/brands/310110"])
async def test_every_view_is_whole_in_english_and_lets_nothing_inline_in(
    client: httpx.AsyncClient, installation: Installation, view: str
) -> None:
    html = await page(client, f"{view}?lang=en")
    assert re.findall(r"<style\b|<script(?! src=\"/assets/)|\bstyle=|\bon\w+=", html) == []
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]*>", " ", html)))
    assert {one for one in chinese if not one.endswith(("街道", "区"))} == {"中文"}


async def test_a_week_shows_hours_holidays_runs_and_the_days_of_two_months(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "晚间跑", datetime(2026, 4, 30, 11, tzinfo=UTC))
        await add_event(session, "早上跑", datetime(2026, 4, 29, 23, tzinfo=UTC))
        await add_event(session, "只在之前", date(2026, 4, 20), date(2026, 5, 20))
        await add_event(session, "马拉松季", (date(2026, 4, 1), date(2026, 5, 30)))
    html = await page(client, "/calendar/week/2026-05-02")
    thursday = html.partition('id="d-2026-04-30"')[2].partition("</li>")[0]
    assert re.findall(r"<b>(\d\d:\d\d)</b> ([^<]+)<", thursday) == [("19:00", "晚间跑")]
    assert "早上跑" in html.partition('id="d-2026-04-30"')[0] or "早上跑" in thursday
    assert "劳动节（休）" in html.partition('id="d-2026-05-01"')[2].partition("</h2>")[0]
    assert "马拉松季" in html.partition('class="runs"')[2].partition("</section>")[0]
    assert "只在之前" not in html
    assert 'href="/calendar/week/2026-04-20"' in html


async def test_a_day_of_300_events_unfolds(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(300):
            await add_event(session, f"第{n}场", date(2026, 5, 6), region_code="310110016")
    assert "还有 270 项" in await page(client, "/calendar/week/2026-05-06")
    assert "还有 288 项" in await page(client, "/calendar/2026-05/streets")
    assert '<b><span class="hidden">，</span>300' in await page(client, "/calendar/2026")
    for view in VIEWS:
        assert "300 项活动" in await page(client, view)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/calendar/9999", "应在 1900 到 2200 之间"),
        ("/calendar/0000", "应在 1900 到 2200 之间"),
        ("/calendar/2026-13/agenda", "不是有效的月份"),
        ("/calendar/9999-01/map", "不是有效的月份"),
        ("/calendar/x/streets", "不是有效的月份"),
        ("/calendar/week/2026-02-30", "不是有效的日期"),
        ("/calendar/week/20260501", "不是有效的日期"),
        ("/calendar/week/20260101xx", "不是有效的日期"),
        ("/calendar/week/2026-W01-1", "不是有效的日期"),
        ("/calendar/week/9999-12-31", "日期：应在 1900-01-01 到 2200-12-31 之间。"),
        ("/calendar/2026?when=never", "时间：不认识这个值；可用：周末和节假日、工作日、晚上。"),
        ("/calendar/1899", "年份：应在 1900 到 2200 之间。"),
        ("/calendar/9999-12", "不是有效的月份：应写作 YYYY-MM，年份从 1900 到 2200。"),
        (f"/calendar/2026-05/map?q={'长' * 101}", "搜索：最多 100 个字。"),
        ("/calendar/2026-05?region=yangpu", "地区：不是有效的编号。"),
        ("/calendar/week/2026-05-02?tier=%00", "不能"),
    ],
)
async def test_what_can_not_be_is_a_page_that_says_so(client: httpx.AsyncClient, address: str, said: str) -> None:
    answer = await client.get(address, headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert said in answer.text


@pytest.mark.parametrize(
    "address", ["/calendar/1900", "/calendar/2200", "/calendar/1900-01/agenda", "/calendar/week/1900-01-01", "/calendar/week/2200-12-31"]
)
async def test_the_edges_of_what_calendars_know_lead_nowhere_beyond(client: httpx.AsyncClient, address: str) -> None:
    html = await page(client, address)
    for link in re.findall(r'href="(/calendar/[^"#]*)"', html):
        assert (await client.get(link, headers=HTML)).status_code == 200, link


async def test_streets_without_anything_are_shown_as_gaps(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    html = await page(client, "/calendar/2026-05/streets")
    gaps = html.partition('id="gaps"')[2].partition("</section>")[0]
    assert ("五角场街道" in gaps, "殷行街道" in gaps, gaps.count("<li")) == (True, False, 11)
    assert "殷行棋赛" in html.partition('aria-label="殷行街道"')[2].partition("</section>")[0]
    assert "滨江夜跑" in html.partition('aria-label="杨浦区（全区）"')[2].partition("</section>")[0]
    assert "篮球联赛" in html.partition('aria-label="其他地区和市级"')[2].partition("</section>")[0]
    other = await page(client, "/calendar/2026-05/streets?region=310000")
    assert "杨浦区" in other.partition('aria-label="杨浦区"')[2][:200]


async def test_the_map_is_a_schematic_that_filters_to_streets(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    html = await page(client, "/calendar/2026-05/map?when=evening")
    name = r'class="name">([^<]*)<span class="hidden">街道</span>'
    tiles = re.findall(rf'<li class="(r\d c\d)"><a href="([^"]*)" class="shade-(\d)".*?{name}.*?class="count"[^>]*>(\d+)<', html)
    assert len({place for place, *_ in tiles}) == len(tiles) == 12
    assert ("r1 c3", "/calendar/2026-05/map?region=310110016&amp;when=evening", "1", "殷行", "1") in tiles
    assert "示意" in html
    chosen = await page(client, "/calendar/2026-05/map?region=310110016")
    assert re.search(r'href="/calendar/2026-05/map" class="shade-1" data-tile aria-current="true"', chosen)
    listed = chosen.partition('id="found-on-map"')[2]
    assert ("殷行棋赛" in listed, "滨江夜跑" in listed) == (True, False)
    elsewhere = await page(client, "/calendar/2026-05/map?region=310104")
    assert "按代码排列" in elsewhere
    assert 'class="tiles placed"' not in elsewhere


async def test_a_list_tells_where_venues_are_in_the_browsers_own_datum(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场", lon=121.5126, lat=31.3078, datum=Datum.GCJ02)
        unknown = await add_venue(session, "不知在哪", lon=121.5, lat=31.3)
        await add_event(session, "夜跑", date(2026, 5, 6), venue_id=venue)
        await add_event(session, "晨跑", date(2026, 5, 6), venue_id=unknown)
    found = re.findall(r'data-lon="([\d.]+)" data-lat="([\d.]+)"', await page(client, "/calendar/2026-05/agenda"))
    assert len(found) == 1
    assert (float(found[0][0]), float(found[0][1])) == pytest.approx((121.5082, 31.3098), abs=0.0005)


async def test_a_year_counts_as_its_months_do(installation: Installation) -> None:
    choose = random.Random(3)  # noqa: S311 - the same events every time
    async with installation.sessions.begin() as session:
        series, _ = await add_series(session, "xiu", "秀出来", "滨江", "校园")
        for n in range(120):
            first = date(2025, 12, 20) + timedelta(days=choose.randint(0, 390))
            kinds = [
                [first],
                [first, first + timedelta(days=40)],
                [occurrence(0, first, daypart=Daypart.EVENING), occurrence(1, first + timedelta(days=choose.randint(0, 40)))],
                [(first, first + timedelta(days=choose.randint(0, 6)))],
                [(first, first + timedelta(days=choose.randint(7, 70)))],
                [],
            ]
            days = choose.choice(kinds)
            bounds = (
                {} if days else {"first_on": first, "last_on": first + timedelta(days=choose.randint(0, 120)), "precision": Precision.MONTH}
            )
            await add_event(
                session, f"第{n}场", *days, tier=choose.choice(list(Tier)), region_code=choose.choice(["310110", "310110016", "310104"]),
                sports=choose.sample(["running", "basketball"], 1), audience=choose.sample(["家庭", "青少年"], 2),
                series_id=choose.choice([series, None]), free=choose.choice([None, True, False]), **bounds,
            )  # fmt: skip
    asked: list[dict[str, Any]] = [{}, {"tier": ("street",)}, {"when": ("weekend",), "sport": ("running",)}, {"when": ("evening",)}]
    for filters in (Filters(**one) for one in (*asked, {"region": ("310110",)})):
        async with installation.engine.connect() as connection:
            density = await read_density(connection, 2026, filters, MAY, SHANGHAI)
            entries = await read_entries(connection, entries_query(), SHANGHAI)
            choices = await read_choices(connection, 2026, filters, MAY, SHANGHAI, "310110")
        months = [lay_out(date(2026, n, 1), entries, {}) for n in range(1, 13)]
        shown = {one.first: narrowed(one, Index(one.entries().values(), MAY, (one.first, last_of(one.first))), filters) for one in months}
        assert density.months == {first: len(one.entries()) for first, one in shown.items() if one.entries()}, filters
        assert density.days == {day.date: len(day.events) for one in shown.values() for day in one.days if day.events}, filters
        whole = {key: entry for one in months for key, entry in one.entries().items()}
        memory = InMemory(Index(whole.values(), MAY, (date(2026, 1, 1), date(2026, 12, 31))), filters, {"310110": "杨浦区"})
        for field in ("tier", "series", "sport", "region", "audience", "when", "registration", "free"):
            said = {(value, count) for value, _, count in choices.get(field, []) if count}
            assert said == {(value, count) for value, _, count in memory.of(field) if count}, (filters, field)


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("/calendar/2026-05?tier=foo&sport=football&lang=en", "/calendar/2026-05?sport=football&lang=en"),
        ("/calendar/2026-05/agenda?tier=foo&tier=city", "/calendar/2026-05/agenda"),
        ("/calendar/2026-05/poster.png?tier=foo&region=310110", "/calendar/2026-05?region=310110"),
        ("/calendar/2026-05/print?free=no", "/calendar/2026-05"),
        ("/embed/calendar/2026-05?tier=foo&region=310110", "/calendar?region=310110"),
    ],
)
async def test_a_filter_that_is_wrong_can_be_left_out(client: httpx.AsyncClient, address: str, without: str) -> None:
    answer = await client.get(address, headers=HTML)
    assert answer.status_code == 422
    assert f'href="{without.replace("&", "&amp;")}"' in answer.text
    assert ("Level: Unknown value; known are: City, District, Street" in answer.text) == ("lang=en" in address)


@pytest.mark.parametrize("path", ["/events/xyz", "/e/zzzzzz", "/events/0190a000-0000-7000-8000-000000000000"])
async def test_what_is_not_there_is_said_once(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=HTML)
    assert (answer.status_code, "没有找到。" in answer.text, "这个地址没有内容" in answer.text) == (404, False, True)


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
async def test_what_is_shown_in_a_frame_is_refused_as_a_page(client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.get("/embed/calendar/2026-05?tier=foo", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "级别：不认识这个值；可用：市级、区级、街镇级。" in answer.text


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("/calendar/2026-05", 20),
        ("/calendar/2026-05/agenda", 20),
        ("/calendar/2026-05/map", 20),
        ("/calendar/2026-05/streets", 12),
        ("/embed/calendar/2026-05", 20),
    ],
)
async def test_a_day_of_hundreds_of_events_is_folded(client: httpx.AsyncClient, installation: Installation, view: str, shown: int) -> None:
    async with installation.sessions.begin() as session:
        for n in range(60):
            await add_event(session, f"第{n}场", date(2026, 5, 20))
    html = await page(client, view)
    folded = re.findall(r'<details class="more"><summary>还有 (\d+) 项</summary>\s*<ul>(.*?)</ul>', html, re.DOTALL)
    assert [(int(said), found.count('class="entry"')) for said, found in folded] == [(60 - shown, 60 - shown)]
    assert html.count('class="entry"') == 60
