"""What a body may be, however odd: the answer is a problem, and it costs little."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from inspect import iscoroutinefunction, signature
from time import process_time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar, get
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct
from msgspec.structs import fields
from sqlalchemy.exc import TimeoutError as PoolTimeout

from events.accounts.service import create_key
from events.app import create_app
from infra.database import Away
from infra.installation import Installation
from infra.web import MAX_BODY
from tests.apps import app_over
from tests.offices import YANGPU
from tests.teams import make_division, make_event, team

ANY = UUID(int=0)
REGISTRATIONS, LINKS, EVENTS = f"/api/v1/divisions/{ANY}/registrations", f"/api/v1/divisions/{ANY}/manage-links", "/api/v1/events"
COMPETITIONS = f"{EVENTS}/{ANY}/competitions"
DIVISION = '{"name":"组","quota":1,"roster_min":1,"roster_max":1}'
LONG = 900_000


def full(start: str, item: str, end: str) -> bytes:
    """A body of one long list, just within the limit."""
    return (start + ",".join([item] * ((MAX_BODY - len(start) - len(end) - 9) // (len(item.encode()) + 1))) + end).encode()


def body(**changes: Any) -> bytes:
    return json.dumps({**team(), **changes}, ensure_ascii=False).encode()


def leader(**changes: Any) -> bytes:
    return body(leader={**team()["leader"], **changes})


def event(**changes: Any) -> bytes:
    return json.dumps({"title": "篮球赛", "region": "310110", "date_text": "2026年5月2日", **changes}, ensure_ascii=False).encode()


HEAVY = [
    (REGISTRATIONS, full('{"roster":[', "1", "]}")),
    (REGISTRATIONS, full('{"team_name":1,"roster":[', '{"name":"","role":""}', "]}")),
    (REGISTRATIONS, full('{"team_name":1,"roster":[', '{"name":"1 1 1 1 1 1 1 1","role":"athlete"}', "]}")),
    (REGISTRATIONS, b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}"),
    (REGISTRATIONS, full("[", "{}", "]")),
    (REGISTRATIONS, b'{"roster":[' + b"[" * 900 + b"]" * 900 + b"]}"),
    (REGISTRATIONS, body(team_name="1" * LONG)),
    (REGISTRATIONS, body(team_name=" " * LONG + "1", language="fr")),
    (REGISTRATIONS, body(unit_region="1" * LONG)),
    (REGISTRATIONS, body(roster=[{"name": "1 " * 400_000, "role": "athlete"}])),
    (REGISTRATIONS, leader(phone="1" * LONG)),
    (REGISTRATIONS, leader(phone="1 " * (LONG // 2))),
    (REGISTRATIONS, leader(phone="ﷺ" * (LONG // 3))),
    (REGISTRATIONS, leader(email="a@b.cc" + " " * LONG, phone="1")),
    (REGISTRATIONS, leader(email="a@" + "b." * (LONG // 2))),
    (LINKS, json.dumps({"phone": "1" * LONG}).encode()),
    (LINKS, json.dumps({"phone": "1", "email": "a@" + "1." * (LONG // 2)}).encode()),
    (COMPETITIONS, full('{"title":"","registration_opens_at":"","registration_closes_at":"","divisions":[', DIVISION, "]}")),
    (COMPETITIONS, full('{"title":1,"registration_opens_at":"","registration_closes_at":"","divisions":[', DIVISION, "]}")),
    (EVENTS, event(title="1" * LONG)),
    (EVENTS, event(summary="字\n" * (LONG // 5))),
    (EVENTS, event(series="1" * LONG)),
    (EVENTS, event(date_text="1月2日" * (LONG // 10))),
    (EVENTS, event(title="二〇二六年1月2日" * (LONG // 24), date_text="5月2日")),
    (EVENTS, event(source_url="http://a/" + "1" * LONG)),
    (EVENTS, full('{"title":"篮球赛","region":"310110","audience":[', '"青年"', "]}")),
    (EVENTS, full('{"title":"篮球赛","region":"310110","audience":[', "1", "]}")),
    (EVENTS, full('{"title":"篮球赛","region":"310110","occurrences":[', '{"on":"2026-05-02"}', "]}")),
    (EVENTS, full('{"title":"篮球赛","region":"310110","occurrences":[', '{"on":1,"id":"x"}', "]}")),
    (EVENTS, full('{"title":"1月2日","region":1,"occurrences":[', "{}", "]}")),
]  # fmt: skip


async def key_of(installation: Installation) -> str:
    async with installation.sessions.begin() as session:
        return (await create_key(session, role=YANGPU.role, region_code=YANGPU.region_code))[1]


@pytest.mark.parametrize("address", [REGISTRATIONS, EVENTS, f"{EVENTS}/{ANY}/publish", "/registrations/manage", f"/events/{ANY}/report"])
@pytest.mark.parametrize("length", [{}, {"Content-Length": "10000000"}], ids=["of unknown length", "of a length that is told"])
async def test_a_body_over_the_limit_is_refused_before_its_end(
    client: httpx.AsyncClient, installation: Installation, address: str, length: dict[str, str]
) -> None:
    piece, given = b"a" * 50_000, 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(200):
            given += len(piece)
            yield piece

    kind = "application/json" if address.startswith("/api") else "application/x-www-form-urlencoded"
    headers = {"Idempotency-Key": "1", "Authorization": f"Bearer {await key_of(installation)}", "Content-Type": kind}
    answer = await client.post(address, content=pieces(), headers=headers | length)
    assert (answer.status_code, given <= MAX_BODY + 2 * len(piece)) == (413, True)


@pytest.mark.parametrize(("address", "content"), HEAVY, ids=range(len(HEAVY)))
async def test_a_body_at_the_limit_costs_little_whatever_its_shape(
    client: httpx.AsyncClient, installation: Installation, address: str, content: bytes
) -> None:
    """The bound is on the processor's time, the slowest answers take a tenth of it."""
    assert len(content) <= MAX_BODY
    known = await make_event(installation) if address == COMPETITIONS else await make_division(installation)
    address = address.replace(str(ANY), str(known))
    key = await key_of(installation)
    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    await client.post(address, content=b"{}", headers=headers)
    begun = process_time()
    answer = await client.post(address, content=content, headers=headers)
    spent = process_time() - begun
    assert answer.status_code == 422, answer.text[:300]
    assert 1 <= len(answer.json()["errors"]) <= 100
    assert spent < 1.0


