"""`/health/ready` names the part that is not ready."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from events.messages import FeedsDue
from infra import clock, outbox
from infra.installation import Installation, open_installation
from infra.revision import EXPECTED
from infra.settings import read_settings
from tests.apps import app_over

SET = "UPDATE alembic_version SET version_num ="
Answer = tuple[int, str, list[str]]


async def ask(client: httpx.AsyncClient) -> Answer:
    answer = await client.get("/health/ready", headers={"Accept-Language": "en"})
    problem = answer.json()
    return answer.status_code, problem["detail"], [f"{e['path']} {e['code']}: {e['detail']}" for e in problem["errors"]]


@pytest.mark.parametrize(
    "address", ["/health/live", "/api/v1/regions?tier=district", "/api/v1/calendar/2026-05", "/calendar/2026-05", "/feeds/events.ics"]
)
async def test_head_is_answered_wherever_get_is(client: httpx.AsyncClient, address: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    got, head = await client.get(address, headers=plain), await client.head(address, headers=plain)
    assert (head.status_code, head.headers, head.content) == (200, got.headers, b"")
    assert int(got.headers["content-length"]) == len(got.content) > 0


async def test_a_message_that_nobody_relays_for_a_minute_is_named(installation: Installation, client: httpx.AsyncClient) -> None:
    async with installation.sessions.begin() as session:
        await outbox.put(session, FeedsDue(), due_at=clock.now() + timedelta(hours=1))
        await outbox.put(session, FeedsDue(), due_at=clock.now() - timedelta(seconds=50))
    assert (await client.get("/health/ready")).status_code == 200
    async with installation.sessions.begin() as session:
        await outbox.put(session, FeedsDue(), due_at=clock.now() - timedelta(seconds=61))
    status, detail, [error] = await ask(client)
    assert (status, detail) == (503, "Not ready: outbox.")
    assert error.startswith("outbox not_relayed: The oldest message has waited for 6")


@pytest.mark.parametrize(
    ("change", "back", "found"),
    [
        (f"{SET} '0000'", f"{SET} '{EXPECTED}'", "0000"),
        ("ALTER TABLE alembic_version RENAME TO hidden", "ALTER TABLE hidden RENAME TO alembic_version", "-"),
    ],
    ids=["older", "never prepared"],
)
async def test_a_database_of_another_shape_is_named(
    installation: Installation, client: httpx.AsyncClient, change: str, back: str, found: str
) -> None:
    async with installation.sessions.begin() as session:
        await session.execute(text(change))
    try:
        answer = await ask(client)
    finally:
        async with installation.sessions.begin() as session:
            await session.execute(text(back))
    sentence = f"The database has the shape {found}, but the program needs {EXPECTED}: run saili prepare."
    assert answer == (503, "Not ready: schema.", [f"schema other_revision: {sentence}"])
    assert (await client.get("/health/ready")).status_code == 200


async def test_a_database_that_is_away_is_named_while_the_process_lives(tmp_path: Path, unused_tcp_port: int) -> None:
    settings = read_settings({"SAILI_DATA": str(tmp_path)})
    away = open_installation(settings, f"postgresql://saili@127.0.0.1:{unused_tcp_port}/saili")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_over(away)), base_url="http://test") as client:
        assert (await client.get("/health/live")).status_code == 200
        assert await ask(client) == (503, "Not ready: database.", ["database unreachable: The database can't be reached."])
    await away.close()
