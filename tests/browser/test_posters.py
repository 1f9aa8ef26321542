"""Posters and the large print as readers meet them."""

import io
from datetime import date

import pytest
from playwright.async_api import Browser, expect
from pypdf import PdfReader

from infra.installation import Installation
from tests.browser.visiting import visit
from tests.filling import add_event
from tests.posters import make_waiting, text_of

A4 = (210, 297)


async def fill(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        for n in range(60):
            await add_event(session, f"第{n}场社区九子趣味运动会暨嘉年华活动", date(2027, 5, 1 + n % 30))


@pytest.mark.parametrize("script", [True, False])
async def test_whoever_waits_sees_the_poster_without_doing_anything(
    browser: Browser, address: str, installation: Installation, script: bool
) -> None:
    await fill(installation)
    visitor = await visit(browser, 390, java_script_enabled=script)
    page = visitor.page
    await page.goto(f"{address}/calendar/2027-05?tier=district")
    await page.get_by_role("link", name="手机长图").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("海报正在制作")
    assert visitor.said == []  # later the browser asks for an icon of its own accord, as it does beside any bare picture
    await make_waiting(installation)
    await expect(page.locator("img")).to_be_visible()
    assert page.url == f"{address}/calendar/2027-05/poster.png?tier=district"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_large_print_is_a4_and_leaves_out_what_can_be_pressed(
    browser: Browser, address: str, installation: Installation, language: str
) -> None:
    await fill(installation)
    visitor = await visit(browser, 1280)
    await visitor.page.goto(f"{address}/calendar/2027-05/print?lang={language}")
    printed = await visitor.page.pdf(prefer_css_page_size=True)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert {tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height)) for page in pages} == {A4}
    assert len(pages) > 3
    text = text_of(printed)
    assert "第59场社区九子趣味运动会暨嘉年华活动" in text
    assert [word for word in ("适老版", "我的报名", "Myregistrations", "开放接口") if word in text] == []
    assert visitor.said == []
