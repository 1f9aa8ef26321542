"""Without a network: the months last seen, marked as such; nothing of a person; and a new version without the old one's leavings."""

from contextlib import AsyncExitStack

from playwright.async_api import Browser, Page, Route, expect

from events.registrations.tokens import manage_token
from infra import clock
from infra.installation import Installation
from tests.filling import add_event
from tests.serving import served
from tests.teams import enter, make_division

KEPT = """async () => {
  const paths = async (name) => (await (await caches.open(name)).keys()).map((key) => new URL(key.url).pathname);
  return (await Promise.all((await caches.keys()).map(paths))).flat();
}"""
AT_WORK = """async () => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
}"""


async def visit(browser: Browser, address: str, **own: str) -> Page:
    """A page whose worker is at work."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale=own.get("locale", "zh-CN"))
    page = await context.new_page()
    await page.goto(f"{address}/calendar")
    await page.evaluate(AT_WORK)
    return page


async def kept(page: Page) -> set[str]:
    return set(await page.evaluate(KEPT))


async def test_months_that_were_seen_open_when_the_server_is_gone(browser: Browser, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "社区趣味运动会", clock.today(installation.settings.zone))
    server = AsyncExitStack()
    address = await server.enter_async_context(served(installation))
    page = await visit(browser, address)
    await page.goto(f"{address}/calendar?lang=zh-CN")
    await expect(page.locator(".stale")).to_have_count(0)
    await server.aclose()
    await page.goto(f"{address}/calendar")
    await expect(page.locator(".stale")).to_contain_text("您离线了；这是")
    await expect(page.locator(".stale")).to_contain_text(str(clock.today(installation.settings.zone).year))
    await expect(page.get_by_text("社区趣味运动会").first).to_be_attached()
    assert await page.evaluate("getComputedStyle(document.querySelector('.stale')).borderInlineStartWidth") == "6px"
    await page.goto(f"{address}/calendar?sport=football")
    await expect(page.get_by_role("heading", level=1)).to_have_text("您离线了")
    await page.goto(f"{address}/my?lang=en")
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")


async def test_the_first_page_ever_opened_opens_again_without_a_network(browser: Browser, address: str) -> None:
    """Nothing but this one page was ever loaded: the worker came with it, and was not yet there to see it load."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{address}/calendar/2027-05?look=elder")
    await page.evaluate(AT_WORK)
    await page.wait_for_function(f"async () => (await ({KEPT})()).includes('/calendar/2027-05')")
    await context.set_offline(True)
    await page.reload()
    await expect(page.locator(".stale")).to_contain_text("您离线了；这是")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("2027年5月")
    await page.goto(f"{address}/my")
    await expect(page.get_by_role("heading", level=1)).to_have_text("您离线了")
    assert await page.locator("html.elder").count() == 1
    await page.goto(f"{address}/my?look=plain")
    assert await page.locator("html.elder").count() == 0


async def test_nothing_of_a_person_is_kept(browser: Browser, installation: Installation, address: str) -> None:
    division = await make_division(installation)
    made = await enter(installation, division, team_name="殷行一队")
    page = await visit(browser, address)
    await page.goto(f"{address}/registrations/manage#{made.id}.{manage_token(installation.keys, made.id, 0)}")
    await page.wait_for_url(f"**/registrations/{made.id}")
    # Once more, by an address of its own, which is the worker's to ask for.
    await page.goto(f"{address}/registrations/{made.id}")
    await expect(page.get_by_text("殷行一队").first).to_be_visible()
    await page.goto(f"{address}/registrations/{made.id}/edit")
    for path in ("/my", f"/divisions/{division}/register", "/registrations/manage", "/mail", "/api/docs", "/calendar"):
        await page.goto(address + path)
    paths = await kept(page)
    assert any(path.startswith("/calendar/") for path in paths)
    assert {path for path in paths if not path.startswith(("/assets/", "/offline", "/calendar/"))} == set()


async def test_no_more_pages_are_kept_than_a_phone_has_room_for(browser: Browser, address: str) -> None:
    page = await visit(browser, address)
    for year in (2026, 2027, 2028):
        for month in range(1, 11):
            await page.goto(f"{address}/calendar/{year}-{month:02}")
    await page.wait_for_function(f"async () => (await ({KEPT})()).includes('/calendar/2028-10')")
    months = {path for path in await kept(page) if path.startswith("/calendar/")}
    assert (len(months) <= 24, "/calendar/2026-01" in months) == (True, False)


async def test_another_version_takes_over_clears_up_and_keeps_what_was_seen(browser: Browser, address: str) -> None:
    page = await visit(browser, address)
    await page.goto(f"{address}/calendar/2027-05")
    await page.wait_for_function(f"async () => (await ({KEPT})()).includes('/calendar/2027-05')")
    text = await (await page.request.get(f"{address}/sw.js")).text()
    before = await page.evaluate("caches.keys()")

    async def newer(route: Route) -> None:
        await route.fulfill(content_type="text/javascript", body=text.replace('VERSION="', 'VERSION="newer-', 1))

    await page.context.route("**/sw.js", newer)
    await page.evaluate("() => navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => null)")
    await page.wait_for_function(
        "async () => { const names = (await caches.keys()).filter((name) => name.includes('shell'));"
        " return names.length === 1 && names[0].includes('newer-'); }"
    )
    assert len([name for name in before if "shell" in name]) == 1
    assert "/calendar/2027-05" in await kept(page)
