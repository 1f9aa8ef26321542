"""The parts as processes of their own on an external database: two of each, and still each thing once."""

import asyncio
import os
import signal
import uuid
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from tests.databases import Server
from tests.journeys.conftest import Start, free_port
from tests.journeys.office import hold_competition, register_until_acknowledged, teams
from tests.journeys.tree import Running
from tests.waiting import until
from tests.workers.office import Sink

TEAMS = 20


@pytest.fixture
async def dsn(database_server: Server, template: str) -> AsyncIterator[str]:
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    yield await database_server.create(name, template)
    await database_server.drop(name)


@pytest.fixture(params=["postgres", "amqp"])
def broker_url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        return "postgres"
    if not (given := os.environ.get("SAILI_TEST_AMQP_URL")):
        pytest.skip("SAILI_TEST_AMQP_URL names no RabbitMQ")
    return given


async def answers_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


async def test_two_of_each_part_mail_each_team_once_and_begin_the_night_once(
    dsn: str, broker_url: str, sink: Sink, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = {
        "DATABASE_URL": dsn, "BROKER_URL": broker_url, "SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
        "SAILI_DATA": tmp_path_factory.mktemp("parts"), "SECRET_KEY": "a key for tests, of enough characters",
    }  # fmt: skip
    ports = [free_port(), free_port()]
    running: list[Running] = [start("web", PORT=port, **own) for port in ports]
    running += [start(part, **own) for part in ("relay", "worker", "clock") for _ in range(2)]
    desks = [httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) for port in ports]
    for desk in desks:
        await until(lambda desk=desk: answers_ready(desk), seconds=60)
    for process in running[2:]:
        await process.says("at work")
    division = await hold_competition(desks[0], quota=TEAMS, **own)
    bodies = teams(TEAMS)
    await asyncio.gather(*(register_until_acknowledged(desks[i % 2], division, body) for i, body in enumerate(bodies)))

    connection = await asyncpg.connect(dsn)
    at_rest = "SELECT NOT EXISTS (SELECT FROM deliveries WHERE state <> 'sent') AND NOT EXISTS (SELECT FROM outbox WHERE taken_at IS NULL)"
    nights = "SELECT count(*) FROM outbox WHERE name = 'FeedsDue' AND body->>'event_id' IS NULL"
    await until(lambda: len(sink.received) >= TEAMS, seconds=40)
    await until(lambda: connection.fetchval(at_rest), seconds=40)
    assert Counter(mail["To"].addresses[0].addr_spec for mail in sink.mails) == dict.fromkeys((b["leader"]["email"] for b in bodies), 1)
    assert await connection.fetchval(nights) == 1
    await connection.close()
    for desk in desks:
        await desk.aclose()
    for process in running:
        process.process.send_signal(signal.SIGTERM)
    assert [await process.ends(within=15) for process in running] == [0] * len(running)
    assert [line for process in running for line in process.lines if "Traceback" in line] == []
