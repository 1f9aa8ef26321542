"""The calendar in pages of another site, and the page of subscribing, as Chromium shows them."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Frame, Page, expect

from infra import clock
from infra.installation import Installation
from tests.browser.visiting import Visitor, visit
from tests.filling import add_event

Site = Callable[[str], str]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    """Another site, of another name and port: takes what stands in the body of its page, and says where the page is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def page(body: str) -> str:
        icon = '<link rel="icon" href="data:,">'
        (tmp_path / "index.html").write_text(f"<!doctype html><meta charset=utf-8><title>街道</title>{icon}<body>{body}</body>")
        return f"http://localhost:{server.server_address[1]}/"

    yield page
    server.shutdown()
    server.server_close()


async def fill(installation: Installation, events: int = 1) -> UUID:
    """Events ahead in the present month or the next; the id of the first."""
    first = clock.today(installation.settings.zone)
    async with installation.sessions.begin() as session:
        ids = [await add_event(session, f"第{n}场" + "很长的名字" * 15, first + timedelta(days=n % 3)) for n in range(events)]
    return ids[0]


def inner(page: Page) -> Frame:
    return page.frames[1]


async def test_a_month_shows_in_a_frame_of_another_site_and_its_links_lead_out(
    browser: Browser, address: str, office: Site, installation: Installation
) -> None:
    event_id = await fill(installation)
    visitor = await visit(browser, 700)
    page = visitor.page
    await page.goto(office(f'<iframe src="{address}/embed/calendar?region=310110&lang=zh-CN" width="280" height="500"></iframe>'))
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("heading", level=1)).to_contain_text("杨浦区 · 1 项活动")
    assert await inner(page).evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    here = inner(page).url
    await frame.get_by_role("link", name="月").last.click()
    await expect(frame.get_by_text("没有符合条件")).to_be_visible()
    assert inner(page).url != here
    await frame.get_by_role("link", name="月").first.click()
    await frame.get_by_role("link", name="第0场").click()
    await page.wait_for_url(f"{address}/events/{event_id}?lang=zh-CN")
    assert visitor.said == []


async def test_a_page_of_ours_is_refused_to_be_framed(browser: Browser, address: str, office: Site, installation: Installation) -> None:
    await fill(installation)
    for path in ("/calendar", "/subscribe", "/embed"):
        visitor = await visit(browser, 700)
        async with visitor.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            await visitor.page.goto(office(f'<iframe src="{address}{path}" width="280" height="500"></iframe>'))
        assert await inner(visitor.page).evaluate("document.querySelector('main')") is None


ELEMENTS = {
    "script": '<script src="{site}/embed/saili.js" async></script><saili-calendar region="310110" lang="zh-CN"></saili-calendar>',
    "module": (
        '<script type="module" src="{site}/embed/saili.js"></script>'
        '<saili-calendar src="{site}/" query="region=310110&amp;tier=district" lang="zh-CN"></saili-calendar>'
    ),
}


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS)
async def test_the_element_makes_a_frame_as_high_as_its_content(
    browser: Browser, address: str, office: Site, installation: Installation, element: str
) -> None:
    await fill(installation, events=30)
    visitor = await visit(browser, 390)
    page = visitor.page
    await page.goto(office(element.format(site=address)))
    frame = page.frame_locator("saili-calendar iframe")
    await expect(frame.get_by_role("heading", level=1)).to_contain_text("杨浦区")
    await page.wait_for_function("document.querySelector('saili-calendar iframe').clientHeight > 2000")
    high = await inner(page).evaluate("document.documentElement.scrollHeight - window.innerHeight")
    assert high == 0
    await page.evaluate("document.querySelector('saili-calendar').setAttribute('month', '2099-01')")
    await expect(frame.get_by_text("没有符合条件")).to_be_visible()
    await page.wait_for_function("document.querySelector('saili-calendar iframe').clientHeight < 500")
    assert visitor.said == []


async def test_the_element_listens_to_its_own_frame_alone(browser: Browser, address: str, office: Site, installation: Installation) -> None:
    await fill(installation)
    visitor = await visit(browser, 390)
    page = visitor.page
    await page.goto(office(ELEMENTS["script"].format(site=address)))
    await page.wait_for_function("document.querySelector('saili-calendar iframe').style.height != '640px'")
    before = await page.evaluate("document.querySelector('saili-calendar iframe').style.height")
    heard = """() => new Promise((heard) => {
        window.addEventListener("message", () => heard(document.querySelector("saili-calendar iframe").style.height));
        window.postMessage({ saili: { height: 5000 } }, "*");
    })"""
    assert await page.evaluate(heard) == before
    forged = """([source, origin]) => {
        const frame = document.querySelector("saili-calendar iframe");
        const known = { ours: frame.contentWindow, other: window };
        window.dispatchEvent(new MessageEvent("message", { data: { saili: { height: 5000 } }, source: known[source], origin }));
        return frame.style.height;
    }"""
    assert await page.evaluate(forged, ["ours", "https://evil.example"]) == before
    assert await page.evaluate(forged, ["other", address]) == before
    assert await page.evaluate(forged, ["ours", address]) == "5000px"


