import logging
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from events.calendar.models import Event
from events.calendar.rules import EventStatus
from events.competitions.codes import code_hash
from events.competitions.rules import Entry
from events.competitions.summary import refresh
from events.errors import BadEntryCode, TooManyCodes, TooManyFromNetwork
from events.registrations import brake
from events.registrations.idempotency import expire
from events.registrations.models import IdempotencyKey, Registration
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.outbox import Outbox
from tests.teams import division_of, enter, make_division, make_event, places, team


async def send(client: httpx.AsyncClient, division_id: object, body: dict[str, Any], key: str = "", **headers: str) -> httpx.Response:
    url = f"/api/v1/divisions/{division_id}/registrations"
    return await client.post(url, json=body, headers={"Idempotency-Key": key or uuid4().hex, **headers})


async def test_a_team_gets_a_place_and_the_next_one_waits(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation, quota=1)
    first, second = [await send(client, division_id, team()) for _ in range(2)]
    assert (first.status_code, first.json()["status"], first.json()["waitlist_position"]) == (201, "confirmed", None)
    assert (second.status_code, second.json()["status"], second.json()["waitlist_position"]) == (201, "waitlisted", 1)
    answer = first.json()
    assert len(answer["number"]) == 8
    assert answer["links"]["self"].endswith(f"/api/v1/registrations/{answer['id']}")
    assert answer["links"]["manage"].endswith(f"/registrations/manage#{answer['id']}.{answer['manage_token']}")
    async with installation.sessions() as session:
        told = (await session.scalars(select(Outbox.body).order_by(Outbox.id))).all()
    assert [(m["registration_id"], m["kind"]) for m in told] == [(first.json()["id"], "confirmed"), (second.json()["id"], "waitlisted")]


