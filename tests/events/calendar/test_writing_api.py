"""Writing events over HTTP: who may, what is answered, what is refused."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy import event as sql

from events.accounts.rules import Actor, Role
from events.accounts.service import create_key
from events.calendar.models import Event, EventChange
from events.calendar.queries import lock_event
from infra.installation import Installation
from tests.offices import CITY, HONGKOU, WUJIAOCHANG, YANGPU, YINHANG

WRITTEN = {
    "title": "滨江健步走",
    "region": "310110016",
    "audience": ["family"],
    "occurrences": [
        {"starts_at": "2026-05-02T09:00:00+08:00", "ends_at": "2026-05-02T11:00:00+08:00"},
        {"on": "2026-05-03", "label": "决赛"},
    ],
    "venue": {"name": "体育馆", "address": "国顺路1号", "point": {"lon": 121.5, "lat": 31.3, "datum": "gcj02"}},
    "organiser": "殷行街道",
    "summary": "欢迎 🏃",
}


class Desk:
    """A desk that writes over HTTP with a key of its own."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"}

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(f"/api/v1{path}", json=body, headers=self.headers)

    async def patch(self, path: str, body: Any) -> httpx.Response:
        return await self.client.patch(f"/api/v1{path}", json=body, headers=self.headers)


async def desk(client: httpx.AsyncClient, installation: Installation, actor: Actor) -> Desk:
    async with installation.sessions.begin() as session:
        _, key = await create_key(session, role=actor.role, region_code=actor.region_code, event_id=actor.event_id)
    return Desk(client, key)


@pytest.fixture
async def yinhang(client: httpx.AsyncClient, installation: Installation) -> Desk:
    return await desk(client, installation, YINHANG)


async def test_an_event_is_written_published_and_read_as_it_was_written(yinhang: Desk) -> None:
    made = await yinhang.post("/events", WRITTEN)
    event = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/events/{event['id']}")
    assert (event["status"], event["tier"], event["region"]) == ("draft", "street", {"code": "310110016", "name": "殷行街道"})
    assert {name: event[name] for name in ("title", "audience", "venue", "organiser", "summary")} == {
        name: WRITTEN[name] for name in ("title", "audience", "venue", "organiser", "summary")
    }
    first, second = event["occurrences"]
    assert (first["starts_at"], first["on"], first["all_day"]) == ("2026-05-02T09:00:00+08:00", "2026-05-02", False)
    assert (second["on"], second["label"], second["all_day"]) == ("2026-05-03", "决赛", True)
    published = await yinhang.post(f"/events/{event['id']}/publish")
    assert (published.status_code, published.json()["status"] in ("published", "finished")) == (200, True)
    again = await yinhang.post(f"/events/{event['id']}/publish")
    assert (again.status_code, again.json()["code"]) == (409, "already_published")


async def test_a_patch_touches_only_what_it_writes_and_null_empties(yinhang: Desk) -> None:
    before = (await yinhang.post("/events", WRITTEN)).json()
    after = (await yinhang.patch(f"/events/{before['id']}", {"contact": "021-1", "organiser": None})).json()
    changed = {name for name in before if before[name] != after[name]} - {"changed_at", "occurrences"}
    assert (changed, after["contact"], after["organiser"]) == ({"contact", "organiser"}, "021-1", None)
    dated = (await yinhang.patch(f"/events/{before['id']}", {"date_text": "6月上旬"})).json()
    assert (dated["first_on"], dated["precision"], dated["occurrences"]) == ("2026-06-01", "dekad", [])


async def test_an_event_is_found_by_parts_of_its_title_venue_and_organiser_as_they_stand(yinhang: Desk, client: httpx.AsyncClient) -> None:
    event = (await yinhang.post("/events", WRITTEN)).json()
    await yinhang.post(f"/events/{event['id']}/publish")

    async def found_by() -> list[str]:
        words = ("江健", "育馆", "行街道", "夜跑", "广场", "文化")
        return [word for word in words if (await client.get("/api/v1/events", params={"q": word})).json()["items"]]

    assert await found_by() == ["江健", "育馆", "行街道"]
    await yinhang.patch(f"/events/{event['id']}", {"title": "滨江夜跑", "venue": {"name": "创智广场"}, "organiser": "文化中心"})
    assert await found_by() == ["夜跑", "广场", "文化"]


