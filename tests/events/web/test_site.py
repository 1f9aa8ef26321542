"""What a public body's site shows on every page: its footer, its statements, and what the offices tell every visitor."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from events.accounts.rules import OPERATOR, Role
from events.banners.service import clear_banner, set_banner
from infra import clock
from infra.installation import Installation, open_installation
from tests.apps import app_of, app_over
from tests.statements import sent
from tests.teams import STREET, desk, make_event
from tests.waiting import until

HTML = {"Accept": "text/html"}
MONTH = "/calendar/2027-05"


@asynccontextmanager
async def running(installation: Installation, **settings: str) -> AsyncIterator[httpx.AsyncClient]:
    """Another process, with its poll; the `installation` commits beside it."""
    dsn = installation.engine.url.render_as_string(hide_password=False)
    app = app_over(open_installation(replace(installation.settings, **settings), dsn, application="another process"))
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await until(lambda: app.state.months.ready.trusted)
        yield client


async def page(client: httpx.AsyncClient, path: str) -> str:
    return (await client.get(path, headers=HTML)).text


async def told(client: httpx.AsyncClient, path: str = MONTH) -> list[str]:
    """The banners of a page."""
    found = re.findall(r'<p class="banner .*?</p>', await page(client, path), re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", "", one).split()) for one in found]


# A poll comes twice a second, and two other tests share the cores.
SOON = 3.0


async def becomes(client: httpx.AsyncClient, wanted: list[str], path: str = MONTH) -> float:
    """Ask until the page tells this; the seconds that it took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def holds() -> bool:
        return await told(client, path) == wanted

    await until(holds)
    return loop.time() - begun


async def say(installation: Installation, text: str, **known: object) -> None:
    async with installation.sessions.begin() as session:
        await set_banner(session, OPERATOR, text, **known)


async def test_a_banner_is_on_every_page_soon_and_costs_them_no_statement(installation: Installation) -> None:
    event = await make_event(installation)
    async with running(installation) as client:
        own = app_of(client).state.installation
        for path in (MONTH, f"/events/{event}", "/privacy", "/nowhere"):
            assert await told(client, path) == []
        await say(installation, "台风红色预警，今明两天户外活动全部停止。", level="warning")
        assert await becomes(client, ["注意 台风红色预警，今明两天户外活动全部停止。"]) < SOON
        for path in (f"/events/{event}", "/privacy", "/nowhere", "/registrations/manage"):
            assert await told(client, path) == ["注意 台风红色预警，今明两天户外活动全部停止。"], path
        with sent(own) as statements:
            await told(client)
        assert statements == []
        async with installation.sessions.begin() as session:
            assert await clear_banner(session, OPERATOR)
        assert await becomes(client, []) < SOON


async def test_the_process_that_set_it_shows_it_as_soon_as_any_other(installation: Installation) -> None:
    async with running(installation) as client:
        headers = await desk(installation)
        for text in ("第一条", "第二条"):
            assert (await client.put("/api/v1/banner", json={"text": text}, headers=headers)).status_code == 200
            await told(client)  # made and kept before the poll has read what was written
            assert await becomes(client, [f"杨浦区：{text}"]) < SOON


async def test_a_banner_ends_when_its_time_is_over_on_kept_pages_too(installation: Installation) -> None:
    async with running(installation) as client:
        await say(installation, "本周末系统维护", until=clock.now() + timedelta(seconds=1.5))
        await becomes(client, ["本周末系统维护"])
        assert await becomes(client, []) < 3


async def test_the_loudest_stands_first_and_each_reader_has_their_language(installation: Installation) -> None:
    async with running(installation) as client:
        await say(installation, "杨浦维护", region_code="310110", english="Maintenance")
        await say(installation, "全站通知")
        await say(installation, "上海预警", region_code="310000", level="warning")
        await becomes(client, ["注意 上海市：上海预警", "全站通知", "杨浦区：杨浦维护"])
        assert await told(client, f"{MONTH}?lang=en") == ["Attention Shanghai: 上海预警", "全站通知", "Yangpu District: Maintenance"]
        html = await page(client, f"{MONTH}?lang=en")
        assert ('<span lang="zh-CN">全站通知</span>' in html, "<span>Maintenance</span>" in html) == (True, True)


async def test_the_page_of_a_reader_without_a_network_shows_no_banner_that_may_be_over(installation: Installation) -> None:
    async with running(installation) as client:
        await say(installation, "今天停赛")
        await becomes(client, ["今天停赛"])
        assert await told(client, "/offline/zh-CN") == []


async def test_a_banner_is_text(installation: Installation) -> None:
    async with running(installation) as client:
        await say(installation, "<script>alert(1)</script>")
        await becomes(client, ["&lt;script&gt;alert(1)&lt;/script&gt;"])


