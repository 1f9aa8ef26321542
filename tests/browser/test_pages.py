"""The pages as Chromium shows them. Skipped, with the reason printed, on a machine without one (`apt-get install chromium`)."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, async_playwright

from infra import clock
from infra.installation import Installation
from tests.filling import add_event, add_venue
from tests.serving import served
from tests.teams import STREET, make_division, make_event

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = (1280, 390)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on the PATH, and CHROMIUM names none")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        await browser.close()


@pytest.fixture
async def address(installation: Installation) -> AsyncIterator[str]:
    async with served(installation) as address:
        yield address


class Visitor:
    """A page of one width, and everything that its console said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    async def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        found: int = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return found


async def visit(browser: Browser, width: int, scheme: str = "light") -> Visitor:
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN")  # type: ignore[arg-type]
    return Visitor(await context.new_page())


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


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_wider_than_its_window_or_makes_the_console_speak(
    browser: Browser, address: str, installation: Installation, width: int, scheme: str
) -> None:
    event, division = await fill(installation)
    month = f"/calendar/{date(2027, 5, 1):%Y-%m}"
    visitor = await visit(browser, width, scheme)
    for path in ("/calendar", month, f"/events/{event}", f"/divisions/{division}/register", "/registrations/manage", "/calendar/undated"):
        answer = await visitor.page.goto(address + path)
        assert answer
        assert (path, answer.status, await visitor.overflow(), visitor.said) == (path, 200, 0, [])


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


async def test_a_leader_signs_up_on_the_phone_and_comes_back_by_the_link(
    browser: Browser, address: str, installation: Installation
) -> None:
    _, division = await fill(installation)
    visitor = await visit(browser, 390)
    page = visitor.page
    await page.goto(f"{address}/divisions/{division}/register")
    await page.get_by_label("队名").fill("殷行江湾联队")
    await page.get_by_label("所属地区").select_option(STREET)
    await page.get_by_label("姓名", exact=True).fill("王建国")
    await page.get_by_label("手机").fill("139 0000 0001")
    for n in range(1, 6):
        await page.get_by_label(f"第 {n} 人姓名").fill(f"队员{n}")
    await page.get_by_role("button", name="提交报名").click()
    assert await page.get_by_role("heading", level=1).inner_text() == "报名已确认\n社区篮球赛 · 五人制篮球 · 男子组"
    link = (await page.locator("p.copy a").get_attribute("href") or "").replace(installation.settings.public_url, address)
    other = await visit(browser, 390)
    await other.page.goto(link)
    await other.page.wait_for_url("**/registrations/*-*")
    assert "殷行江湾联队" in await other.page.content()
    assert "#" not in other.page.url
    assert (visitor.said, other.said) == ([], [])
