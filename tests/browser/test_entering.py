"""Registering a team on a phone: in steps, from the keyboard, without a script, without a network."""

import json
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import select

from events.registrations.models import Registration, RosterEntry
from infra.installation import Installation
from tests.browser.visiting import LOOKS, Visitor
from tests.teams import STREET, enter, make_division, places

NUMBER = "110101199003074514"
MEMBERS = [f"队员{n}" for n in "甲乙丙丁戊"]


async def phone(browser: Browser, **own: Any) -> Page:
    """A page of a phone, with no worker before the network: what a test does to the network is then all there is."""
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "service_workers": "block"} | own
    context = await browser.new_context(**options)
    return await context.new_page()


async def to_step(page: Page, name: str) -> None:
    await page.get_by_role("button", name=f"下一步：{name}").click()
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_focused()


async def fill_team(page: Page) -> None:
    await page.get_by_label("队名").fill("殷行江湾联队")
    await page.get_by_label("所属地区").select_option(STREET)
    await to_step(page, "领队")
    await page.get_by_label("姓名", exact=True).fill("王建国")
    await page.get_by_label("手机").fill("139 0000 0001")
    await to_step(page, "名单")
    for n, name in enumerate(MEMBERS, 1):
        await page.get_by_label(f"第 {n} 人姓名").fill(name)


async def to_the_end(page: Page) -> None:
    await fill_team(page)
    await to_step(page, "核对并提交")


async def arrived(page: Page) -> None:
    await page.wait_for_url("**/registrations/*-*")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("报名已确认")


async def draft(page: Page) -> dict[str, Any]:
    kept = await page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('saili.draft.'))")
    return {name: json.loads(text) for name, text in kept}


async def rosters(installation: Installation, division: UUID) -> list[tuple[str, str]]:
    entries = select(RosterEntry.name, RosterEntry.role).join(Registration, Registration.id == RosterEntry.registration_id)
    async with installation.sessions() as session:
        found = await session.execute(entries.where(Registration.division_id == division).order_by(RosterEntry.position))
        return [(name, role.value) for name, role in found]


