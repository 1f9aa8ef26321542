import logging
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from events.accounts.rules import Role
from events.calendar.models import Event
from events.competitions.models import Competition, Division
from events.errors import NotFound, Unauthenticated
from events.registrations.access import reach_as_leader
from events.web.entrance import COOKIE
from infra import clock
from infra.installation import Installation
from infra.outbox import Outbox
from tests.teams import bearer, desk, enter, make_division, make_event, places, register_by_http, team


async def told(installation: Installation) -> list[tuple[str, str]]:
    async with installation.sessions() as session:
        bodies = await session.scalars(select(Outbox.body).where(Outbox.name == "RegistrationChanged").order_by(Outbox.id))
        return [(body["registration_id"], body["kind"]) for body in bodies]


async def test_a_leader_reads_the_registration_with_the_manage_token(client: httpx.AsyncClient, installation: Installation) -> None:
    body = team(team_name="  殷行一队 ", leader={"name": "王建国", "phone": "138 0013 8001"})
    made = await register_by_http(client, await make_division(installation), body)
    answer = await client.get(f"/api/v1/registrations/{made['id']}", headers=bearer(made["manage_token"]))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    read = answer.json()
    assert (read["number"], read["status"], read["team_name"]) == (made["number"], "confirmed", "殷行一队")
    assert read["leader"] == {"name": "王建国", "phone": "+8613800138001", "email": None}
    assert read["roster"] == body["roster"]


async def test_a_token_that_does_not_open_it_tells_nothing(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation)
    mine, other = [await register_by_http(client, division_id, team()) for _ in range(2)]
    stranger = await desk(installation, Role.STREET_OFFICER, "310110016")
    for method in ("GET", "DELETE"):
        for headers in (bearer(other["manage_token"]), bearer("x"), {"Authorization": b"Bearer \xe9"}, stranger):
            answers = [await client.request(method, f"/api/v1/registrations/{id_}", headers=headers) for id_ in (mine["id"], uuid4())]
            assert [a.status_code for a in answers] == [404, 404]
            assert answers[0].json() == answers[1].json()
        for headers in ({}, bearer("saili_unknown")):
            answers = [await client.request(method, f"/api/v1/registrations/{id_}", headers=headers) for id_ in (mine["id"], uuid4())]
            assert [a.status_code for a in answers] == [401, 401]


