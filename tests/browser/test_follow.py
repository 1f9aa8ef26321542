"""Following, as Chromium shows it: every page in every look, the journey without a script, and a service worker that is pushed to."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from events.notices.rules import SubscriptionStatus
from events.notices.targets import Scope
from infra.installation import Installation
from infra.vapid import public_key
from tests.browser.visiting import LOOKS, WIDTHS, visit
from tests.filling import add_event, add_series
from tests.followers import confirm_code, follow, leave_code, manage_code, statuses, subscriptions
from tests.serving import served
from tests.waiting import until
from tests.workers.push_service import BrowserOf, PushService

LONG = "“健康杨浦 人人来秀”2026年上海市第四届市民运动会Averyveryveryverylongwordwithoutanyspace九子趣味运动会🏮"


async def fill(office: Installation) -> UUID:
    async with office.sessions.begin() as session:
        await add_series(session, "yundong", "韵动杨浦·秀出来")
        return await add_event(session, LONG, date(2027, 5, 2))


async def enter(page: Page, address: str, office: Installation, subscription_id: UUID) -> None:
    """By the link of a mail, as somebody who follows it."""
    await page.goto(f"{address}/follow/manage#{manage_code(office, subscription_id)}")
    await page.wait_for_selector(".follow-list")


@pytest.mark.parametrize("look", LOOKS)
async def test_no_page_of_following_breaks_in_any_look(browser: Browser, address: str, installation: Installation, look: str) -> None:
    event = await fill(installation)
    mine = await follow(installation, "a.very.long.address.of.somebody@a-very-long-domain-name.example.org", Scope.EVENT, str(event))
    await follow(installation, "a.very.long.address.of.somebody@a-very-long-domain-name.example.org")
    code = "&".join(f"{name}={value}" for name, value in confirm_code(installation, mine).items())
    visitor = await visit(browser, WIDTHS[0])
    pages = [
        "/follow",
        f"/follow?event={event}",
        "/follow?region=310110",
        "/follow/sent",
        f"/follow/confirm?{code}",
        f"/follow/leave?{code}",
    ]
    for path in [*pages, "/follow/manage"]:
        await visitor.page.goto(f"{address}{path}{'&' if '?' in path else '?'}look={look}")
        assert (path, await visitor.faults()) == (path, [])
    await visitor.page.get_by_label("您的邮箱").fill("no address")
    await visitor.page.get_by_role("button", name="寄给我").click()
    await visitor.page.wait_for_selector(".fault")
    visitor.said.clear()  # Chromium says of the answer 422 that it is one
    assert await visitor.faults() == []
    await enter(visitor.page, address, installation, mine)
    assert await visitor.faults() == []


async def test_somebody_follows_confirms_manages_and_leaves_without_a_script(
    browser: Browser, address: str, installation: Installation
) -> None:
    event = await fill(installation)
    page = (await visit(browser, 390, java_script_enabled=False)).page
    await page.goto(f"{address}/events/{event}")
    await page.get_by_role("link", name="用邮箱关注这项活动").click()
    await page.get_by_label("您的邮箱").fill("wang@example.org")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/follow/sent")
    [asked] = await subscriptions(installation)
    await page.goto(f"{address}/follow/confirm?" + "&".join(f"{k}={v}" for k, v in confirm_code(installation, asked.id).items()))
    assert await statuses(installation) == [SubscriptionStatus.ASKED]
    await page.get_by_role("button", name="确认关注").click()
    assert "已关注" in await page.inner_text("h1")
    await page.get_by_role("link", name="管理我关注的内容").click()
    await page.get_by_label("管理链接").fill(manage_code(installation, asked.id))
    await page.get_by_role("button", name="打开").click()
    assert "wang@example.org" in await page.inner_text("h1")
    await page.get_by_role("button", name="取消关注").first.click()
    assert "已取消全部关注" in await page.inner_text("h1")
    await page.goto(f"{address}/follow/leave?" + "&".join(f"{k}={v}" for k, v in leave_code(installation, asked.id).items()))
    await page.get_by_role("button", name="取消关注").click()
    assert "已取消关注" in await page.inner_text("h1")
    assert await statuses(installation) == [SubscriptionStatus.LEFT]


# A browser's way to its maker's service, which is far away: what it would give us, and the rest of the page real.
READY = """(subscription) => {
  let current = null;
  const manager = {
    getSubscription: async () => current,
    subscribe: async (options) => {
      window.subscribedWith = options.applicationServerKey;
      return (current = {endpoint: subscription.endpoint, toJSON: () => subscription});
    },
  };
  Object.defineProperty(navigator.serviceWorker, "ready", {get: () => Promise.resolve({pushManager: manager})});
}"""


async def test_a_press_of_the_button_follows_and_another_leaves(browser: Browser, installation: Installation) -> None:
    event, settings = await fill(installation), installation.settings
    device = BrowserOf(PushService(port=9))
    installation.settings = replace(settings, push=True, push_services=("http://127.0.0.1:9",))
    async with served(installation) as address:
        without = (await visit(browser, 390, service_workers="block")).page
        await without.goto(f"{address}/follow?event={event}")
        assert await without.locator("[data-push-event]").is_visible() is False  # nothing would show what is pushed
        visitor = await visit(browser, 390)
        page, place = visitor.page, visitor.page.locator("[data-push-event]")
        await page.add_init_script(f"({READY})({json.dumps(device.subscription())})")
        await page.goto(f"{address}/follow?event={event}")
        button = place.get_by_role("button")
        for pressed, status, expected in (("true", "这台设备会收到通知。", "active"), ("false", "这台设备不再收到通知。", "left")):
            await button.click()
            await page.wait_for_selector(f"[data-push-event] button[aria-pressed={pressed}]")
            assert await place.get_by_role("status").inner_text() == status
            assert [one.status.value for one in await subscriptions(installation)] == [expected]
        assert await page.evaluate("window.subscribedWith") == public_key(installation.keys)
        assert (await visitor.overflow(), await visitor.violations(), visitor.said) == (0, [], [])


@asynccontextmanager
async def site_with_worker(folder: Path) -> AsyncIterator[str]:
    """A site that is only a service worker, made of our script."""
    shutil.copy("events/web/assets/js/push-worker.js", folder)
    (folder / "worker.js").write_text('import { listenToPushes } from "./push-worker.js"; listenToPushes(self);')
    (folder / "index.html").write_text("<!doctype html><title>.</title>")
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder)))
    serving = asyncio.get_running_loop().run_in_executor(None, server.serve_forever)
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        await serving
        server.server_close()


@pytest.mark.parametrize(
    "data", ['{"title":"活动取消：龙舟赛","body":"原因：台风","tag":"t","lang":"zh-CN","url":"/events/1"}', "no JSON", ""]
)
async def test_a_service_worker_shows_whatever_it_is_pushed(browser: Browser, tmp_path: Path, data: str) -> None:
    async with site_with_worker(tmp_path) as site:
        context = await browser.new_context(permissions=["notifications"])
        page = await context.new_page()
        await page.goto(f"{site}/index.html")
        devtools, registered = await context.new_cdp_session(page), asyncio.get_running_loop().create_future()

        def note(told: dict[str, Any]) -> None:
            found = [one["registrationId"] for one in told["registrations"] if not one["isDeleted"]]
            if found and not registered.done():
                registered.set_result(found[0])

        devtools.on("ServiceWorker.workerRegistrationUpdated", note)
        await devtools.send("ServiceWorker.enable")
        await page.evaluate("navigator.serviceWorker.register('worker.js', {type: 'module'}).then(() => navigator.serviceWorker.ready)")
        push = {"origin": site, "registrationId": await registered, "data": data}
        await devtools.send("ServiceWorker.deliverPushMessage", push)
        shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
          .map(({title, body, tag, lang, data}) => [title, body, tag, lang, data.url])"""
        await until(lambda: _any(page, shown))
        expected = (
            ["活动取消：龙舟赛", "原因：台风", "t", "zh-CN", "/events/1"] if data.startswith("{") else ["赛历 Saili", "", "", "", None]
        )
        assert await page.evaluate(shown) == [expected]
        await context.close()


async def _any(page: Page, shown: str) -> bool:
    return bool(await page.evaluate(shown))
