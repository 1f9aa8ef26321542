"""The history of an event, made by the office's own verbs and told as sentences."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from infra.installation import Installation
from tests.teams import desk

WRITTEN = {"title": "滨江健步走", "region": "310110", "occurrences": [{"on": "2026-10-05"}]}


class Office:
    """A district's desk and an event that it has published."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], event: dict[str, Any]) -> None:
        self.client, self.headers, self.event = client, headers, event

    async def patch(self, **body: Any) -> None:
        answer = await self.client.patch(f"/api/v1/events/{self.event['id']}", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text

    async def post(self, path: str, **body: Any) -> None:
        answer = await self.client.post(f"/api/v1{path}", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text

    async def told(self, query: str = "") -> list[str]:
        """The sentences of the page, the newest first."""
        html = (await self.client.get(f"/events/{self.event['id']}{query}", headers={"Accept": "text/html"})).text
        lines = re.findall(r"<li>.*?</li>", html.partition('class="history"')[2].partition("</ul>")[0], re.DOTALL)
        return [unescape(" ".join(re.sub("<[^>]*>", " ", line.partition("</span>")[2]).split())) for line in lines]

    async def data(self) -> str:
        return (await self.client.get(f"/events/{self.event['id']}", headers={"Accept": "text/html"})).text


async def publish(client: httpx.AsyncClient, installation: Installation, **body: Any) -> Office:
    headers = await desk(installation)
    made = (await client.post("/api/v1/events", json=WRITTEN | body, headers=headers)).json()
    office = Office(client, headers, made)
    await office.patch(title="滨江健步走（草稿改过）")
    await office.patch(title=body.get("title", WRITTEN["title"]))
    await office.post(f"/events/{made['id']}/publish")
    return office


@pytest.fixture
async def office(client: httpx.AsyncClient, installation: Installation) -> Office:
    return await publish(client, installation)


async def test_it_begins_with_the_publication(office: Office) -> None:
    assert await office.told() == ["发布"]


async def test_a_session_that_was_moved_is_told_from_when_to_when_and_why(office: Office) -> None:
    await office.post(f"/occurrences/{office.event['occurrences'][0]['id']}/move", on="2026-10-12", reason="rain")
    assert (await office.told())[0] == "从 2026年10月5日 周一 改到 2026年10月12日 周一，原因：rain"
    assert (await office.told("?lang=en"))[0] == "Moved from Mon, Oct 5, 2026 to Mon, Oct 12, 2026, reason: rain"
    html = await office.data()
    assert '"previousStartDate":"2026-10-05"' in html
    assert '"eventStatus":"https://schema.org/EventRescheduled"' in html


async def test_one_moved_session_of_several_is_no_new_date_of_the_whole(client: httpx.AsyncClient, installation: Installation) -> None:
    office = await publish(client, installation, occurrences=[{"on": "2026-10-05"}, {"on": "2026-10-06", "label": "决赛"}])
    await office.post(f"/occurrences/{office.event['occurrences'][1]['id']}/move", on="2026-10-12", reason="雨")
    assert (await office.told())[0] == "从 决赛：2026年10月6日 周二 改到 决赛：2026年10月12日 周一，原因：雨"
    assert "previousStartDate" not in await office.data()


async def test_short_facts_are_told_from_what_to_what(office: Office) -> None:
    await office.patch(fee="免费", venue={"name": "体育馆", "address": "国顺路 1 号"})
    await office.patch(fee="每人 20 元", venue={"name": "体育场"}, audience=["family", "youth"])
    await office.patch(fee=None)
    assert await office.told() == [
        "删去了费用“每人 20 元”",
        "地点从“体育馆”改为“体育场”；删去了地址“国顺路 1 号”；面向定为“family、youth”；费用从“免费”改为“每人 20 元”",
        "地点定为“体育馆”；地址定为“国顺路 1 号”；费用定为“免费”",
        "发布",
    ]


async def test_long_facts_and_peoples_telephones_are_named_and_not_repeated(office: Office) -> None:
    await office.patch(summary="很长的介绍" * 20, contact="王老师 021-00000000", fuse="雷电\n大风")
    await office.patch(contact=None)
    assert (await office.told())[:2] == ["更新了联系方式", "更新了熔断条件、联系方式、介绍"]
    assert "王老师" not in await office.data()


async def test_stops_say_what_was_planned_and_why(office: Office) -> None:
    await office.post(f"/events/{office.event['id']}/postpone", reason="风大")
    assert (await office.told())[0] == "延期，原定 2026年10月5日 周一，原因：风大"
    await office.patch(occurrences=[{"on": "2026-11-02"}])
    assert (await office.told())[0] == "从 2026年10月5日 周一 改到 2026年11月2日 周一"
    await office.post(f"/events/{office.event['id']}/cancel", reason="航道施工")
    assert (await office.told())[0] == "取消，原定 2026年11月2日 周一，原因：航道施工"


async def test_a_cancelled_session_is_named(client: httpx.AsyncClient, installation: Installation) -> None:
    office = await publish(client, installation, occurrences=[{"on": "2026-10-05"}, {"on": "2026-10-06"}])
    await office.post(f"/occurrences/{office.event['occurrences'][0]['id']}/cancel", reason="检修")
    assert (await office.told())[0] == "取消了 2026年10月5日 周一 这一场，原因：检修"


async def test_new_dates_of_a_whole_season_are_counted(client: httpx.AsyncClient, installation: Installation) -> None:
    office = await publish(client, installation, occurrences=[{"on": f"2026-10-{n:02}"} for n in range(1, 11)])
    await office.patch(occurrences=[{"on": f"2026-11-{n:02}"} for n in range(1, 11)])
    told = (await office.told())[0]
    assert told == (
        "从 2026年10月1日 周四、2026年10月2日 周五、2026年10月3日 周六 等 10 场 改到 "
        "2026年11月1日 周日、2026年11月2日 周一、2026年11月3日 周二 等 10 场"
    )


async def test_dates_without_days_are_told_as_the_office_wrote_them(client: httpx.AsyncClient, installation: Installation) -> None:
    headers = await desk(installation)
    body = {"title": "待定的", "region": "310110", "date_text": "2026年5月上旬"}
    made = (await client.post("/api/v1/events", json=body, headers=headers)).json()
    office = Office(client, headers, made)
    await office.post(f"/events/{made['id']}/publish")
    await office.patch(date_text="2026年6月上旬")
    assert (await office.told())[0] == "从 2026年5月上旬 改到 2026年6月上旬"