async def test_a_session_is_moved_and_cancelled_by_its_own_address(yinhang: Desk) -> None:
    event = (await yinhang.post("/events", WRITTEN)).json()
    await yinhang.post(f"/events/{event['id']}/publish")
    first, second = (f"/occurrences/{o['id']}" for o in event["occurrences"])
    moved = await yinhang.post(f"{first}/move", {"reason": "雨", "starts_at": "2026-06-02T14:00:00+08:00"})
    shown = moved.json()["occurrences"][0]
    assert (moved.status_code, shown["starts_at"], shown["ends_at"]) == (200, "2026-06-02T14:00:00+08:00", "2026-06-02T16:00:00+08:00")
    cancelled = await yinhang.post(f"{second}/cancel", {"reason": "雨"})
    assert [o["status"] for o in cancelled.json()["occurrences"]] == ["scheduled", "cancelled"]
    for body, paths in (
        ({"reason": " "}, ["reason", "starts_at"]),
        ({"reason": "x" * 501, "on": "2026-13-01"}, ["on", "reason"]),
        ({"on": "2026-06-01"}, ["reason"]),
        ({"reason": 5, "on": "2026-13-01"}, ["on", "reason"]),
        ({"reason": "雨", "starts_at": "2026-06-02T14:00:00Z", "ends_at": "2026-06-02T13:00:00Z"}, ["ends_at"]),
        ({"reason": "雨", "on": "2026-06-02", "until": "2026-06-01"}, ["until"]),
    ):
        refused = await yinhang.post(f"{first}/move", body)
        assert (refused.status_code, sorted(e["path"] for e in refused.json()["errors"])) == (422, sorted(paths))


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (CITY, 200),
        (YANGPU, 200),
        (YINHANG, 200),
        (HONGKOU, 403),
        (WUJIAOCHANG, 403),
        (Actor(Role.ORGANISER, "310110016", event_id=UUID(int=1)), 403),
    ],
)
async def test_every_verb_is_for_the_desks_of_the_events_region(
    client: httpx.AsyncClient, installation: Installation, yinhang: Desk, actor: Actor, status: int
) -> None:
    other = await desk(client, installation, actor)
    hidden = (await yinhang.post("/events", WRITTEN)).json()
    shown = (await yinhang.post("/events", WRITTEN)).json()
    await yinhang.post(f"/events/{shown['id']}/publish")
    first, second = (o["id"] for o in shown["occurrences"])
    answers = [
        await other.patch(f"/events/{shown['id']}", {"title": "x"}),
        await other.post(f"/occurrences/{first}/move", {"reason": "雨", "on": "2026-06-02"}),
        await other.post(f"/occurrences/{second}/cancel", {"reason": "雨"}),
    ]
    unseen = [await other.patch(f"/events/{hidden['id']}", {"title": "x"}), await other.post(f"/events/{hidden['id']}/publish")]
    made = await other.post("/events", WRITTEN)
    assert [a.status_code for a in answers] == [status] * 3
    assert [a.status_code for a in unseen] == [404 if status == 403 else 200] * 2
    assert made.status_code == (201 if status == 200 else 403)


async def test_a_session_moves_over_the_api_with_its_daypart_or_another_or_none(yinhang: Desk) -> None:
    half = {"on": "2026-05-02", "daypart": "morning"}
    made = (await yinhang.post("/events", {**WRITTEN, "occurrences": [half, {"on": "2026-05-09"}]})).json()
    await yinhang.post(f"/events/{made['id']}/publish")
    move, seen = f"/occurrences/{made['occurrences'][0]['id']}/move", []
    for written in ({}, {}, {"daypart": "evening"}, {"daypart": None}, {"daypart": "dawn"}):
        answer = await yinhang.post(move, {"reason": "雨", "on": "2026-05-03", **written})
        moved = answer.json().get("occurrences", [{}])[0]
        seen.append((answer.status_code, moved.get("daypart"), moved.get("sequence")))
    assert seen == [(200, "morning", 2), (200, "morning", 2), (200, "evening", 3), (200, None, 4), (422, None, None)]


async def test_without_a_good_key_nothing_is_written(client: httpx.AsyncClient, installation: Installation) -> None:
    for headers in ({}, {"Authorization": "Bearer saili_wrong"}):
        refused = await client.post("/api/v1/events", json=WRITTEN, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"titel": "x"}, ["date_text", "region", "titel", "title"]),
        ({**WRITTEN, "title": 5, "venue": {"name": None, "point": {"lon": "x"}}}, ["title", "venue.name", "venue.point.datum"]),
        ({**WRITTEN, "occurrences": [{"on": 5}, {"of": "x"}]}, ["occurrences[0].on", "occurrences[1].of"]),
        (
            {
                **WRITTEN,
                "title": "nul\x00",
                "series": "x\x00",
                "sport": "'; DROP TABLE events; --",
                "source_url": "ftp://x",
                "date_text": "5月",
            },
            ["occurrences", "series", "source_url", "sport", "title"],
        ),
        ({**WRITTEN, "title": "字" * 10_000, "summary": "字" * 10_000, "region": "310110\x00"}, ["region", "summary", "title"]),
        ([], [""]),
    ],
)
async def test_every_bad_field_is_named_and_nothing_is_stored(
    yinhang: Desk, installation: Installation, body: Any, paths: list[str]
) -> None:
    refused = await yinhang.post("/events", body)
    assert refused.status_code == 422
    assert {e["path"] for e in refused.json()["errors"]} >= set(paths) - {"date_text"}
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventChange)) == 0