async def test_a_leader_signs_up_in_steps_and_comes_back_by_the_link(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    assert await page.locator(".step:visible").count() == 1
    await to_the_end(page)
    await expect(page.locator("#summary")).to_contain_text("5 人：队员甲、队员乙")
    await page.go_back()
    await expect(page.get_by_role("heading", name="名单", exact=True)).to_be_focused()
    await page.go_forward()
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    assert await draft(page) == {}
    assert await page.get_by_role("button", name="打印本页").is_visible()
    link = (await page.locator("p.copy a").get_attribute("href") or "").replace(installation.settings.public_url, address)
    other = await phone(browser)
    await other.goto(link)
    await other.wait_for_url("**/registrations/*-*")
    assert ("殷行江湾联队" in await other.content(), "#" in other.url) == (True, False)


async def test_each_step_says_its_faults_at_their_fields(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await page.get_by_label("队名").fill("殷行队")
    await page.get_by_role("button", name="下一步：领队").click()
    await expect(page.get_by_role("alert")).to_have_text("有 1 处需要修改。")
    region = page.get_by_label("所属地区")
    await expect(region).to_be_focused()
    assert await region.get_attribute("aria-describedby") == "fault-unit_region"
    assert await page.get_by_label("队名").input_value() == "殷行队"


@pytest.mark.parametrize("network", [True, False])
async def test_a_roster_that_is_too_short_is_not_passed(browser: Browser, address: str, installation: Installation, network: bool) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await fill_team(page)
    for n in (1, 2):
        await page.get_by_label(f"第 {n} 人姓名").fill("")
    await page.context.set_offline(not network)
    await page.get_by_role("button", name="下一步：核对并提交").click()
    await expect(page.get_by_role("alert")).to_have_text("有 1 处需要修改。")
    await expect(page.locator("#people")).to_be_focused()
    await expect(page.locator("#fault-roster")).to_contain_text("3 人")
    assert "fault-roster" in (await page.locator("#people").get_attribute("aria-describedby") or "")
    await page.locator(".progress").get_by_role("link", name="核对并提交").click()
    await expect(page.locator("#summary .fault")).to_contain_text("运动员应有 5 到 10 人，现在有 3 人。")


async def test_whoever_goes_back_after_sending_reads_that_the_team_is_registered(
    browser: Browser, address: str, installation: Installation
) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await to_the_end(page)
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    registration = page.url
    facts = await page.locator(".facts-list").first.inner_text()
    assert ("2027年5月2日 周日" in facts or "5月2日" in facts, "地点" in facts, "社区篮球赛" in facts) == (True, True, True)
    await page.go_back()
    await expect(page.locator("#sent")).to_contain_text("已经提交成功")
    assert await page.locator("#entry").is_hidden()
    assert await page.get_by_role("button", name="提交报名").count() == 0
    await page.get_by_role("link", name="打开那份报名").click()
    await page.wait_for_url(registration)
    await page.goto(f"{address}/divisions/{division}/register")
    await page.get_by_role("button", name="再报一队").click()
    await expect(page.get_by_role("heading", name="队伍", exact=True)).to_be_focused()
    assert await page.get_by_label("队名").input_value() == ""


async def test_faults_stand_clear_of_the_ring_and_there_is_nothing_to_forget_at_first(
    browser: Browser, address: str, installation: Installation
) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    forget = page.get_by_role("button", name="清除我填的内容")
    assert await forget.count() == 0
    await page.get_by_role("button", name="下一步：领队").click()
    await expect(page.get_by_label("队名")).to_be_focused()
    field, fault = [await page.locator(part).bounding_box() for part in ("#team_name", "#fault-team_name")]
    assert field
    assert fault
    assert fault["y"] - (field["y"] + field["height"]) >= 8
    await page.get_by_label("队名").fill("殷行队")
    assert await forget.is_visible()


async def test_a_fault_found_at_the_end_leads_to_its_step_and_field(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await to_the_end(page)
    await page.locator(".progress").get_by_role("link", name="领队").click()
    await page.get_by_label("手机").fill("12345")
    await page.locator(".progress").get_by_role("link", name="核对并提交").click()
    await page.get_by_role("button", name="提交报名").click()
    await expect(page.get_by_label("手机")).to_be_focused()
    await expect(page.locator("#faults")).to_contain_text("有 1 处需要修改")
    await page.get_by_label("手机").fill("13900000001")
    await page.locator(".progress").get_by_role("link", name="核对并提交").click()
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)


async def test_a_leader_who_has_a_team_there_already_reads_so(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    await enter(installation, division, leader={"name": "王建国", "phone": "13900000001"})
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await to_the_end(page)
    await page.get_by_role("button", name="提交报名").click()
    await expect(page.get_by_text("这位领队在本组别已有报名。")).to_be_in_viewport()


async def test_the_keyboard_alone_is_enough(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    keys = page.keyboard
    await page.get_by_label("队名").focus()
    await keys.type("殷行队")
    await keys.press("Tab")
    while await page.get_by_label("所属地区").input_value() != STREET:
        await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.press("Enter")
    for text in ("王建国", "13900000001", ""):
        await expect(page.locator("#leader")).to_be_visible()
        await keys.press("Tab")
        await keys.type(text)
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="名单", exact=True)).to_be_focused()
    await keys.press("Tab")
    for name in MEMBERS:
        await keys.press("Tab")
        await keys.type(name)
        await keys.press("Tab")
        await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.get_by_label("第 6 人姓名")).to_be_focused()
    await keys.type("教练")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="核对并提交", exact=True)).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await arrived(page)
    assert len(await rosters(installation, division)) == 6


async def test_rows_are_added_taken_away_and_pasted(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await fill_team(page)
    await page.get_by_role("button", name="加一人").click()
    await expect(page.get_by_label("第 6 人姓名")).to_be_focused()
    await page.get_by_role("button", name="删去第 2 人").click()
    await expect(page.get_by_label("第 2 人姓名")).to_have_value("队员丙")
    await page.get_by_text("从表格粘贴名单").click()
    await page.get_by_label("粘贴的名单").fill(f"张三\t{NUMBER}\t队员\n李四\t\t教练\n队员丙")
    assert NUMBER not in json.dumps(await draft(page))
    await page.get_by_role("button", name="放进名单").click()
    await expect(page.locator("#read")).to_be_focused()
    await expect(page.locator("#read")).to_contain_text("放进名单 2 人")
    assert NUMBER not in await page.content()
    await to_step(page, "核对并提交")
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    people = [*((name, "athlete") for name in [MEMBERS[0], *MEMBERS[2:], "张三"]), ("李四", "coach")]
    assert await rosters(installation, division) == people


async def test_without_a_script_it_is_one_page(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser, java_script_enabled=False)
    await page.goto(f"{address}/divisions/{division}/register")
    assert await page.locator(".step:visible").count() == 4
    await page.get_by_label("队名").fill("殷行队")
    await page.get_by_label("所属地区").select_option(STREET)
    await page.get_by_label("姓名", exact=True).fill("王建国")
    await page.get_by_label("手机").fill("13900000001")
    await page.get_by_text("从表格粘贴名单").click()
    await page.get_by_label("粘贴的名单").fill("\n".join(MEMBERS))
    await page.get_by_role("button", name="放进名单").click()
    assert await page.get_by_label("第 5 人姓名").input_value() == "队员戊"
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)