FAULTS = [
    ({"team_name": "  "}, {"team_name": "empty"}),
    ({"team_name": "队" * 51}, {"team_name": "too_long"}),
    ({"team_name": "队\x00"}, {"team_name": "bad_text"}),
    ({"team_name": "联系 11010519491231002X"}, {"team_name": "identity_number"}),
    ({"unit_region": "999999"}, {"unit_region": "not_found"}),
    ({"language": "fr"}, {"language": "unknown_value"}),
    ({"leader": {"name": "", "phone": "123", "email": "nobody"}},
     {"leader.name": "empty", "leader.phone": "bad_phone", "leader.email": "bad_email"}),
    ({"leader": {"name": "王", "phone": "110105194912310021"}}, {"leader.phone": "identity_number"}),
    ({"leader": {"name": "王", "phone": "+110101199003078"}}, {"leader.phone": "identity_number"}),
    ({"leader": {"name": "王", "phone": "+210101199003078"}}, {"leader.phone": "identity_number"}),
    ({"leader": {"name": "王", "phone": "1" * 900}}, {"leader.phone": "too_long"}),
    ({"roster": [{"name": "甲", "role": "athlete"}] * 4 + [{"name": "乙", "role": "coach"}]}, {"roster": "too_few_athletes"}),
    ({"roster": [{"name": "甲", "role": "athlete"}] * 11}, {"roster": "too_large"}),
    ({"roster": [{"name": "甲", "role": "athlete"}] * 5 + [{"name": "乙", "role": "staff"}] * 21}, {"roster": "too_large"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "faults"), FAULTS)
async def test_every_fault_is_named_by_its_path_and_nothing_is_stored(
    client: httpx.AsyncClient, installation: Installation, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    division_id = await make_division(installation)
    answer = await send(client, division_id, team(**changes))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {e["path"]: e["code"] for e in answer.json()["errors"]} == faults
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0
        assert await session.scalar(select(func.count()).select_from(Outbox)) == 0
    assert await places(installation, division_id) == {}


async def test_a_roster_of_twelve_with_five_faults_names_five_paths(client: httpx.AsyncClient, installation: Installation) -> None:
    division_id = await make_division(installation)
    roster = [{"name": f"队员{i}", "role": "athlete" if i < 9 else "staff"} for i in range(12)]
    roster[0]["name"], roster[3]["name"], roster[4]["role"] = "", "长" * 61, "captain"
    roster[8]["name"], roster[11]["name"] = "张\u202e三", "３１０１１０　１９９００１０１　１２３Ｘ"
    answer = await send(client, division_id, team(roster=roster))
    assert {e["path"]: e["code"] for e in answer.json()["errors"]} == {
        "roster[0].name": "empty",
        "roster[3].name": "too_long",
        "roster[4].role": "unknown_value",
        "roster[8].name": "bad_text",
        "roster[11].name": "identity_number",
    }


async def test_faults_of_shape_and_of_contents_are_named_together(client: httpx.AsyncClient, installation: Installation) -> None:
    roster: list[Any] = [{"name": f"队员{i}", "role": "athlete"} for i in range(12)]
    roster[1], roster[4]["name"], roster[6]["role"], roster[9] = {"name": "无角色"}, 5, "captain", "乙"
    written = team(roster=roster, leader=None, team_name=" ", unit_region="999999")
    answer = await send(client, await make_division(installation), written)
    assert {e["path"]: e["code"] for e in answer.json()["errors"]} == {
        "team_name": "empty",
        "unit_region": "not_found",
        "roster": "too_large",
        "leader": "wrong_type",
        "roster[1].role": "required",
        "roster[4].name": "wrong_type",
        "roster[6].role": "unknown_value",
        "roster[9]": "wrong_type",
    }


async def test_a_leaders_second_team_is_refused_until_the_competition_allows_more(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    one, two = await make_division(installation), await make_division(installation, per_contact=2)
    leader = {"name": "王建国", "phone": "13800138000"}
    same = leader | {"phone": "+86 138-0013-8000", "email": "other@example.org"}
    assert [(await send(client, one, team(leader=who))).status_code for who in (leader, same)] == [201, 409]
    answers = [await send(client, two, team(leader=who)) for who in (leader, same, leader)]
    assert [a.status_code for a in answers] == [201, 201, 409]
    assert answers[2].json()["code"] == "already_registered"


@pytest.mark.parametrize(
    ("opens", "closes", "status", "code"),
    [
        (1, 2, EventStatus.PUBLISHED, "window_not_open"),
        (-2, -1, EventStatus.PUBLISHED, "window_closed"),
        (-1, 1, EventStatus.POSTPONED, "window_closed"),
        (-1, 1, EventStatus.DRAFT, "not_found"),
    ],
)
async def test_a_window_that_is_not_open_refuses(
    client: httpx.AsyncClient, installation: Installation, opens: int, closes: int, status: EventStatus, code: str
) -> None:
    now, event_id = datetime.now(UTC), await make_event(installation, status=status)
    window = {"registration_opens_at": now + timedelta(days=opens), "registration_closes_at": now + timedelta(days=closes)}
    division_id = await make_division(installation, event_id=event_id, **window)
    assert (await send(client, division_id, team())).json()["code"] == code
    assert (await division_of(installation, division_id)).last_rank == 0


async def test_a_division_that_nobody_made_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await send(client, uuid4(), team())).status_code == 404
    assert (await send(client, "no-id", team())).status_code == 404


async def test_a_repeated_request_gets_the_first_answer_and_another_body_is_refused(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    division_id = await make_division(installation, quota=1)
    body = team()
    first = await send(client, division_id, body, "key")
    await send(client, division_id, team())
    again = await send(client, division_id, dict(reversed(body.items())), "key")
    other = await send(client, division_id, body | {"team_name": "另一队"}, "key")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await places(installation, division_id) == {"confirmed": 1, "waitlisted": 1}


async def test_a_key_belongs_to_a_division_and_a_refusal_leaves_it_free(client: httpx.AsyncClient, installation: Installation) -> None:
    here, there = await make_division(installation), await make_division(installation)
    body = team()
    refused = await send(client, here, body | {"roster": []}, "key")
    answers = [await send(client, division, body, "key") for division in (here, there)]
    assert [a.status_code for a in (refused, *answers)] == [422, 201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_what_is_kept_for_repetitions_holds_no_token_and_no_body_and_is_forgotten_after_a_day(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    body = team()
    answer = await send(client, await make_division(installation), body, "key")
    async with installation.sessions.begin() as session:
        kept = (await session.scalars(select(IdempotencyKey))).one()
        assert answer.json()["manage_token"] not in str(kept.answer)
        assert (len(kept.scope), len(kept.body)) == (32, 32)  # keyed hashes, whatever was sent
        assert [word for word in (body["team_name"], body["leader"]["name"], body["leader"]["phone"]) if word in str(kept.answer)] == []
        assert await expire(session) == 0
        with clock.frozen(datetime.now(UTC) + timedelta(hours=25)):
            assert await expire(session) == 1


@pytest.mark.parametrize("key", [None, "", "k" * 129, "一"])
async def test_a_request_without_a_usable_key_is_refused(client: httpx.AsyncClient, installation: Installation, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    url = f"/api/v1/divisions/{await make_division(installation)}/registrations"
    answer = await client.post(url, json=team(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


async def test_one_network_has_a_limit_that_another_does_not_share(installation: Installation) -> None:
    division_id = await make_division(installation)
    for _ in range(3):
        await enter(installation, division_id, network="192.0.2.1", network_limit=3)
    with pytest.raises(TooManyFromNetwork):
        await enter(installation, division_id, network="192.0.2.1", network_limit=3)
    await enter(installation, division_id, network="192.0.2.2", network_limit=3)


async def test_taking_the_last_place_shows_in_the_month_and_nothing_before_it(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event_id = await make_event(installation)
    division_id = await make_division(installation, event_id=event_id, quota=2)
    async with installation.sessions.begin() as session:
        await refresh(session, event_id)
    for full in (False, True, True):
        await send(client, division_id, team())
        async with installation.sessions() as session:
            assert (not (await session.get_one(Event, event_id)).registration_free) is full


async def test_no_token_is_ever_logged(client: httpx.AsyncClient, installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    division_id = await make_division(installation)
    with caplog.at_level(logging.DEBUG):
        answer = await send(client, division_id, team())
    assert answer.json()["manage_token"] not in caplog.text
    async with installation.sessions() as session:
        row = (await session.scalars(select(Registration))).one()
    assert answer.json()["manage_token"] not in str(vars(row))


async def coded(installation: Installation) -> UUID:
    """A division that asks for the code 2026."""
    competition_id = new_id()
    return await make_division(
        installation, id=competition_id, entry=Entry.CODE, entry_code=code_hash(installation.keys, competition_id, "2026")
    )


async def tried(installation: Installation, division_id: UUID, code: str, network: str = "192.0.2.1") -> str:
    try:
        return (await enter(installation, division_id, entry_code=code, network=network)).status.value
    except (BadEntryCode, TooManyCodes) as refusal:
        return refusal.code


async def test_guessing_a_code_has_a_brake_for_each_network_and_competition(client: httpx.AsyncClient, installation: Installation) -> None:
    one, other = await coded(installation), await coded(installation)
    with clock.frozen(clock.now()):
        guesses = [await tried(installation, one, str(guess)) for guess in range(21)]
        assert guesses == ["bad_entry_code"] * 20 + ["too_many"]
        assert await tried(installation, one, "2026") == "too_many"
        assert await tried(installation, one, "2026", network="192.0.2.2") == "confirmed"
        assert await tried(installation, other, "2026") == "confirmed"
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert await tried(installation, one, "2026") == "confirmed"
        assert await tried(installation, one, "2025") == "bad_entry_code"
    answers = [await send(client, one, team(entry_code=f"{guess}")) for guess in range(21)]
    assert (answers[19].status_code, answers[20].status_code, answers[20].json()["code"]) == (403, 429, "too_many")
    assert 590 < int(answers[20].headers["retry-after"]) <= 601


def test_the_brake_remembers_no_more_than_it_may() -> None:
    competition_id, now = new_id(), clock.now()
    codes = brake.Brake(20, timedelta(minutes=10), TooManyCodes)
    for _ in range(codes.most):
        codes.count(("192.0.2.1", competition_id), now)
    for other in range(brake.MOST_COUNTS):
        codes.count((f"2001:db8:{other:x}::/64", competition_id), now)
    codes.check(("192.0.2.1", competition_id), now)
    assert len(codes) == brake.MOST_COUNTS


async def test_an_event_that_is_over_takes_no_team_though_its_window_is_open(client: httpx.AsyncClient, installation: Installation) -> None:
    """The event was moved to an earlier day than its window reaches. It is over with its last day in the city's zone."""
    day = clock.today(installation.settings.zone)
    event_id = await make_event(installation, first_on=day, last_on=day)
    division_id = await make_division(installation, event_id=event_id, registration_closes_at=datetime.now(UTC) + timedelta(days=9))
    midnight = datetime.combine(day + timedelta(days=1), time(), installation.settings.zone)
    async with installation.sessions.begin() as session:
        await refresh(session, event_id)
    competition_id = (await division_of(installation, division_id)).competition_id
    read = f"/api/v1/events/{event_id}", f"/api/v1/competitions/{competition_id}"
    for at, code, state in ((midnight - timedelta(seconds=1), 201, "open"), (midnight, 409, "closed")):
        with clock.frozen(at):
            answer = await send(client, division_id, team())
            event, competition = [(await client.get(url)).json() for url in read]
        assert answer.status_code == code, answer.text
        assert (event["registration"], competition["divisions"][0]["state"]) == (state, state)
    assert answer.json()["code"] == "window_closed"
