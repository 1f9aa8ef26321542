"""The pages as Chromium shows them."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser

from infra import clock
from infra.installation import Installation
from tests.browser.visiting import LOOKS, WIDTHS, visit
from tests.filling import add_event, add_venue
from tests.teams import make_division, make_event


async def fill(installation: Installation) -> tuple[UUID, UUID]:
    """A month with a long name, a run and a busy day; an event with a division. The ids of both."""
    first = clock.today(installation.settings.zone).replace(day=1)
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "一个名字很长很长很长很长很长的社区文化活动中心体育馆")
        await add_event(
            session, "“健康杨浦 人人来秀”2026年上海市第四届市民运动会杨浦区社区九子趣味运动会暨嘉年华活动" * 2, first, venue_id=venue
        )
        await add_event(session, "Averyveryveryveryveryveryveryverylongwordwithoutanyspaceatall", first, venue_id=venue)
        await add_event(session, "跨越半个月的联赛", (first + timedelta(days=3), first + timedelta(days=18)))
        for n in range(6):
            await add_event(session, f"第{n}场热身赛", first + timedelta(days=10))
    event = await make_event(installation)
    return event, await make_division(installation, event_id=event)


# A page of each kind.
PAGES = (
    "/calendar",
    "/calendar/2027-05",
    "/calendar/1900-01?q=什么也没有",
    "/calendar/{month}/print",
    "/events/{event}",
    "/divisions/{division}/register",
    "/registrations/manage",
    "/my",
    "/offline/zh-CN",
    "/calendar/undated",
    "/subscribe?region=310110",
    "/embed?region=310110",
    "/embed/calendar",
    "/events/{event}/report",
    "/events/{event}/report/sent",
    "/privacy",
    "/accessibility",
    "/styleguide",
    "/api/docs",
)


@pytest.mark.parametrize("look", LOOKS)
async def test_no_page_is_too_wide_or_lacks_a_glyph_or_breaks_a_rule_of_access_or_makes_the_console_speak(
    browser: Browser, address: str, installation: Installation, look: str
) -> None:
    event, division = await fill(installation)
    visitor = await visit(browser, WIDTHS[0])
    for page in PAGES:
        path = page.format(event=event, division=division, month=f"{clock.now():%Y-%m}")
        answer = await visitor.page.goto(f"{address}{path}{'&' if '?' in path else '?'}look={look}")
        assert answer
        assert (path, answer.status, await visitor.faults()) == (path, 200, [])


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_of_another_status_are_for_everybody_too(browser: Browser, address: str, look: str) -> None:
    visitor = await visit(browser, WIDTHS[0])
    pages = {"/nowhere": 404, "/calendar/2026-13": 422, "/calendar/2027-05/poster.pdf": 202, "/calendar?tier=x&sport=y": 422}
    for path, status in pages.items():
        answer = await visitor.page.goto(f"{address}{path}{'&' if '?' in path else '?'}look={look}")
        visitor.said.clear()  # Chromium says of a status that is an error that it is one
        assert (path, answer and answer.status, await visitor.faults()) == (path, status, [])


async def test_the_grid_is_walked_with_the_arrow_keys(browser: Browser, address: str, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "龙舟赛", date(2027, 6, 9))
    visitor = await visit(browser, 1280)
    page = visitor.page
    await page.goto(f"{address}/calendar/2027-06")
    walked = []
    await page.locator("table.month [data-day]").first.focus()
    for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp", "ArrowUp", "ArrowLeft"):
        await page.keyboard.press(key)
        walked.append(await page.evaluate("document.activeElement.dataset.day"))
    assert walked == ["8", "9", "13", "7", "7", "7", "6"]
    assert await page.locator("table.month [data-day][tabindex='0']").count() == 1
    await page.locator("[data-day='9']").focus()
    assert await page.evaluate("document.activeElement.innerText") == "6月9日 周三，1 项活动\n9"
    await page.keyboard.press("Enter")
    assert "龙舟赛" in await page.locator(":target").inner_text()


async def test_results_come_as_one_types_and_the_address_follows(browser: Browser, address: str, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "龙舟赛", date(2027, 6, 9), searched=["龙舟赛"])
        await add_event(session, "社区棋赛", date(2027, 6, 10), searched=["社区棋赛"])
    for script in (True, False):
        visitor = await visit(browser, 1280, java_script_enabled=script)
        page = visitor.page
        await page.goto(f"{address}/calendar/2027-06")
        await page.get_by_label("搜索").press_sequentially("龙舟")
        if not script:
            await page.get_by_role("button", name="搜索").click()
        await page.locator(".chosen").wait_for()
        assert "q=%E9%BE%99%E8%88%9F" in page.url
        assert await page.locator(".agenda-day .entry").all_inner_texts() == ["龙舟赛\n杨浦区"] or await page.locator(".entry").count() == 1
        assert "1 项活动" in await page.locator("#summary").inner_text()
        assert visitor.said == []


async def test_the_grid_is_for_wide_windows_and_the_agenda_for_all(browser: Browser, address: str, installation: Installation) -> None:
    await fill(installation)
    for width, shown in ((1280, True), (390, False)):
        visitor = await visit(browser, width)
        await visitor.page.goto(f"{address}/calendar")
        assert await visitor.page.locator("table.month").is_visible() is shown
        assert await visitor.page.locator(".agenda-day").first.is_visible()


async def test_a_busy_day_leads_to_all_of_its_events(browser: Browser, address: str, installation: Installation) -> None:
    await fill(installation)
    visitor = await visit(browser, 1280)
    await visitor.page.goto(f"{address}/calendar")
    await visitor.page.get_by_text("还有 3 项").click()
    agenda = visitor.page.locator(":target")
    assert await agenda.locator(".entry").count() == 6