async def test_an_element_that_knows_no_address_says_what_it_lacks(browser: Browser, address: str, office: Site) -> None:
    visitor = await visit(browser, 390)
    await visitor.page.goto(office(f'<script type="module" src="{address}/embed/saili.js"></script><saili-calendar></saili-calendar>'))
    await expect(visitor.page.locator("saili-calendar")).to_contain_text("src=")
    await visitor.page.goto(
        office(ELEMENTS["module"].format(site="javascript:alert(1)").replace("javascript:alert(1)/embed", f"{address}/embed"))
    )
    await expect(visitor.page.locator("saili-calendar")).to_contain_text("src=")
    assert (await visitor.page.locator("iframe").count(), visitor.said) == (0, [])


PAGES = {
    "/subscribe?region=310110&q=" + "长" * 90: (320, 390, 1280),
    "/subscribe?lang=en": (320, 768),
    "/embed?region=310110&lang=en": (320, 1280),
    "/embed/calendar?lang=en": (280, 390),
}


async def test_no_page_is_wider_than_its_window_or_breaks_a_rule_of_access(
    browser: Browser, address: str, installation: Installation
) -> None:
    await fill(installation, events=3)
    visitor = await visit(browser, 1280)
    for path, widths in PAGES.items():
        answer = await visitor.page.goto(address + path)
        assert answer
        await visitor.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert (path, answer.status, await visitor.faults(widths)) == (path, 200, [])
    refused = await visitor.page.goto(f"{address}/embed/calendar/2099-13?lang=en")
    visitor.said.clear()  # Chromium says of the answer 422 that it is one
    assert (refused and refused.status, await visitor.faults([280])) == (422, [])


async def test_the_address_is_copied_and_the_button_says_so(browser: Browser, address: str, installation: Installation) -> None:
    context = await browser.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
    visitor = Visitor(await context.new_page())
    page = visitor.page
    await page.goto(f"{address}/subscribe?region=310110")
    await page.get_by_role("button", name="复制").click()
    await expect(page.get_by_role("status").filter(has_text="已复制")).to_be_visible()
    expected = f"{installation.settings.public_url}/feeds/events.ics?region=310110"
    assert await page.evaluate("navigator.clipboard.readText()") == expected
    assert visitor.said == []


async def test_an_old_browser_copies_what_is_selected(browser: Browser, address: str) -> None:
    context = await browser.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.add_init_script("Object.defineProperty(navigator.clipboard, 'writeText', { value: undefined })")
    await page.goto(f"{address}/subscribe?region=310110")
    await page.get_by_role("button", name="复制").click()
    await expect(page.get_by_role("status").filter(has_text="已复制")).to_be_visible()
    assert (await page.evaluate("navigator.clipboard.readText()")).endswith("region=310110")


async def test_without_a_script_the_page_is_whole(browser: Browser, address: str, installation: Installation) -> None:
    await fill(installation)
    context = await browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/calendar?region=310110")
    await page.get_by_role("link", name="订阅这个日历").click()
    await expect(page.get_by_label("订阅地址")).to_have_value(f"{installation.settings.public_url}/feeds/events.ics?region=310110")
    await expect(page.get_by_role("button", name="复制")).to_be_hidden()
    await page.get_by_label("提醒").select_option("60")
    await page.get_by_role("button", name="换成带提醒的地址").click()
    await expect(page.get_by_label("订阅地址")).to_have_value(f"{installation.settings.public_url}/feeds/events.ics?region=310110&alarm=60")
    await page.get_by_text("Thunderbird", exact=True).click()
    await expect(page.get_by_text("网络上的")).to_be_visible()
    await page.get_by_role("link", name="单位的网站").click()
    await expect(page.frame_locator("iframe").get_by_text("杨浦区 · 1 项活动")).to_be_visible()


async def test_the_tab_key_goes_through_the_page_as_it_is_read(browser: Browser, address: str) -> None:
    visitor = await visit(browser, 1280)
    await visitor.page.goto(f"{address}/subscribe")
    await visitor.page.get_by_role("link", name="看这些活动").focus()
    told = []
    for _ in range(9):
        await visitor.page.keyboard.press("Tab")
        told.append(await visitor.page.evaluate("(document.activeElement.innerText || document.activeElement.id).trim()"))
    ways = ["用日历程序订阅", "Google 日历", "Outlook 网页版", "Outlook（单位）"]
    assert told[:6] == [*ways, "copy-feed", "复制"]
    assert told[7:] == ["换成带提醒的地址", "微信里的浏览器"]
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_text("微信会拦下订阅链接，点了没有反应")).to_be_visible()