async def test_withdrawing_gives_the_place_to_the_next_in_the_queue(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    first, second, third = [await register_by_http(client, division_id, team()) for _ in range(3)]
    gone = await client.delete(f"/api/v1/registrations/{first['id']}", headers=bearer(first["manage_token"]))
    again = await client.delete(f"/api/v1/registrations/{first['id']}", headers=bearer(first["manage_token"]))
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")
    assert (again.status_code, again.json()["code"]) == (409, "not_active")
    statuses = [
        (read["status"], read["waitlist_position"])
        for made in (second, third)
        for read in [(await client.get(f"/api/v1/registrations/{made['id']}", headers=bearer(made["manage_token"]))).json()]
    ]
    assert statuses == [("confirmed", None), ("waitlisted", 1)]
    assert (await told(installation))[3:] == [(first["id"], "withdrawn"), (second["id"], "promoted")]
    assert await places(installation, division_id) == {"withdrawn": 1, "confirmed": 1, "waitlisted": 1}


async def test_a_team_that_left_may_come_again_and_goes_last(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    first, body = await register_by_http(client, division_id, team()), team()
    second = await register_by_http(client, division_id, body)
    third = await register_by_http(client, division_id, team())
    await client.delete(f"/api/v1/registrations/{second['id']}", headers=bearer(second["manage_token"]))
    again = await register_by_http(client, division_id, body)
    assert [m["waitlist_position"] for m in (first, second, third, again)] == [None, 1, 2, 2]


async def test_an_organiser_voids_with_a_reason_and_the_place_is_filled(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id, quota=1)
    first, second = [await register_by_http(client, division_id, team()) for _ in range(2)]
    url, organiser = f"/api/v1/registrations/{first['id']}/void", await desk(installation, Role.ORGANISER, "310110", event_id)
    assert (await client.post(url, json={"reason": "我"}, headers=bearer(first["manage_token"]))).status_code == 401
    for reason, code in (("", "empty"), ("与 110105、19491231、002X 重复", "identity_number")):
        assert [(e["path"], e["code"]) for e in (await client.post(url, json={"reason": reason}, headers=organiser)).json()["errors"]] == [
            ("reason", code)
        ]
    voided = await client.post(url, json={"reason": "重复报名"}, headers=organiser)
    assert (voided.json()["status"], voided.json()["reason"]) == ("voided", "重复报名")
    assert (await told(installation))[2:] == [(first["id"], "voided"), (second["id"], "promoted")]


async def test_no_desk_takes_a_place_away_without_saying_why(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id)
    url = f"/api/v1/registrations/{(await register_by_http(client, division_id, team()))['id']}"
    for headers in (await desk(installation), await desk(installation, Role.ORGANISER, "310110", event_id)):
        answer = await client.delete(url, headers=headers)
        assert (answer.status_code, answer.json()["code"], "/void" in answer.json()["detail"]) == (403, "leaders_own", True)
    stranger = await client.delete(url, headers=await desk(installation, Role.DISTRICT_OFFICER, "310109"))
    assert (stranger.status_code, await places(installation, division_id)) == (404, {"confirmed": 1})


async def test_an_api_key_is_no_leaders_token(client: httpx.AsyncClient, installation: Installation) -> None:
    made = await register_by_http(client, await make_division(installation), team())
    key = (await desk(installation))["Authorization"].removeprefix("Bearer ")
    tokens = {made["manage_token"]: None, key: NotFound, "": Unauthenticated, "é": NotFound}
    for token, refusal in tokens.items():
        async with installation.sessions() as session:
            with pytest.raises(refusal) if refusal else nullcontext():
                assert (await reach_as_leader(session, installation.keys, UUID(made["id"]), token)).number == made["number"]
    answer = await client.post(f"/registrations/{made['id']}/withdraw", headers={"Cookie": f"{COOKIE}={key}"})
    assert answer.status_code == 404


PATCHES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"team_name": " 新队名 ", "language": "en"}, {}),
    ({"leader": {"name": "李梅", "phone": "13900000000"}}, {}),
    ({"roster": [{"name": "新人", "role": "athlete"}] * 6}, {}),
    ({"team_name": "", "roster": [{"name": "新人", "role": "athlete"}]}, {"team_name": "empty", "roster": "too_few_athletes"}),
    ({"unit_region": "殷行"}, {"unit_region": "not_found"}),
    ({"team_name": 5, "unit_region": "999999", "leader": {"phone": "1"}, "roster": [{"name": "新人", "role": "athlete"}]},
     {"team_name": "wrong_type", "unit_region": "not_found", "leader.phone": "bad_phone", "roster": "too_few_athletes"}),
    ({"roster": [{"name": "310110199001011234", "role": "athlete"}] + [{"name": "新人", "role": "athlete"}] * 5},
     {"roster[0].name": "identity_number"}),
]  # fmt: skip


@pytest.mark.parametrize(("patch", "faults"), PATCHES)
async def test_a_leader_changes_what_the_registration_says(
    client: httpx.AsyncClient, installation: Installation, patch: dict[str, Any], faults: dict[str, str]
) -> None:
    made = await register_by_http(client, await make_division(installation), team())
    url, headers = f"/api/v1/registrations/{made['id']}", bearer(made["manage_token"])
    before = (await client.get(url, headers=headers)).json()
    answer = await client.patch(url, json=patch, headers=headers)
    after = (await client.get(url, headers=headers)).json()
    if faults:
        assert {e["path"]: e["code"] for e in answer.json()["errors"]} == faults
        assert after == before
    else:
        assert answer.json() == after
        assert {k for k in after if after[k] != before[k]} == patch.keys() | {"changed_at"}


async def test_what_is_not_sent_of_the_leader_stays(client: httpx.AsyncClient, installation: Installation) -> None:
    made = await register_by_http(client, await make_division(installation), team(leader={"name": "王建国", "phone": "13800138001"}))
    url, headers = f"/api/v1/registrations/{made['id']}", bearer(made["manage_token"])
    patches: list[dict[str, Any]] = [{"email": "li@example.org"}, {"name": "李梅", "phone": "13900000000"}, {"name": "李"}, {"email": None}]
    left = [(await client.patch(url, json={"leader": patch}, headers=headers)).json()["leader"] for patch in patches]
    assert [(one["name"], one["phone"], one["email"]) for one in left] == [
        ("王建国", "+8613800138001", "li@example.org"),
        ("李梅", "+8613900000000", "li@example.org"),
        ("李", "+8613900000000", "li@example.org"),
        ("李", "+8613900000000", None),
    ]