BODIES = [
    (b'{"team_name":"\xff"}', 400, "malformed", []),
    (b"[" * 5_000, 400, "malformed", []),
    (b"{", 400, "malformed", []),
    (b'{"team_name":"\\ud800"}', 400, "malformed", []),
    (b'{"team_name":' + b"9" * 5_000 + b"}", 400, "malformed", []),
    (b"", 422, "faulty", [("", "required")]),
    (b"null", 422, "faulty", [("", "wrong_type")]),
]


@pytest.mark.parametrize(("content", "status", "code", "faults"), BODIES)
async def test_a_body_that_cannot_be_read_is_the_senders_fault(
    client: httpx.AsyncClient, content: bytes, status: int, code: str, faults: list[tuple[str, str]]
) -> None:
    answer = await client.post(REGISTRATIONS, content=content, headers={"Idempotency-Key": "1"})
    body = answer.json()
    assert (answer.status_code, body["code"], [(e["path"], e["code"]) for e in body["errors"]]) == (status, code, faults)


def test_what_judges_contents_is_asked_with_the_database_and_the_address(installation: Installation) -> None:
    """The option of a handler is untyped: what does not fit it would only be seen by who sends a body of a wrong shape."""
    judges = [handler.opt["contents"] for handler in handlers(app_over(installation)) if "contents" in handler.opt]
    assert len(judges) >= 7
    assert [judge for judge in judges if not iscoroutinefunction(judge) or len(signature(judge).parameters) != 3] == []


