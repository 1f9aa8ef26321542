"""People who follow something while an installation is at work: events for them, and the messages dealt with by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import func, update

from events.calendar import service
from events.messages import DeliveryDue, DigestDue, EventChanged, LinkAsked, SignUpsOpen
from events.notices.targets import Scope
from infra import clock
from infra.installation import Installation
from infra.outbox import Outbox
from tests.followers import follow
from tests.offices import YANGPU, day, draft
from tests.teams import STREET
from tests.workers.office import Sink
from workers import notices
from workers.clock import JOBS
from workers.work import Work

SOON = datetime.now(UTC).date() + timedelta(days=1)
LATER = datetime.now(UTC).date() + timedelta(days=60)


async def publish(office: Installation, title: str = "社区篮球赛", on: date = LATER, **written: object) -> UUID:
    """An event of the street 殷行街道, a basketball match, on one day."""
    async with office.sessions.begin() as session:
        plan = draft(day(on.year, on.month, on.day), title=title, **{"region_code": STREET, "sports": ("basketball",)} | written)
        return (await service.create_event(session, YANGPU, plan, published=True)).id


async def plan_all(work: Work) -> None:
    """The changes of events that wait are planned, and no letter of theirs is written yet."""
    async with work.installation.sessions.begin() as session:
        waits = update(Outbox).where(Outbox.taken_at.is_(None), Outbox.name == "EventChanged").values(taken_at=func.now())
        rows = list(await session.scalars(waits.returning(Outbox), execution_options={"synchronize_session": False}))
    await notices.event_changed(work, [EventChanged(**{k: UUID(v) for k, v in row.body.items()}) for row in rows])


async def deal(work: Work) -> None:
    """Do by hand what the relay and a worker do with the messages that are due, until none is left."""
    acts = {
        "EventChanged": (EventChanged, notices.event_changed),
        "SignUpsOpen": (SignUpsOpen, notices.sign_ups_open),
        "DigestDue": (DigestDue, notices.digest_due),
        "LinkAsked": (LinkAsked, notices.link_asked),
        "DeliveryDue": (DeliveryDue, notices.delivery_due),
    }
    while rows := await _take(work.installation):
        for name, (kind, act) in acts.items():
            if told := [kind(**{k: UUID(v) for k, v in row.body.items()}) for row in rows if row.name == name]:
                await act(work, told)


async def _take(office: Installation) -> Iterable[Outbox]:
    async with office.sessions.begin() as session:
        due = Outbox.taken_at.is_(None), Outbox.due_at <= clock.now()
        taken = update(Outbox).where(*due).values(taken_at=func.now()).returning(Outbox)
        return list(await session.scalars(taken.execution_options(synchronize_session=False)))


async def evening(work: Work) -> None:
    """The clock's hour comes."""
    async with work.installation.sessions.begin() as session:
        await JOBS["issue the digest"].act(session)
    await deal(work)


async def followers(work: Work, *asked: tuple[str, Scope, str]) -> list[UUID]:
    """People who follow something, with their confirmations sent and put aside."""
    found = [await follow(work.installation, email, scope, key) for email, scope, key in asked]
    await deal(work)
    return found


def told(sink: Sink) -> list[tuple[str, str]]:
    """Who was told of what, since the last look."""
    mails, _ = [(str(mail["To"]), str(mail["Subject"])) for mail in sink.mails], sink.received.clear()
    return sorted(mails)


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())
