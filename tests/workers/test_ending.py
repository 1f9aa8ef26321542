"""What ends in the middle: a relay, a worker, a broker; and how processes end when they are told to."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.engine import make_url

from events.notices.models import Delivery
from infra import clock
from infra.installation import Installation
from infra.outbox import Outbox
from infra.settings import Settings
from tests.waiting import until
from tests.workers.office import Sink, all_sent, deliveries, enter_team, hold_event, relaying, starting, working
from workers.clock import tick

# The mark waits while the test holds this lock: the moment between handing a message on and noting that it was.
SLOW_MARK = """
CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION wait_for_test();
"""


async def mark_waits(office: Installation) -> bool:
    """Whether a transaction waits for the test's lock."""
    async with office.sessions() as session:
        return bool(await session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted")))


async def queue_holds(office: Installation, number: int) -> bool:
    """Whether the broker has so many messages of a registration."""
    async with office.sessions() as session:
        counted = "SELECT count(*) FROM dramatiq.queue WHERE message->>'actor_name' = 'RegistrationChanged'"
        return await session.scalar(text(counted)) == number


async def test_a_relay_killed_after_it_handed_a_message_on_repeats_it_and_the_team_gets_one_mail(office: Installation, sink: Sink) -> None:
    _, division_id = await hold_event(office)
    await enter_team(office, division_id)
    async with office.sessions() as holding:
        for statement in (*SLOW_MARK.strip().split("\n"), "SELECT pg_advisory_lock(42)"):
            await holding.execute(text(statement))
        await holding.commit()
        with starting(office.settings, "relay") as relay:
            await until(lambda: mark_waits(office))
            relay.send_signal(signal.SIGKILL)
        assert await queue_holds(office, 1)
        await holding.execute(text("SELECT pg_advisory_unlock(42)"))
        await holding.execute(text("DROP TRIGGER slow ON outbox"))
        await holding.commit()
    async with relaying(office.settings):
        await until(lambda: queue_holds(office, 2))
        async with working(office.settings):
            await until(lambda: all_sent(office, 1))
            await until(lambda: queue_holds(office, 0))
    assert len(sink.mails) == 1


async def test_a_worker_killed_while_the_server_takes_a_mail_leaves_it_to_be_sent_again_as_the_same_mail(
    office: Installation, sink: Sink
) -> None:
    _, division_id = await hold_event(office)
    await enter_team(office, division_id)
    sink.go.clear()  # the server has the mail and its answer is on its way, for as long as the test likes
    async with relaying(office.settings):
        with starting(office.settings, "worker") as worker:
            await until(lambda: len(sink.received) == 1)
            worker.send_signal(signal.SIGKILL)
        sink.go.set()
        async with office.sessions.begin() as session:
            await session.execute(update(Delivery).values(leased_until=clock.now() - timedelta(seconds=1)))
        await tick(office)
        async with working(office.settings):
            await until(lambda: all_sent(office, 1))
    first, second = sink.received
    [delivery] = await deliveries(office)
    assert (first, delivery.attempts) == (second, 2)


@pytest.mark.parametrize("part", ["worker", "relay", "clock"])
async def test_a_process_ends_within_five_seconds_of_being_told_to(office: Installation, sink: Sink, part: str) -> None:
    _, division_id = await hold_event(office)
    await enter_team(office, division_id)
    sink.go.clear()
    async with relaying(office.settings):
        with starting(office.settings, part) as process:
            assert process.stderr
            line = b""
            while b"at work" not in line:
                line = await asyncio.to_thread(process.stderr.readline)
                assert line, "it ended by itself"
            if part == "worker":  # in the middle of a mail, which the server keeps it waiting for
                await until(lambda: len(sink.received) == 1)
            process.send_signal(signal.SIGTERM)
            told = time.monotonic()
            assert await asyncio.to_thread(process.wait, 10) == 0
            # Two other tests share the cores; alone it takes less than three.
            assert time.monotonic() - told < 5


@asynccontextmanager
async def forwarding(port: int, to: str) -> AsyncIterator[None]:
    """A line from a port of the loopback to a server: while it is not there, the server is away."""
    url = make_url(to)
    host, target = str(url.query.get("host", url.host)), url.port or (5672 if to.startswith("amqp") else 5432)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = asyncio.open_unix_connection(f"{host}/.s.PGSQL.{target}") if host.startswith("/") else asyncio.open_connection(host, target)
        far_reader, far_writer = await there
        await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(65536):
            writer.write(some)
        writer.close()

    server = await asyncio.start_server(join, "127.0.0.1", port)
    yield
    server.close()


@pytest.mark.parametrize("which", ["postgres", "amqp"])
async def test_while_the_broker_is_away_messages_wait_and_then_none_is_missing(
    office: Installation, sink: Sink, settings: Settings, unused_tcp_port: int, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, division_id = await hold_event(office)
    teams = [await enter_team(office, division_id) for _ in range(3)]
    if which == "postgres":
        there = str(settings.database_url)
        away = replace(settings, database_url=through(there, unused_tcp_port))
    else:
        if not (there := os.environ.get("SAILI_TEST_AMQP_URL", "")):
            pytest.skip("SAILI_TEST_AMQP_URL names no RabbitMQ")
        settings = replace(settings, broker_url=there)
        away = replace(settings, broker_url=through(there, unused_tcp_port))
    async with relaying(away):
        await until(lambda: "messages wait in the outbox" in caplog.text)
        async with office.sessions() as session:
            assert await session.scalar(select(func.count()).where(Outbox.taken_at.is_not(None))) == 0
        async with forwarding(unused_tcp_port, there), working(settings):
            await until(lambda: all_sent(office, len(teams)))
    assert len(sink.mails) == len(teams)


def through(url: str, port: int) -> str:
    """The address with another host and port."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0] or 'guest:guest'}@127.0.0.1:{port}", query="").geturl()
