"""The calendar in the hand: what stands on the first screen, what wraps, where keys and links lead, what a printer gives."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import product
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page
from pypdf import PdfReader

from events.calendar.dates import Daypart, Precision
from events.regions.rules import Tier
from infra import clock
from infra.installation import Installation
from tests.browser.visiting import visit
from tests.filling import add_event, add_series, add_venue, occurrence
from tests.serving import served

VIEWS = ("", "/agenda", "/streets", "/map")
NOON = datetime(2026, 5, 14, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def views() -> list[str]:
    return [*(f"/calendar/2026-05{view}" for view in VIEWS), "/calendar/week/2026-05-18", "/calendar/2026"]


@pytest.fixture
async def address(installation: Installation) -> AsyncIterator[str]:
    """A month in the middle of it: days that have passed, a run, an event without a day, a demonstration."""
    async with AsyncExitStack() as stack:
        # The server's own tasks keep the clock that it was started with.
        with clock.frozen(NOON):
            await _fill(installation)
            address = await stack.enter_async_context(served(installation))
        yield address


async def _fill(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        league, _ = await add_series(session, "league", "城市业余联赛", "决赛")
        brand, _ = await add_series(session, "brand", "殷行街道·一街一品")
        venue = await add_venue(session, "杨浦区工人文化宫体育馆二楼")
        street = {"tier": Tier.STREET, "region_code": "310110016"}
        await add_event(session, "已经过去的棋赛", date(2026, 5, 5), **street)
        for n in range(5):
            on = date(2026, 5, 16) + timedelta(days=n)
            await add_event(session, f"城市业余联赛·第{n}场羽毛球团体赛杨浦分区赛", on, series_id=league, tier=Tier.CITY, venue_id=venue)
            await add_event(session, f"一街一品·第{n}次环岛健步走", on, series_id=brand, demo=True, **street)
        await add_event(session, "晚间夜跑", occurrence(0, date(2026, 5, 19), daypart=Daypart.EVENING), organiser="杨浦区体育局")
        await add_event(session, "跨越十天的展览", (date(2026, 5, 12), date(2026, 5, 21)), date_text="2026年5月12日—21日")
        bounds = {"precision": Precision.DEKAD, "first_on": date(2026, 5, 21), "last_on": date(2026, 5, 31)}
        await add_event(session, "下旬的交流", date_text="2026年5月下旬", **bounds)


def _look(path: str, look: str = "plain", language: str = "zh-CN") -> str:
    return f"{path}{'&' if '?' in path else '?'}look={look}&lang={language}"


async def test_the_month_is_printed_as_its_grid_and_then_its_list(browser: Browser, address: str) -> None:
    for script in (True, False):
        page = (await visit(browser, 1280, java_script_enabled=script)).page
        await page.goto(f"{address}/calendar/2026-05")
        printed = PdfReader(BytesIO(await page.pdf(prefer_css_page_size=True)))
        first, *others = ["".join(normalize("NFKC", sheet.extract_text()).split()) for sheet in printed.pages]
        assert len(others) <= 2
        assert ("2026年5月" in first, "周一" in first, "第0次环岛健步走" in first) == (True, True, True)
        whole = first + "".join(others)
        # Named once by the grid and once by the list, although the page folds away the days that have passed.
        assert whole.count("已经过去的棋赛") == 2
        for pressed in ("离我最近", "订阅这个日历", "筛选", "按街镇", "我的报名", "换月"):
            assert pressed not in whole
        kept = "element => getComputedStyle(element).printColorAdjust + getComputedStyle(element).borderTopWidth"
        await page.emulate_media(media="print")
        assert await page.locator(".tier.district").first.evaluate(kept) == "exact0px"


# How many rows of links are wider than they show, and how many links end beyond the window.
CUT_OFF = """() => {
  const shown = [...document.querySelectorAll(".head nav, .tabs")].filter((one) => one.checkVisibility());
  const rows = shown.filter((one) => one.scrollWidth > one.clientWidth + 1);
  const links = [...document.querySelectorAll(".head a, .tabs a")].filter((one) => one.getBoundingClientRect().right > innerWidth);
  return [rows.length, links.length];
}"""


@pytest.mark.parametrize("width", [320, 390, 768])
async def test_no_way_through_the_site_is_cut_off(browser: Browser, address: str, width: int) -> None:
    page = (await visit(browser, width)).page
    # English is the longer in every row.
    for path, look in product((*views(), "/brands", "/subscribe", "/my"), ("plain", "elder")):
        await page.goto(address + _look(path, look, "en"))
        cut, beyond = await page.evaluate(CUT_OFF)
        assert (path, cut, beyond) == (path, 0, 0)
        present = [await one.inner_text() for one in await page.locator('.head nav [aria-current="page"]').all()]
        assert len(present) == 1, path
        if path.startswith("/calendar"):
            box = await page.locator('.tabs [aria-current="page"], .tabs-now').first.bounding_box()
            assert box, path
            assert 0 <= box["x"] < box["x"] + box["width"] <= width, path


SHORT_LINES = """() => {
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(one);
    const ratio = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
    if (one.closest("svg") || one.closest(".hidden") || ratio >= 1.299) continue;
    found.push(`${one.tagName}.${one.className} ${style.lineHeight} of ${style.fontSize}`);
  }
  return [...new Set(found)];
}"""


ON_THE_FIRST_SCREEN = """() => [...document.querySelectorAll("a, button, input, summary")].filter((one) => {
  const { top } = one.getBoundingClientRect();
  return one.checkVisibility() && top >= 0 && top < 844;
}).length"""


async def test_large_print_offers_little_at_once_and_stands_far_apart(browser: Browser, address: str) -> None:
    page = (await visit(browser, 390)).page
    for path in (*views(), "/calendar/2026-05/print", "/brands"):
        await page.goto(address + _look(path, "elder"))
        assert (path, await page.evaluate(SHORT_LINES)) == (path, [])
    for path in (*views()[:4], "/calendar/2026-05?tier=street"):
        await page.goto(address + _look(path, "elder"))
        assert not await page.locator(".filters .choices").first.is_visible()
        begins = await page.locator("#events .entry, #events .tiles a").first.bounding_box()
        assert begins
        assert (path, begins["y"] < 844 * 1.3) == (path, True)
        # Posters, following and the like wait below the list.
        assert not await page.get_by_role("link", name="用邮箱关注").is_visible()
        assert await page.evaluate(ON_THE_FIRST_SCREEN) <= 18
    await page.locator("summary", has_text="更多").last.click()
    assert await page.get_by_role("link", name="用邮箱关注").is_visible()


@pytest.mark.parametrize("view", ["/calendar/2026-05", "/calendar/week/2026-05-18", "/calendar/2026", "/calendar/2026-05/map"])
async def test_who_filters_on_a_phone_is_led_to_what_was_found(browser: Browser, address: str, view: str) -> None:
    page = (await visit(browser, 390, java_script_enabled=False)).page
    await page.goto(f"{address}{view}?tier=street")
    search, chosen, choices = [await page.locator(one).first.bounding_box() for one in (".search", ".chosen", ".filters nav")]
    assert search
    assert chosen
    assert choices
    assert search["y"] + search["height"] <= chosen["y"] < choices["y"]
    assert chosen["y"] - search["y"] < 120
    found = page.get_by_role("link", name=re.compile("查看 [36] 项活动"))
    foot = await found.bounding_box()
    assert foot
    assert foot["y"] + foot["height"] <= 900, "the foot of an open panel stays in sight"
    await found.click()
    assert await page.evaluate("document.querySelector('#events').getBoundingClientRect().top") < 300
    wide = (await visit(browser, 1280)).page
    await wide.goto(f"{address}{view}?tier=street")
    assert not await wide.locator(".to-found").is_visible()


# An inline element has a box for each line that it stands on.
LINES = "(all) => all.map((one) => one.getClientRects().length).filter((lines) => lines)"


async def test_titles_and_days_are_whole(browser: Browser, address: str) -> None:
    page = (await visit(browser, 1280)).page
    await page.goto(f"{address}/calendar/2026-05")
    slip = page.locator(".month .slip", has_text="环岛健步走").first
    assert await slip.get_attribute("title") == "一街一品·第0次环岛健步走"
    assert await slip.locator(".what .hidden").inner_text() == "一街一品·"
    assert await slip.evaluate("one => one.querySelector('.what').textContent") == "一街一品·第0次环岛健步走"
    assert set(await page.locator(".agenda-day:not(:has(small)) > h3 > .time").evaluate_all(LINES)) == {1}
    near, subscribe = [await page.get_by_text(name, exact=True).bounding_box() for name in ("离我最近", "订阅这个日历")]
    assert near
    assert subscribe
    assert near["y"] == subscribe["y"]
    await page.goto(f"{address}/calendar/week/2026-05-18")
    cut = "(all) => all.filter(one => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflow === 'hidden').length"
    assert await page.locator(".week .what").evaluate_all(cut) == 0
    blank = "document.documentElement.scrollHeight - document.querySelector('.week').getBoundingClientRect().bottom"
    assert await page.evaluate(blank) < 600


async def test_what_the_search_looks_for_is_read_to_its_end(browser: Browser, address: str) -> None:
    measure = """(input) => {
      const context = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(input, "::placeholder");
      context.font = `${style.fontSize} ${style.fontFamily}`;
      const room = input.clientWidth - parseFloat(getComputedStyle(input).paddingLeft) - parseFloat(getComputedStyle(input).paddingRight);
      return room - context.measureText(input.placeholder).width;
    }"""
    for width in (390, 1280):
        page = (await visit(browser, width)).page
        for language in ("zh-CN", "en"):
            for look in ("plain", "elder"):
                await page.goto(address + _look("/calendar/2026-05", look, language))
                assert await page.locator("#q").evaluate(measure) >= 0, (width, language, look)


async def test_a_year_on_a_phone_is_short_and_its_months_look_like_links(browser: Browser, address: str) -> None:
    page = (await visit(browser, 390)).page
    await page.goto(f"{address}/calendar/2026")
    assert await page.evaluate("document.documentElement.scrollHeight") < 2000
    month = page.locator(".year h2 a .name").first
    assert "underline" in await month.evaluate("one => getComputedStyle(one).textDecorationLine")
    assert await page.locator(".small-month:visible").count() == 1
    await month.click()
    assert page.url.endswith("/calendar/2026-01")


async def test_keys_lead_past_the_choices_and_over_the_days(browser: Browser, address: str) -> None:
    page = (await visit(browser, 1280)).page
    await page.goto(f"{address}/calendar/2026-05")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    assert await _focused(page) == "跳到活动"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("!!document.activeElement.closest('#events')")
    walked = []
    for key in ("ArrowRight", "ArrowDown"):
        await page.locator(".month .slip", has_text="第2次环岛").focus()
        await page.keyboard.press(key)
        walked.append(await page.evaluate("document.activeElement.dataset.day"))
    assert walked == ["19", "25"]
    await page.locator(".month .strip .slip").first.focus()
    await page.keyboard.press("ArrowRight")
    assert await page.evaluate("document.activeElement.dataset.day") == "13"


async def _focused(page: Page) -> str:
    found: str = await page.evaluate("document.activeElement.innerText")
    return found


UNMARKED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    if (/[\\u4e00-\\u9fff]/.test(text) && !walker.currentNode.parentElement.closest("[lang]:not(html)")) found.push(text.trim());
  }
  return found;
}"""


async def test_chinese_on_an_english_page_says_that_it_is_chinese(browser: Browser, address: str) -> None:
    page = (await visit(browser, 1280)).page
    for path in (*views(), "/calendar/2026-05?q=健步走", "/calendar/2026-05?q=没有", "/calendar/undated"):
        await page.goto(address + _look(path, language="en"))
        assert (path, await page.evaluate(UNMARKED)) == (path, [])
        assert (path, await page.evaluate("document.querySelectorAll('[lang=zh-CN] [lang=en]').length")) == (path, 0)
    await page.goto(address + _look("/calendar/2026-05", language="en"))
    facts = await page.locator("#events").inner_text()
    assert "May 12 – 21" in facts.replace("\u2009", " ")
    assert "2026年5月下旬" in facts
    assert "2026年5月12日" not in facts
