"""The page of an event as Chromium shows it: whole whatever an office wrote, shared by touch, and on one sheet of paper."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser
from sqlalchemy import select

from events.calendar.rules import Datum
from events.reports.models import Report
from infra import clock
from infra.installation import Installation
from tests.browser.visiting import LOOKS, WIDTHS, visit
from tests.filling import add_event, add_series, add_venue
from tests.teams import make_division

NAME = "👨‍👩‍👧‍👦🏀跑Rün" * 10
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


async def awkward(installation: Installation) -> UUID:
    """An event with all that can be wrong: an 80-character name of many scripts, words without an end, markup, forty sessions."""
    today = clock.today(installation.settings.zone)
    async with installation.sessions.begin() as session:
        series, (board,) = await add_series(session, "x", LONG[:90], MARKUP)
        venue = await add_venue(session, LONG[:190], address=MARKUP + LONG[:200], lon=121.5, lat=31.3, datum=Datum.BD09)
        event = await add_event(
            session, NAME[:80], *(today + timedelta(days=n - 10) for n in range(40)), series_id=series, board_id=board, venue_id=venue,
            audience=[LONG[:40], MARKUP[:40]], source_url=f"https://example.org/{LONG}", organiser=LONG, undertaker=MARKUP, contact=LONG,
            summary=MARKUP + LONG * 3, eligibility=LONG, bring=MARKUP, fee=LONG, directions=MARKUP, fuse=LONG, date_text=LONG[:300],
        )  # fmt: skip
    await make_division(installation, event_id=event, title=LONG[:100])
    return event


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_whatever_an_office_writes_the_page_stays_whole(
    browser: Browser, address: str, installation: Installation, look: str, language: str
) -> None:
    event = await awkward(installation)
    visitor = await visit(browser, WIDTHS[0])
    answer = await visitor.page.goto(f"{address}/events/{event}?look={look}&lang={language}")
    assert answer
    assert (answer.status, await visitor.faults([*WIDTHS, 320])) == (200, [])
    await visitor.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert await visitor.faults([*WIDTHS, 320]) == []


@pytest.mark.parametrize(("width", "look", "highest"), [(390, "plain", 844), (390, "elder", 1300), (1280, "plain", 600)])
async def test_signing_up_is_the_first_thing_that_can_be_done(
    browser: Browser, address: str, installation: Installation, width: int, look: str, highest: int
) -> None:
    today = clock.today(installation.settings.zone)
    async with installation.sessions.begin() as session:
        event = await add_event(session, "杨浦区社区五人制足球赛", today + timedelta(days=20), fee="每队 200 元", summary="先报先得。" * 9)
    division = await make_division(installation, event_id=event)
    visitor = await visit(browser, width)
    await visitor.page.goto(f"{address}/events/{event}?look={look}")
    strong = visitor.page.locator("main .button.strong")
    first, box = strong.first, await strong.first.bounding_box()
    assert box
    assert (await first.get_attribute("href"), box["y"] < highest) == (f"/divisions/{division}/register", True)
    assert {text.strip()[:2] for text in await strong.all_inner_texts()} == {"报名"}
    assert await visitor.page.locator(".columns section").first.locator("h2").inner_text() == "报名：五人制篮球"
    assert (await visitor.page.locator("main").inner_text()).count("每队 200 元") == 1
    headings = await visitor.page.locator("dt, .card h2").all_inner_texts()
    assert (headings.count("费用"), headings.count("时间")) == (1, 1)


async def test_with_a_choice_of_divisions_the_first_button_leads_to_the_choice(
    browser: Browser, address: str, installation: Installation
) -> None:
    today = clock.today(installation.settings.zone)
    async with installation.sessions.begin() as session:
        event = await add_event(session, "篮球赛", today + timedelta(days=20))
    for title in ("男子组", "女子组"):
        await make_division(installation, event_id=event, title=title)
    visitor = await visit(browser, 390)
    await visitor.page.goto(f"{address}/events/{event}")
    await visitor.page.locator(".lead").get_by_role("link", name="报名").click()
    assert await visitor.page.locator(":target").locator("h2").inner_text() in ("报名：男子组", "报名：女子组")


async def test_the_way_to_tell_others_stands_whole_beside_its_code(browser: Browser, address: str, installation: Installation) -> None:
    event = await awkward(installation)
    visitor = await visit(browser, 1280)
    await visitor.page.goto(f"{address}/events/{event}")
    code, field = [await visitor.page.locator(f".told {part}").bounding_box() for part in (".qr", "textarea")]
    assert code
    assert field
    assert field["x"] >= code["x"] + code["width"]
    assert await visitor.page.locator(".told textarea").evaluate(
        "(one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]"
    ) == [0, 0]
    tops = await visitor.page.locator(".share .row button:visible").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().top)"
    )
    assert (len(tops) >= 2, len({*tops})) == (True, 1)


async def test_the_address_is_copied_with_a_press_and_stands_there_without_a_script(
    browser: Browser, address: str, installation: Installation
) -> None:
    event = await awkward(installation)
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"], locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{address}/events/{event}")
    short = await page.get_by_label("短网址", exact=True).input_value()
    await page.get_by_role("button", name="复制").click()
    await page.get_by_text("已复制").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == short
    answer = await page.goto(short.replace(installation.settings.public_url, address))
    assert answer
    assert page.url == f"{address}/events/{event}"

    bare = await (await browser.new_context(java_script_enabled=False, locale="zh-CN")).new_page()
    await bare.goto(f"{address}/events/{event}")
    assert await bare.get_by_label("短网址", exact=True).input_value() == short
    assert await bare.get_by_role("button", name="复制").count() == 0


async def test_a_telephone_shares_by_its_own_list(browser: Browser, address: str, installation: Installation) -> None:
    event = await awkward(installation)
    context = await browser.new_context(locale="zh-CN")
    await context.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.reject(new Error('closed')); };")
    page = await context.new_page()
    await page.goto(f"{address}/events/{event}")
    await page.get_by_role("button", name="分享").click()
    assert await page.evaluate("window.shared") == {
        "title": NAME[:80],
        "url": await page.get_by_label("短网址", exact=True).input_value(),
    }


async def test_it_is_printed_on_one_sheet_with_its_code(browser: Browser, address: str, installation: Installation) -> None:
    today = clock.today(installation.settings.zone)
    async with installation.sessions.begin() as session:
        venue = await add_venue(session, "江湾体育场", address="国和路 346 号")
        told = dict.fromkeys(("summary", "eligibility", "bring", "fee", "directions", "fuse"), "一段不长不短的说明，写得清清楚楚。" * 2)
        days = [today + timedelta(days=n) for n in range(12)]
        event = await add_event(session, "滨江健步走", *days, venue_id=venue, organiser="杨浦区体育局", contact="021-1", **told)
    visitor = await visit(browser, 1280)
    await visitor.page.goto(f"{address}/events/{event}")
    paper = await visitor.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    await visitor.page.emulate_media(media="print")
    assert await visitor.page.locator(".qr svg").is_visible()
    assert await visitor.page.locator("p.code").is_visible()
    for gone in ("nav.ways", ".share textarea", ".share button", "aside .button"):
        assert await visitor.page.locator(gone).first.is_hidden(), gone


async def test_an_error_is_reported_without_a_script_and_what_was_typed_is_not_lost(
    browser: Browser, address: str, installation: Installation
) -> None:
    event = await awkward(installation)
    visitor = await visit(browser, 390, java_script_enabled=False)
    page = visitor.page
    await page.goto(f"{address}/events/{event}")
    await page.get_by_role("link", name="信息有误").click()
    await page.get_by_label("怎样联系您").fill("13900000001")
    await page.get_by_role("button", name="提交").click()
    assert await page.locator("#fault-message").inner_text() == "不能为空。"
    assert await page.get_by_label("怎样联系您").input_value() == "13900000001"
    trap = await page.locator(".trap").bounding_box()
    assert trap
    assert trap["x"] + trap["width"] < 0
    await page.get_by_label("哪里不对").fill("时间应该是下午")
    await page.get_by_role("button", name="提交").click()
    assert "已收到" in await page.get_by_role("heading", level=1).inner_text()
    async with installation.sessions() as session:
        [made] = await session.scalars(select(Report))
    assert (made.message, made.contact) == ("时间应该是下午", "13900000001")