async def test_a_leader_cannot_change_into_one_who_already_has_a_team(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation)
    one, two = team(), team()
    made = await register_by_http(client, division_id, one)
    await register_by_http(client, division_id, two)
    answer = await client.patch(f"/api/v1/registrations/{made['id']}", json={"leader": two["leader"]}, headers=bearer(made["manage_token"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_registered")


async def test_after_the_window_only_the_organiser_changes_a_registration(client: httpx.AsyncClient, installation: Installation) -> None:
    made = await register_by_http(client, await make_division(installation), team())
    async with installation.sessions.begin() as session:
        await session.execute(update(Competition).values(registration_closes_at=datetime.now(UTC) - timedelta(minutes=1)))
    url, patch = f"/api/v1/registrations/{made['id']}", {"team_name": "改名"}
    leader = await client.patch(url, json=patch, headers=bearer(made["manage_token"]))
    office = await client.patch(url, json=patch, headers=await desk(installation))
    assert (leader.json()["code"], office.json()["team_name"]) == ("window_closed", "改名")


async def test_after_the_event_no_leader_changes_a_registration(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation)
    made = await register_by_http(client, division_id, team())
    async with installation.sessions.begin() as session:
        yesterday = clock.today(installation.settings.zone) - timedelta(days=1)
        await session.execute(update(Event).values(first_on=yesterday, last_on=yesterday))
    answer = await client.patch(f"/api/v1/registrations/{made['id']}", json={"team_name": "改名"}, headers=bearer(made["manage_token"]))
    assert answer.json()["code"] == "window_closed"
    changed = await client.patch(f"/api/v1/divisions/{division_id}", json={"quota": 20}, headers=await desk(installation))
    assert changed.json()["state"] == "closed"


async def test_a_rotated_token_ends_the_old_one(
    client: httpx.AsyncClient, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    body, division_id = team(), await make_division(installation)
    made = await register_by_http(client, division_id, body, key="key")
    url = f"/api/v1/registrations/{made['id']}"
    with caplog.at_level(logging.DEBUG):
        rotated = (await client.post(f"{url}/rotate-token", headers=bearer(made["manage_token"]))).json()
        assert (await client.get(url, headers=bearer(made["manage_token"]))).status_code == 404
        assert (await client.get(url, headers=bearer(rotated["manage_token"]))).status_code == 200
        assert (await client.post(f"{url}/rotate-token", headers=await desk(installation))).status_code == 404
    assert made["manage_token"] not in caplog.text
    assert rotated["manage_token"] not in caplog.text
    # Whoever still has the first request gets the first answer, whose token is dead: never the new one.
    assert await register_by_http(client, division_id, body, key="key") == made


async def test_asking_for_the_link_again_tells_nothing_and_mails_it_seldom(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, per_contact=2)
    body = team()
    made = await register_by_http(client, division_id, body)
    silent = await register_by_http(client, division_id, team(leader={"name": "无邮箱", "phone": "13700000000"}))
    url = f"/api/v1/divisions/{division_id}/manage-links"
    asked = [{"phone": body["leader"]["phone"]}] * 2 + [
        {"email": body["leader"]["email"].upper()},
        {"phone": "13700000000"},
        {"phone": "13711111111"},
    ]
    with clock.frozen(datetime(2026, 5, 1, 1, 0, 1, tzinfo=UTC)):
        answers = [await client.post(url, json=asking) for asking in asked]
    assert {(a.status_code, a.text) for a in answers} == {(202, '{"status":"accepted"}')}
    assert (await told(installation))[2:] == [(made["id"], "manage_link")] * 2
    with clock.frozen(datetime(2026, 5, 1, 1, 21, tzinfo=UTC)):
        await client.post(url, json=asked[0])
    assert (await told(installation))[4:] == [(made["id"], "manage_link")]
    assert silent["id"] not in [id_ for id_, kind in await told(installation) if kind == "manage_link"]


@pytest.mark.parametrize(("asking", "path"), [({}, "phone"), ({"phone": "12"}, "phone"), ({"email": "nobody"}, "email")])
async def test_asking_with_what_is_no_contact_is_refused(client: httpx.AsyncClient, asking: dict[str, str], path: str) -> None:
    answer = await client.post(f"/api/v1/divisions/{uuid4()}/manage-links", json=asking)
    assert [e["path"] for e in answer.json()["errors"]] == [path]


async def test_a_larger_quota_promotes_and_a_smaller_one_evicts_nobody(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    made = [await enter(installation, division_id) for _ in range(5)]
    url, headers = f"/api/v1/divisions/{division_id}", await desk(installation)
    larger = (await client.patch(url, json={"quota": 3, "name": "男子甲组"}, headers=headers)).json()
    assert (larger["name"], larger["confirmed"], larger["waitlisted"], larger["places_left"], larger["state"]) == (
        "男子甲组",
        3,
        2,
        0,
        "full",
    )
    assert {*(await told(installation))[5:]} == {(str(made[i].id), "promoted") for i in (1, 2)}
    smaller = (await client.patch(url, json={"quota": 2}, headers=headers)).json()
    assert (smaller["confirmed"], smaller["waitlisted"], smaller["places_left"]) == (3, 2, 0)
    await client.post(f"/api/v1/registrations/{made[0].id}/void", json={"reason": "重复"}, headers=headers)
    assert await places(installation, division_id) == {"voided": 1, "confirmed": 2, "waitlisted": 2}
    faulty = await client.patch(url, json={"quota": -1, "roster_min": 9, "roster_max": 8}, headers=headers)
    assert {e["path"] for e in faulty.json()["errors"]} == {"quota", "roster_max"}
    of_both_kinds = await client.patch(url, json={"name": 1, "quota": -1}, headers=headers)
    assert {e["path"] for e in of_both_kinds.json()["errors"]} == {"name", "quota"}


async def test_a_stopped_division_promotes_nobody(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    first, _ = [await register_by_http(client, division_id, team()) for _ in range(2)]
    async with installation.sessions.begin() as session:
        await session.execute(update(Division).values(closed_at=datetime.now(UTC)))
    await client.delete(f"/api/v1/registrations/{first['id']}", headers=bearer(first["manage_token"]))
    assert await places(installation, division_id) == {"withdrawn": 1, "waitlisted": 1}


async def test_the_organiser_reads_the_list_page_by_page(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=2)
    made = [await enter(installation, division_id) for _ in range(5)]
    url, headers = f"/api/v1/divisions/{division_id}/registrations", await desk(installation)
    await client.post(f"/api/v1/registrations/{made[2].id}/void", json={"reason": "重复"}, headers=headers)
    pages, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"{url}?limit=2{cursor}", headers=headers)).json()
        pages.append([(line["rank"], line["status"], line["waitlist_position"], line["athletes"]) for line in page["items"]])
        cursor = page["next"] and f"&cursor={page['next']}"
    assert pages == [
        [(1, "confirmed", None, 5), (2, "confirmed", None, 5)],
        [(3, "voided", None, 5), (4, "waitlisted", 1, 5)],
        [(5, "waitlisted", 2, 5)],
    ]
    for query in ("limit=0", "limit=201", "limit=abc", "cursor=!", "cursor=WyJ4Il0"):
        refused = await client.get(f"{url}?{query}", headers=headers)
        named, code = query.partition("=")[0], "bad_cursor" if query.startswith("cursor") else "out_of_range"
        assert (refused.status_code, [(e["path"], e["code"]) for e in refused.json()["errors"]]) == (422, [(named, code)])
    other = await desk(installation, Role.DISTRICT_OFFICER, "310109")
    assert [(await client.get(url, headers=h)).status_code for h in ({}, other)] == [401, 403]


async def test_a_code_opens_a_competition_that_asks_for_one(client: httpx.AsyncClient, installation: Installation) -> None:
    url = f"/api/v1/events/{await make_event(installation)}/competitions"
    now = datetime.now(UTC)
    division = {"name": "甲组", "quota": 1, "roster_min": 1, "roster_max": 9}
    window = {"registration_opens_at": now.isoformat(), "registration_closes_at": (now + timedelta(days=1)).isoformat()}
    body = {"title": "邀请赛", "entry": "code", "entry_code": "Yp-2026", "divisions": [division], **window}
    made = (await client.post(url, json=body, headers=await desk(installation))).json()
    url = f"/api/v1/divisions/{made['divisions'][0]['id']}/registrations"
    tries = [team(), team(entry_code="yp-2025"), team(entry_code=" ｙＰ-2026")]
    answers = [await client.post(url, json=body, headers={"Idempotency-Key": uuid4().hex}) for body in tries]
    assert [a.status_code for a in answers] == [403, 403, 201]
    assert await places(installation, UUID(made["divisions"][0]["id"])) == {"confirmed": 1}
