import re
from datetime import UTC, date, datetime

import httpx

from events.calendar.dates import Precision
from events.calendar.models import Series
from events.calendar.renaming import ensure_series
from events.calendar.rules import EventStatus
from events.regions.rules import Tier
from infra import clock
from infra.installation import Installation
from tests.filling import add_event, add_series

HTML = {"Accept": "text/html"}
MAY = datetime(2026, 5, 10, 4, tzinfo=UTC)


async def wall(client: httpx.AsyncClient, address: str = "/brands/310110") -> dict[str, str]:
    """What each street's card says, without its marks."""
    with clock.frozen(MAY):
        answer = await client.get(address, headers=HTML)
    assert answer.status_code == 200
    cards = re.findall(r'<li class="card[^"]*">(.*?)</li>', answer.text, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]*>", " ", card).split()) for card in cards]
    return {text.partition(" ")[0]: text.partition(" ")[2] for text in texts}


async def test_every_street_says_its_brand_when_it_was_and_is_held_and_by_whom(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    async with installation.sessions.begin() as session:
        street = {"tier": Tier.STREET, "region_code": "310110016"}
        own, _ = await add_series(session, "yinhang", "殷行·一街一品")
        (await session.get_one(Series, own)).region_code = "310110016"
        for title, on in (("前年", date(2024, 5, 1)), ("去年", date(2025, 5, 1)), ("今年", date(2026, 9, 12)), ("明年", date(2027, 5, 1))):
            await add_event(session, f"{title}篮球赛", on, series_id=own, organiser="殷行街道办事处", **street)
        await add_event(session, "取消的", date(2026, 6, 1), series_id=own, status=EventStatus.CANCELLED, **street)
        common, _ = await add_series(session, "brands", "杨浦一街一品")
        await add_event(
            session, "五角场划船", (date(2026, 5, 9), date(2026, 5, 11)), series_id=common, region_code="310110019", tier=Tier.STREET
        )
        await add_event(session, "不在街道", date(2026, 5, 12), series_id=common)
        other, _ = await add_series(session, "xiu", "秀出来")
        await add_event(session, "不是品牌", date(2026, 5, 12), series_id=other, region_code="310110018", tier=Tier.STREET)
    cards = await wall(client)
    assert len(cards) == 12
    assert cards["殷行街道"] == "今年篮球赛 下一次 2026年9月12日 周六 上一次 2025年5月1日 周四"
    assert cards["五角场街道"] == "五角场划船 下一次 2026年5月9日 周六 – 2026年5月11日 周一 上一次 没有记录"
    assert cards["大桥街道"] == "还没有命名品牌赛事，也没有安排。"


async def test_a_card_says_only_what_the_wall_does_not(client: httpx.AsyncClient, installation: Installation) -> None:
    """Neither the wall's name, nor the street's own office; who else holds it, and a series of another name, are said."""
    async with installation.sessions.begin() as session:
        street = {"tier": Tier.STREET, "region_code": "310110016"}
        own, _ = await add_series(session, "yinhang", "殷行街道·一街一品")
        (await session.get_one(Series, own)).region_code = "310110016"
        known = {"precision": Precision.DAY, "date_text": "2026年9月12日"}
        await add_event(session, "一街一品·殷行篮球赛", date(2026, 9, 12), series_id=own, organiser="殷行街道办事处", **street, **known)
        other, _ = await add_series(session, "cup", "大桥杯")
        (await session.get_one(Series, other)).region_code = "310110018"
        vague = {"precision": Precision.MONTH, "first_on": date(2026, 9, 1), "last_on": date(2026, 9, 30), "date_text": "9月"}
        await add_event(session, "空竹赛", series_id=other, organiser="大桥商会", tier=Tier.STREET, region_code="310110018", **vague)
    cards = await wall(client)
    assert cards["殷行街道"] == "殷行篮球赛 下一次 2026年9月12日 周六 上一次 没有记录"
    assert cards["大桥街道"] == "空竹赛 下一次 9月 上一次 没有记录 主办 大桥商会 系列 大桥杯"
    with clock.frozen(MAY):
        html = (await client.get("/brands/310110?lang=en", headers=HTML)).text
    assert ("Sat, Sep 12, 2026" in html, "2026年9月12日" in html) == (True, False)
    assert "10 have none yet" in html


async def test_a_new_brand_is_on_the_wall_at_once(client: httpx.AsyncClient, installation: Installation) -> None:
    assert "还没有命名" in (await wall(client))["殷行街道"]
    async with installation.sessions.begin() as session:
        await ensure_series(session, "yinhang", "殷行篮球", "310110016")
    assert (await wall(client))["殷行街道"] == "殷行篮球 下一次 尚无安排 上一次 没有记录"


async def test_the_wall_opens_at_home_and_knows_no_region_that_is_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/brands?lang=en", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (307, "/brands/310110?lang=en")
    for code in ("999999", "x", "3101%31", "310110" * 20):
        assert (await client.get(f"/brands/{code}", headers=HTML)).status_code == 404
    assert len(await wall(client, "/brands/310110016")) == 12
    assert 'href="/brands"' in (await client.get("/calendar/2026-05", headers=HTML)).text
