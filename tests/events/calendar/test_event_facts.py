"""What an event's page tells beside its dates, over the API and back."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from infra import clock
from infra.installation import Installation
from tests.teams import desk

# The feeds reach back sixty days from here.
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
TOLD = {
    "eligibility": "18 周岁以上",
    "bring": "水壶、毛巾",
    "fee": "每队 200 元",
    "directions": "地铁 10 号线",
    "fuse": "雷电时停止\n大风时停止",
}
WRITTEN = {"title": "滨江健步走", "region": "310110", "occurrences": [{"on": "2026-05-02"}], **TOLD}


async def write(client: httpx.AsyncClient, installation: Installation, **body: object) -> tuple[str, dict[str, str], dict[str, object]]:
    headers = await desk(installation)
    answer = await client.post("/api/v1/events", json=WRITTEN | body, headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    await client.post(f"/api/v1/events/{made['id']}/publish", headers=headers)
    return f"/api/v1/events/{made['id']}", headers, made


async def test_what_is_written_is_read_again_and_stands_in_the_calendar_of_a_phone(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    address, _, made = await write(client, installation)
    read = (await client.get(address)).json()
    assert {name: read[name] for name in TOLD} == TOLD == {name: made[name] for name in TOLD}
    assert (read["free"], made["short_url"]) == (False, read["short_url"])
    listed = (await client.get("/api/v1/events")).json()["items"][0]
    assert (listed["free"], "fee" in listed) == (False, False)
    with clock.frozen(APRIL):
        feed = (await client.get("/feeds/events.ics?region=310110")).text.replace("\r\n ", "")
    assert "费用：每队 200 元\\n交通：地铁 10 号线" in feed


@pytest.mark.parametrize(
    ("patch", "free"),
    [
        ({"fee": "免费"}, True),
        ({"fee": "另行通知"}, None),
        ({"fee": None}, None),
        ({"free": True}, True),
        ({"fee": "免费", "free": False}, False),
    ],
)
async def test_a_fee_says_whether_the_event_is_free_unless_the_office_does(
    client: httpx.AsyncClient, installation: Installation, patch: dict[str, object], free: bool | None
) -> None:
    address, headers, _ = await write(client, installation)
    answer = await client.patch(address, json=patch, headers=headers)
    assert (answer.status_code, answer.json()["free"]) == (200, free)


async def test_what_cannot_be_told_is_named_by_its_path(client: httpx.AsyncClient, installation: Installation) -> None:
    body = WRITTEN | {"fee": "x" * 501, "fuse": "a\0b", "bring": 5, "free": "yes"}
    answer = await client.post("/api/v1/events", json=body, headers=await desk(installation))
    faults = {(fault["path"], fault["code"]) for fault in answer.json()["errors"]}
    assert faults == {("fee", "too_long"), ("fuse", "bad_text"), ("bring", "wrong_type"), ("free", "wrong_type")}


async def test_free_events_are_found_by_every_reader_of_filters(client: httpx.AsyncClient, installation: Installation) -> None:
    await write(client, installation, title="免费的", fee="免费")
    await write(client, installation, title="收费的")
    await write(client, installation, title="没说的", fee=None)
    for path in ("/api/v1/events", "/api/v1/calendar/2026-05", "/feeds/events.ics", "/calendar/2026-05"):
        with clock.frozen(APRIL):
            found = (await client.get(f"{path}?free=yes", headers={"Accept": "text/html"})).text
        assert [title for title in ("免费的", "收费的", "没说的") if title in found] == ["免费的"], path
    whole = (await client.get("/calendar/2026-05", headers={"Accept": "text/html"})).text
    choice = whole.partition('href="/calendar/2026-05?free=yes"')[2].partition("</a>")[0]
    assert re.sub("<.*?>", "", choice.partition(">")[2]) == "免费1"
    assert (await client.get("/api/v1/events?free=no")).status_code == 422
