"""From the outbox to the broker. Any number may run: each takes rows that no other holds."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from dramatiq import Broker, Message
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from infra import clock
from infra.broker import QUEUE, close_broker, make_broker
from infra.database import Sessions, told
from infra.installation import open_installation
from infra.outbox import Outbox
from infra.settings import Settings
from workers.running import run, wait

log = logging.getLogger(__name__)

POLL, LONGEST_PAUSE = 0.2, 5.0
# Rows claimed at once, and how many of one name a message carries: actors take lists, so that a burst costs few statements.
BATCH, TOGETHER = 200, 25


def run_relay(settings: Settings, dsn: str) -> None:
    """Hand messages on until told to end."""

    async def work(stop: asyncio.Event) -> None:
        installation = open_installation(settings, dsn, pool_size=1, application="saili relay")
        broker = make_broker(settings.broker_url, dsn)
        log.info("the relay is at work")
        await relay(installation.sessions, broker, stop)
        close_broker(broker)
        await installation.close()

    run(work)


async def relay(sessions: Sessions, broker: Broker, stop: asyncio.Event) -> None:
    """Hand on what is due until told to stop. When the database or the broker is away, say so, and ask again after a growing pause."""
    pause = POLL
    with ThreadPoolExecutor(1, thread_name_prefix="enqueue") as enqueuing:
        while not stop.is_set():
            try:
                full = await hand_on(sessions, broker, enqueuing) == BATCH
                pause = 0.0 if full else POLL
            except Exception as error:  # whatever is away may come back; a relay that ended would help nobody
                pause = min(2 * max(pause, POLL), LONGEST_PAUSE)
                log.warning("messages wait in the outbox (%s); asking again in %g s", told(error).partition("\n")[0], pause)
            if pause:
                await wait(stop, pause)


async def hand_on(sessions: Sessions, broker: Broker, enqueuing: ThreadPoolExecutor) -> int:
    """Claim what is due, enqueue it, mark it, commit; the number of rows. Ended in the middle, it repeats: nothing is lost.

    The broker's client blocks, so it works in a thread of its own (always the same: RabbitMQ's keeps a connection for each).
    """
    async with sessions.begin() as session:
        rows = await claim(session)
        if rows:
            messages = merged([(row.name, row.body) for row in rows])
            await asyncio.get_running_loop().run_in_executor(enqueuing, _enqueue, broker, messages)
            await session.execute(update(Outbox).where(Outbox.id.in_([row.id for row in rows])).values(taken_at=func.now()))
    return len(rows)


async def claim(session: AsyncSession) -> list[Any]:
    due = select(Outbox.id, Outbox.name, Outbox.body).where(Outbox.taken_at.is_(None), Outbox.due_at <= clock.now())
    return list(await session.execute(due.order_by(Outbox.due_at, Outbox.id).limit(BATCH).with_for_update(skip_locked=True)))


def merged(rows: list[tuple[str, dict[str, Any]]]) -> list[Message[None]]:
    """One message for up to TOGETHER rows of a name, equal rows once. An actor's name is its message's."""
    bodies: dict[str, dict[bytes, dict[str, Any]]] = {}
    for name, body in rows:
        bodies.setdefault(name, {})[msgspec.json.encode(body, order="sorted")] = body
    return [
        Message(queue_name=QUEUE, actor_name=name, args=(chunk,), kwargs={}, options={})
        for name, different in bodies.items()
        for chunk in _chunks(list(different.values()))
    ]


def _chunks(bodies: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [bodies[i : i + TOGETHER] for i in range(0, len(bodies), TOGETHER)]


def _enqueue(broker: Broker, messages: list[Message[None]]) -> None:
    for message in messages:
        broker.enqueue(message)