def handlers(app: Litestar) -> Iterator[BaseRouteHandler]:
    for route in app.routes:
        yield from route.route_handlers if isinstance(route, HTTPRoute) else ()


async def test_a_body_that_nobody_asked_for_is_read_too(client: httpx.AsyncClient) -> None:
    for content, status in ((b"", 401), (b"{}", 401), (b"\xff", 400)):
        answer = await client.post(f"/api/v1/registrations/{ANY}/rotate-token", content=content)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json; charset=utf-8", 422),
        ("application/merge-patch+json", 422),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/msgpack", 415),
    ],
)
async def test_only_json_is_taken_for_json(client: httpx.AsyncClient, media_type: str, status: int) -> None:
    answer = await client.post(REGISTRATIONS, content=b"{}", headers={"Idempotency-Key": "1", "Content-Type": media_type})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_no_field_of_the_wrong_type_is_a_fault_of_ours_whatever_it_is_called(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    """One that is called like something that handlers are given, too: `language` of a registration."""
    headers = {"Idempotency-Key": "1", "Authorization": f"Bearer {await key_of(installation)}"}
    walked = []
    for route, method, kind in bodies(app_over(installation)):
        address = re.sub(r"\{\w+:\w+\}", str(ANY), route)
        for field in fields(kind):
            answer = await client.request(method, address, json={field.encode_name: [5]}, headers=headers)
            assert answer.status_code < 500, (method, route, field.encode_name)
            walked.append(field.encode_name)
    assert ("language" in walked, len(walked) > 40) == (True, True)


def bodies(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Every address of the API and method that takes a struct as its body, with that struct."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                field = handler.parsed_data_field
                if field and isinstance(field.annotation, type) and issubclass(field.annotation, Struct):
                    yield route.path, method, field.annotation


async def test_a_field_called_like_a_dependency_is_named_with_all_others(client: httpx.AsyncClient, installation: Installation) -> None:
    address = REGISTRATIONS.replace(str(ANY), str(await make_division(installation)))
    answer = await client.post(address, json=team(language=5, team_name=""), headers={"Idempotency-Key": "1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "faulty")
    assert {(e["path"], e["code"]) for e in answer.json()["errors"]} == {
        ("language", "wrong_type"),
        ("team_name", "empty"),
    }


@pytest.mark.parametrize(
    ("raised", "status", "retry"),
    [
        (Away("refused"), 503, "1"),
        (ConnectionResetError(), 503, "1"),
        (PoolTimeout(), 503, "1"),
        (FileNotFoundError("a template"), 500, None),
        (OSError("no space left"), 500, None),
    ],
)
async def test_only_a_database_that_is_away_is_worth_asking_again(
    installation: Installation, caplog: pytest.LogCaptureFixture, raised: Exception, status: int, retry: str | None
) -> None:
    app = create_app(installation)

    @get("/api/v1/odd")
    async def odd() -> None:
        raise raised

    app.register(odd)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test") as client:
        answer = await client.get("/api/v1/odd")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry)
    assert "/api/v1/odd" in caplog.text


@pytest.mark.parametrize("address", ["regions", "series", "sports", "events", "divisions/{}/registrations"])
async def test_a_list_refuses_a_filter_that_it_does_not_know(client: httpx.AsyncClient, installation: Installation, address: str) -> None:
    address = address.format(await make_division(installation))
    headers = {"Authorization": f"Bearer {await key_of(installation)}"}
    answer = await client.get(f"/api/v1/{address}?limit=5&teir=city&teir=x", headers=headers)
    assert answer.status_code == 422
    assert {(e["path"], e["code"]) for e in answer.json()["errors"]} == {("teir", "unknown_field")}