async def test_offices_of_districts_and_cities_set_their_own_over_the_api(client: httpx.AsyncClient, installation: Installation) -> None:
    yangpu = await desk(installation)
    ends = (clock.now() + timedelta(days=1)).isoformat()
    answer = await client.put("/api/v1/banner", json={"text": "维护", "english": "Maintenance", "until": ends}, headers=yangpu)
    assert (answer.status_code, [(one["region"], one["text"], one["level"]) for one in answer.json()["items"]]) == (
        200,
        [("310110", "维护", "info")],
    )
    again = await client.put("/api/v1/banner", json={"text": "预警", "level": "warning"}, headers=yangpu)
    assert [one["text"] for one in again.json()["items"]] == ["预警"]
    assert (await client.get("/api/v1/banner")).json() == again.json()
    assert (await client.delete("/api/v1/banner", headers=yangpu)).status_code == 204
    assert (await client.get("/api/v1/banner")).json() == {"items": []}


@pytest.mark.parametrize(
    ("role", "region", "named", "status"),
    [
        (Role.CITY_OFFICER, "310000", None, 200),
        (Role.CITY_OFFICER, "310000", "310110", 200),
        (Role.DISTRICT_OFFICER, "310110", "310109", 403),
        (Role.DISTRICT_OFFICER, "310110", "310000", 403),
        (Role.STREET_OFFICER, STREET, None, 403),
        (Role.DISTRICT_OFFICER, "310110", STREET, 403),
        (Role.DISTRICT_OFFICER, "310110", "999999", 404),
    ],
)
async def test_nobody_speaks_for_another(
    client: httpx.AsyncClient, installation: Installation, role: Role, region: str, named: str | None, status: int
) -> None:
    headers = await desk(installation, role, region)
    answer = await client.put("/api/v1/banner", json={"text": "x", "region": named}, headers=headers)
    assert answer.status_code == status
    gone = await client.delete("/api/v1/banner" + (f"?region={named}" if named else ""), headers=headers)
    assert gone.status_code == (204 if status == 200 else status)


async def test_without_a_key_nobody_does(client: httpx.AsyncClient) -> None:
    assert (await client.put("/api/v1/banner", json={"text": "x"})).status_code == 401
    assert (await client.delete("/api/v1/banner")).status_code == 401


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"text": " "}, ("text", "empty")),
        ({"text": "x" * 301}, ("text", "too_long")),
        ({"text": "x", "english": "a\u202eb"}, ("english", "bad_text")),
        ({"text": "x", "level": "loud"}, ("level", "unknown_value")),
        ({"text": "x", "until": "2020-01-01T00:00:00+08:00"}, ("until", "in_the_past")),
        ({"text": "x", "until": "2030-01-01T00:00:00"}, ("until", "bad_instant")),
    ],
)
async def test_what_is_wrong_with_a_banner_is_named(
    client: httpx.AsyncClient, installation: Installation, body: dict[str, str], fault: tuple[str, str]
) -> None:
    answer = await client.put("/api/v1/banner", json=body, headers=await desk(installation))
    assert (answer.status_code, [(one["path"], one["code"]) for one in answer.json()["errors"]]) == (422, [fault])


async def test_the_footer_names_who_runs_the_site_and_where_it_is_filed(installation: Installation) -> None:
    own = {
        "site_host": "杨浦区体育局<b>",
        "site_contact": "021-00000000",
        "icp_number": "沪ICP备00000000号-1",
        "police_number": "沪公网安备31011002000000号",
    }
    async with running(installation, **own) as client:
        for path in (MONTH, "/privacy", "/nowhere"):
            foot = (await page(client, path)).partition('<footer class="foot">')[2]
            assert "杨浦区体育局&lt;b&gt;" in foot
            assert '<a href="https://beian.miit.gov.cn/" rel="noopener noreferrer">沪ICP备00000000号-1</a>' in foot
            assert 'href="https://beian.mps.gov.cn/#/query/webSearch?code=31011002000000"' in foot
            assert ('href="/privacy"' in foot, 'href="/accessibility"' in foot) == (True, True)
        statement = await page(client, "/privacy")
        assert ("021-00000000" in statement, "180 天后自动删除" in statement) == (True, True)


async def test_without_settings_the_footer_invents_nothing(client: httpx.AsyncClient) -> None:
    foot = (await page(client, MONTH)).partition('<footer class="foot">')[2]
    assert ("beian" in foot, "主办单位" in foot, 'href="/privacy"' in foot) == (False, False, True)


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
async def test_both_statements_are_whole_in_english(client: httpx.AsyncClient, path: str) -> None:
    html = (await page(client, f"{path}?lang=en")).partition("<main")[2].partition("</main>")[0]
    assert re.findall("[\u4e00-\u9fff]+", html) == []
    assert len(html) > 2_000
