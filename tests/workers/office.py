"""An installation at work: a mail server, a relay, a worker, and an event with teams."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import func, select

from events.calendar.drafts import VenueDraft
from events.calendar.service import create_event
from events.notices.models import Delivery, DeliveryAttempt
from events.notices.rules import DeliveryState
from events.registrations.models import Registration
from infra.broker import close_broker, make_broker
from infra.installation import Installation, open_installation
from infra.mail import make_mailer
from infra.settings import Settings
from tests.offices import YANGPU, draft, hour
from tests.teams import enter, make_division
from workers.main import make_worker
from workers.relay import relay
from workers.work import Work


class Sink:
    """A mail server that keeps what it accepts. `answers` are given first, in order: to RCPT, or to DATA where they begin so."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.answers: list[str] = []
        self.sessions: set[int] = set()
        self.go = asyncio.Event()
        self.go.set()
        self.port = 0

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for content in self.received]

    async def handle_RCPT(self, _: object, session: object, envelope: Envelope, address: str, __: object) -> str:  # noqa: N802 - aiosmtpd names it
        self.sessions.add(id(session))
        if self.answers and not self.answers[0].startswith("DATA "):
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd names it
        if self.answers:
            return self.answers.pop(0).removeprefix("DATA ")
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content)
        await self.go.wait()
        return "250 taken"


@asynccontextmanager
async def serving(port: int = 0, **options: Any) -> AsyncIterator[Sink]:
    """The mail server, on a free port of the loopback."""
    sink, talks = Sink(), []

    def talk() -> SMTP:
        talks.append(SMTP(sink, hostname="sink", **options))
        return talks[-1]

    server = await asyncio.get_running_loop().create_server(talk, "127.0.0.1", port)
    sink.port = server.sockets[0].getsockname()[1]
    yield sink
    sink.go.set()
    server.close()
    for talked in talks:
        if talked.transport:
            talked.transport.close()


def open_office(settings: Settings) -> Installation:
    return open_installation(settings, str(settings.database_url), pool_size=5)


@asynccontextmanager
async def relaying(settings: Settings) -> AsyncIterator[None]:
    """A relay beside the test."""
    office, broker, stop = open_office(settings), make_broker(settings.broker_url, str(settings.database_url)), asyncio.Event()
    task = asyncio.create_task(relay(office.sessions, broker, stop))
    yield
    stop.set()
    await task
    await asyncio.to_thread(close_broker, broker)
    await office.close()


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    """A worker in threads of its own beside the test."""
    broker = make_broker(settings.broker_url, str(settings.database_url))
    worker = make_worker(broker, Work(open_office(settings), make_mailer(settings)))
    worker.start()
    yield
    await asyncio.to_thread(worker.stop, 5_000)
    await asyncio.to_thread(close_broker, broker)


@contextmanager
def starting(settings: Settings, part: str) -> Iterator[subprocess.Popen[bytes]]:
    """`saili PART` as a process of its own, killed at the end if it still runs."""
    environment = {
        "SAILI_DATA": str(settings.data),
        "DATABASE_URL": str(settings.database_url),
        "BROKER_URL": settings.broker_url,
        "SECRET_KEY": (settings.secret_key or b"").decode(),
        "SMTP_URL": str(settings.smtp_url),
        "BASE_URL": settings.public_url,
    }
    process = subprocess.Popen([sys.executable, "-m", "events.cli", part], env=os.environ | environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


async def hold_event(office: Installation, *, quota: int = 10) -> tuple[UUID, UUID]:
    """A published event on 2 May 2027, from 9 and from 14 o'clock, and a division of its competition: their ids."""
    async with office.sessions.begin() as session:
        written = draft(hour(2027, 5, 2, 9), hour(2027, 5, 2, 14), venue=VenueDraft(name="杨浦滨江"), title="滨江龙舟赛")
        event = await create_event(session, YANGPU, written, published=True)
    return event.id, await make_division(office, event_id=event.id, quota=quota)


async def enter_team(office: Installation, division_id: UUID, *, language: str = "zh-CN", **leader: object) -> UUID:
    written = {"name": "王芳", "phone": f"+86139{await count(office) + 10_000_000}", "email": "leader@example.org"} | leader
    return (await enter(office, division_id, leader=written, language=language)).id


async def count(office: Installation) -> int:
    async with office.sessions() as session:
        return await session.scalar(select(func.count()).select_from(Registration)) or 0


async def deliveries(office: Installation) -> list[Delivery]:
    async with office.sessions() as session:
        return list(await session.scalars(select(Delivery).order_by(Delivery.id)))


async def all_sent(office: Installation, number: int) -> bool:
    made = await deliveries(office)
    return len(made) == number and all(d.state is DeliveryState.SENT for d in made)


async def history(office: Installation) -> list[tuple[int, bool, str]]:
    """Every try at a delivery: its number, whether it was accepted, and the answer."""
    async with office.sessions() as session:
        tries = await session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.delivery_id, DeliveryAttempt.number))
        return [(t.number, t.accepted, t.answer) for t in tries]
