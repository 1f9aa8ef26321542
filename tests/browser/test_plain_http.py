"""A site without TLS, under a name of its own: browsers send no Fetch Metadata there, and forms are known to be ours by their Origin."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright

from events.notices.rules import SubscriptionStatus
from infra.installation import Installation
from tests.browser.conftest import CHROMIUM
from tests.browser.visiting import OPTIONS
from tests.followers import ask, confirm_code, statuses, subscriptions
from tests.teams import make_event

HOST = "saili.test"


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a browser for which that name is this machine; skipped where there is none."""
    async with async_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, rules])
        yield await chromium.new_page(locale="zh-CN", service_workers="block")
        await chromium.close()


async def test_a_form_is_sent_from_its_own_page(page: Page, address: str, installation: Installation) -> None:
    event = await make_event(installation)
    site = address.replace("127.0.0.1", HOST)
    await page.goto(f"{site}/events/{event}/report")
    await page.locator("textarea").fill("日期写错了，应该是五月三日。")
    async with page.expect_request(lambda request: request.method == "POST") as sent:
        await page.locator("main form button").click()
    headers = await (await sent.value).all_headers()
    assert (headers.get("origin"), "sec-fetch-site" in headers) == (site, False)
    await page.wait_for_url(f"{site}/events/{event}/report/sent")


async def test_a_code_in_an_address_is_told_to_nobody(page: Page, address: str, installation: Installation) -> None:
    """Also not to our own server by the requests for a page's parts: a proxy in front may log where they came from."""
    await ask(installation, "follower@example.org")
    [asked] = await subscriptions(installation)
    site, requests = address.replace("127.0.0.1", HOST), list[Request]()

    def sent(request: Request) -> None:
        requests.append(request)

    page.on("request", sent)
    await page.goto(f"{site}/follow/confirm?{urlencode(confirm_code(installation, asked.id))}")
    await page.locator("main form button").click()
    await page.wait_for_url(f"{site}/follow/confirm")
    assert await statuses(installation) == [SubscriptionStatus.ACTIVE]
    assert len(requests) > 3
    assert {(await request.all_headers()).get("referer", "") for request in requests} == {"", f"{site}/"}