FAR = {"lon": 999, "lat": 0, "datum": "x"}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"title": 1, "region": "xx"}, ["region", "title"]),
        ({"title": 1, "source_url": "ftp://x", "summary": "x" * 5001}, ["source_url", "summary", "title"]),
        ({"titel": "x", "tier": "planet", "venue": {"name": " "}}, ["tier", "titel", "venue.name"]),
        ({"occurrences": [{"on": 5}, {"on": "2026-13-01"}]}, ["occurrences[0].on", "occurrences[1].on"]),
        ({"region": None, "date_text": "某日"}, ["date_text", "region"]),
        ({"title": 1, "region": "310110"}, ["title"]),
        ({"title": 1, "region": "999999", "sport": "x", "series": "x"}, ["region", "series", "sport", "title"]),
        ({"venue": {"name": "x", "point": FAR}}, ["venue.point.datum", "venue.point.lon"]),
        ({"contact": 5, "venue": {"name": "x", "point": FAR}}, ["contact", "venue.point.datum", "venue.point.lon"]),
    ],
)
async def test_faults_of_shape_and_of_content_are_named_in_one_answer(yinhang: Desk, body: dict[str, Any], paths: list[str]) -> None:
    made = (await yinhang.post("/events", WRITTEN)).json()
    dated = {"occurrences": WRITTEN["occurrences"]} if not body.keys() & {"occurrences", "date_text"} else {}
    amended = await yinhang.patch(f"/events/{made['id']}", body)
    written = await yinhang.post("/events", {"title": "x", "region": "310110016"} | dated | body)
    for refused in (amended, written):
        assert (refused.status_code, sorted(e["path"] for e in refused.json()["errors"])) == (422, paths)


@pytest.mark.parametrize("label", ["basketball", "篮球", "篮球赛"])
async def test_a_sport_is_written_by_its_slug_its_name_or_an_alias(yinhang: Desk, label: str) -> None:
    made = (await yinhang.post("/events", {**WRITTEN, "sport": label})).json()
    other = (await yinhang.post("/events", WRITTEN)).json()
    amended = (await yinhang.patch(f"/events/{other['id']}", {"sport": label})).json()
    assert [event["sport"]["slug"] for event in (made, amended)] == ["basketball", "basketball"]


async def test_a_sport_that_nobody_knows_is_told_where_the_known_ones_are(yinhang: Desk) -> None:
    refused = await yinhang.post("/events", {**WRITTEN, "sport": "量子球"})
    [fault] = refused.json()["errors"]
    assert (refused.status_code, fault["path"], fault["code"]) == (422, "sport", "unknown_sport")
    assert "GET /api/v1/sports" in fault["detail"]
    assert (await yinhang.client.get("/api/v1/sports")).status_code == 200


async def test_hostile_text_is_kept_as_it_is(yinhang: Desk) -> None:
    title = "🏃‍♀️ \"'`; DROP TABLE events;-- <b>%s{0}\\"
    made = (await yinhang.post("/events", {**WRITTEN, "title": title})).json()
    assert (await yinhang.patch(f"/events/{made['id']}", {"contact": title})).json()["contact"] == title == made["title"]


async def test_a_lock_that_is_held_elsewhere_is_waited_for_briefly(yinhang: Desk, installation: Installation) -> None:
    made = (await yinhang.post("/events", WRITTEN)).json()

    async with installation.sessions.begin() as session:
        await lock_event(session, made["id"])
        sql.listen(installation.engine.sync_engine, "begin", _impatient)
        busy = await yinhang.patch(f"/events/{made['id']}", {"title": "x"})
    assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (503, "busy", "1")
    assert (await yinhang.patch(f"/events/{made['id']}", {"title": "x"})).status_code == 200


def _impatient(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")


async def test_two_patches_at_once_both_land(yinhang: Desk) -> None:
    made = (await yinhang.post("/events", WRITTEN)).json()
    await yinhang.post(f"/events/{made['id']}/publish")
    bodies = [{"title": "新标题"}, {"contact": "新电话"}]
    answers = await asyncio.gather(*(yinhang.patch(f"/events/{made['id']}", body) for body in bodies))
    assert [a.status_code for a in answers] == [200, 200]
    assert len({a.json()["occurrences"][0]["sequence"] for a in answers}) == 2
    last = max((a.json() for a in answers), key=lambda e: e["occurrences"][0]["sequence"])
    assert (last["title"], last["contact"]) == ("新标题", "新电话")


async def test_the_written_shapes_are_documented(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    assert {"/api/v1/events", "/api/v1/events/{event_id}/publish", "/api/v1/occurrences/{occurrence_id}/move"} <= document["paths"].keys()
    assert document["components"]["schemas"]["EventIn"]["required"] == ["region", "title"]
