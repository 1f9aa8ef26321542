"""The views of the calendar as Chromium shows them."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from playwright.async_api import Browser

from events.calendar.rules import Datum
from events.regions.rules import Tier
from infra.installation import Installation
from tests.browser.visiting import LOOKS, WIDTHS, visit
from tests.filling import add_event, add_venue
from tests.serving import served

VIEWS = ("2026-05", "2026-05/agenda", "2026-05/streets", "2026-05/map", "week/2026-05-06", "2026")


@pytest.fixture
async def address(installation: Installation) -> AsyncIterator[str]:
    async with installation.sessions.begin() as session:
        near = await add_venue(session, "近处", lon=121.504, lat=31.30, datum=Datum.WGS84)
        far = await add_venue(session, "远处", lon=121.60, lat=31.30, datum=Datum.WGS84)
        street = {"tier": Tier.STREET, "region_code": "310110016"}
        await add_event(session, "远的", date(2026, 5, 5), venue_id=far, **street)
        await add_event(session, "近的" + "很长的名字" * 15 + "🏀", date(2026, 5, 6), (date(2026, 5, 1), date(2026, 5, 30)), venue_id=near)
        await add_event(session, "没有坐标", date(2026, 6, 7))
        for n, code in enumerate(["310110019"] * 3 + ["310110021"] * 6 + ["310110020"] * 12):
            await add_event(session, f"第{n}场", date(2026, 5, [10, 11, 11, 12][n % 4]), tier=Tier.STREET, region_code=code)
    async with served(installation) as address:
        yield address


@pytest.mark.parametrize("look", LOOKS)
async def test_no_view_is_too_wide_or_lacks_a_glyph_or_breaks_a_rule_of_access_or_makes_the_console_speak(
    browser: Browser, address: str, look: str
) -> None:
    visitor = await visit(browser, WIDTHS[0])
    for path in (*(f"/calendar/{view}" for view in VIEWS), "/brands", "/calendar/2026-05/map?tier=city&tier=street&q=没有"):
        answer = await visitor.page.goto(f"{address}{path}{'&' if '?' in path else '?'}look={look}")
        assert answer
        assert (path, answer.status, await visitor.faults()) == (path, 200, [])


async def test_arrow_keys_walk_over_the_map_and_enter_looks_at_a_street(browser: Browser, address: str) -> None:
    page = (await visit(browser, 1280)).page
    await page.goto(f"{address}/calendar/2026-05/map")
    assert await page.locator('[data-tile][tabindex="0"]').count() == 1
    await page.locator('[data-tile][tabindex="0"]').focus()
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowUp"):
        await page.keyboard.press(key)
        walked.append(await page.evaluate("document.activeElement.querySelector('.name').textContent"))
    expected = ["殷行街道", "长海路街道", "延吉新村街道", "长白新村街道", "长白新村街道", "长海路街道", "殷行街道", "殷行街道"]
    assert walked == expected
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/map?region=310110016")
    assert await page.locator("#found .entry").all_inner_texts() != []


async def test_what_is_near_comes_first_and_the_position_is_in_no_request(browser: Browser, address: str) -> None:
    where = {"latitude": 31.30, "longitude": 121.50}
    visitor = await visit(browser, 390, geolocation=where, permissions=["geolocation"])
    page = visitor.page
    await page.goto(f"{address}/calendar/2026-05/agenda")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.get_by_role("button", name="离我最近").click()
    await page.locator(".nearest .entry").first.wait_for()
    assert [text[:2] for text in await page.locator(".nearest .name").all_inner_texts()] == ["近的", "远的"]
    assert await page.locator(".nearest .distance").all_inner_texts() == ["400 米", "9.5 公里"]
    assert ([url for url in asked if "/assets/" not in url], visitor.said) == ([], [])
    await page.goto(f"{address}/calendar/2026-06/agenda")
    await page.get_by_role("button", name="离我最近").click()
    assert "没有场馆坐标" in await page.locator("[data-near] [role=status]").inner_text()


async def test_without_a_script_every_view_can_be_reached_and_nothing_dead_is_seen(browser: Browser, address: str) -> None:
    page = (await visit(browser, 390, java_script_enabled=False)).page
    await page.goto(f"{address}/calendar/2026-05?tier=street")
    for name in ("逐日", "一周", "全年", "按街镇", "地图", "月历"):
        await page.locator(".tabs").get_by_text(name).click()
        assert await page.locator('.tabs [aria-current="page"]').inner_text() == name
        assert await page.get_by_role("button", name="离我最近").count() == 0
        assert page.url.endswith("?tier=street")