async def test_what_is_typed_outlives_a_reload_and_goes_when_told(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation, entry="code", entry_code=b"x" * 32)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await page.get_by_label("邀请码").fill("geheim")
    await fill_team(page)
    await page.get_by_label("第 1 人姓名").fill(f"张三{NUMBER}")
    kept = json.dumps(await draft(page), ensure_ascii=False)
    assert ("geheim" in kept, NUMBER in kept, "殷行江湾联队" in kept, "队员戊" in kept) == (False, False, True, True)
    await page.reload()
    await expect(page.locator("#status")).to_have_text("已恢复您在这台设备上填过的内容。")
    await expect(page.get_by_role("heading", name="名单", exact=True)).to_be_visible()
    assert await page.get_by_label("第 4 人姓名").input_value() == "队员戊"
    await page.get_by_role("button", name="清除我填的内容").click()
    await expect(page.get_by_label("队名")).to_have_value("")
    assert await draft(page) == {}


async def test_a_draft_goes_after_a_day(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await page.get_by_label("队名").fill("殷行队")
    yesterday = """() => {
      for (const [name, text] of Object.entries(localStorage)) localStorage.setItem(name, JSON.stringify({...JSON.parse(text), at: 1}));
    }"""
    await page.goto(f"{address}/my")
    assert len(await draft(page)) == 1
    await page.evaluate(yesterday)
    await page.goto(f"{address}/calendar")
    assert await draft(page) == {}


async def test_a_lost_network_loses_nothing(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await to_the_end(page)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="提交报名").click()
    await expect(page.locator("#said")).to_contain_text("没有连上网络")
    await page.context.set_offline(False)
    if not await page.evaluate("navigator.onLine"):  # a machine without any other has no network to come back, so its browser tells nobody
        await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("#said")).to_contain_text("网络恢复了")
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    assert await places(installation, division) == {"confirmed": 1}


@pytest.mark.parametrize("reload", [False, True])
async def test_an_answer_that_never_arrived_is_asked_for_again(
    browser: Browser, address: str, installation: Installation, reload: bool
) -> None:
    """The server registered the team, and the answer was lost: the next try, after a reload too, gives the same registration."""
    division = await make_division(installation)
    page = await phone(browser)
    form = f"{address}/divisions/{division}/register"
    await page.goto(form)
    await to_the_end(page)

    async def lose(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch(max_redirects=0)
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route(form, lose)
    await page.get_by_role("button", name="提交报名").click()
    await expect(page.locator("#said")).to_contain_text("没有连上网络")
    assert await places(installation, division) == {"confirmed": 1}
    await page.unroute(form)
    if reload:
        await page.reload()
        await expect(page.locator("#summary")).to_contain_text("殷行江湾联队")
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    assert await places(installation, division) == {"confirmed": 1}


async def test_my_registrations_list_what_this_browser_entered(browser: Browser, address: str, installation: Installation) -> None:
    division = await make_division(installation)
    page = await phone(browser)
    await page.goto(f"{address}/divisions/{division}/register")
    await to_the_end(page)
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    await page.goto(f"{address}/my")
    await page.get_by_role("button", name="查看或管理：殷行江湾联队").click()
    await arrived(page)


@pytest.mark.parametrize("look", LOOKS)
async def test_every_step_and_the_end_are_for_everybody(browser: Browser, address: str, installation: Installation, look: str) -> None:
    """WCAG 2.2 AA as axe-core judges it: each step with its faults, the list that was pasted, and what follows."""
    division = await make_division(installation)
    page = await phone(browser, service_workers="allow")
    visitor = Visitor(page)

    async def judge(what: str) -> None:
        assert (what, await visitor.faults()) == (what, [])

    await page.goto(f"{address}/divisions/{division}/register?look={look}")
    await page.get_by_role("button", name="下一步：领队").click()
    await expect(page.get_by_label("队名")).to_be_focused()
    await judge("a fault")
    await fill_team(page)
    await page.get_by_text("从表格粘贴名单").click()
    await page.get_by_label("粘贴的名单").fill("张三\n12345")
    await page.get_by_role("button", name="放进名单").click()
    await expect(page.locator("#read")).to_be_focused()
    await judge("a pasted list")
    await to_step(page, "核对并提交")
    await judge("the review")
    await page.get_by_role("button", name="提交报名").click()
    await arrived(page)
    await judge("the end")
    await page.goto(f"{address}/my")
    await judge("my registrations")
