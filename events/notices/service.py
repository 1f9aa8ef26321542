"""Telling team leaders of what concerns them, and the life of every delivery, theirs and followers', from queued to sent or given up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import EventChange
from events.messages import DeliveryDue, EventChanged, RegistrationChanged
from events.notices.bulletins import Bulletin, list_bulletins
from events.notices.ending import end_gone
from events.notices.models import Delivery, DeliveryAttempt
from events.notices.overtaking import as_it_holds, overtaken
from events.notices.queries import Notice, list_notices, teams_of
from events.notices.rules import LEASE, DeliveryState, NoticeKind, notice_of, pause_after
from events.registrations.models import Registration
from events.registrations.rules import ACTIVE
from infra import clock, outbox
from infra.ids import new_id

AT_ONCE = 500
# A delivery that waits this long past its time has lost its message: a broker was emptied, or exchanged.
OVERDUE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be told of what: a team, with its leader's address, or a follower."""

    kind: NoticeKind
    cause_id: UUID
    registration_id: UUID | None = None
    address: str | None = None
    subscription_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended: what the receiving server said, and whether asking again could change it. `gone`: it ends the subscription."""

    notice: Notice | Bulletin
    answer: str
    accepted: bool
    permanent: bool = False
    gone: bool = False

    @property
    def kept_answer(self) -> str:
        """The answer as the history keeps it: a follower's address stands in the subscription alone."""
        address = self.notice.address
        return self.answer if isinstance(self.notice, Notice) else re.sub(re.escape(address), "…", self.answer, flags=re.IGNORECASE)


async def plan_registrations(session: AsyncSession, changes: Sequence[RegistrationChanged]) -> None:
    """Queue a delivery to the leader of each registration, if there is an address. Told twice of the same cause, nothing is added."""
    ids = {change.registration_id for change in changes}
    leaders = select(Registration.id, Registration.leader_email).where(Registration.id.in_(ids), Registration.leader_email.is_not(None))
    addresses: dict[UUID, str] = {id_: address for id_, address in await session.execute(leaders) if address}
    told = [change for change in changes if change.registration_id in addresses]
    await queue(session, [Wanted(NoticeKind(c.kind), c.cause_id, c.registration_id, addresses[c.registration_id]) for c in told])


async def plan_event(session: AsyncSession, change: EventChanged) -> None:
    """Queue a delivery to every active team of the event, when the change is one that teams are told of."""
    found = await session.get(EventChange, change.change_id)
    kind = notice_of(found.kind, [*found.before, *found.after]) if found else None
    if kind is None:
        return
    query = teams_of(change.event_id).where(Registration.status.in_(ACTIVE)).order_by(Registration.id).limit(AT_ONCE)
    teams = (await session.execute(query)).all()
    while teams:
        await queue(session, [Wanted(kind, change.change_id, id_, address) for id_, address in teams])
        teams = (await session.execute(query.where(Registration.id > teams[-1][0]))).all()


async def queue(session: AsyncSession, wanted: Sequence[Wanted]) -> None:
    """One row for each (recipient, kind, cause) that is not there yet, and a message for each row that is new."""
    if not wanted:
        return
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "registration_id": one.registration_id,
            "subscription_id": one.subscription_id,
            "address": one.address,
            "kind": one.kind,
            "cause_id": one.cause_id,
            "state": DeliveryState.QUEUED,
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for one in wanted
    ]
    await outbox.put_of(session, insert(Delivery).values(rows).on_conflict_do_nothing(), DeliveryDue)


async def claim(session: AsyncSession, delivery_ids: Sequence[UUID]) -> list[Notice | Bulletin]:
    """Take those of the deliveries that nobody holds, for LEASE, and read what they say. Settled ones are left alone.

    Those that something has overtaken are settled as dropped, teams' and followers' alike, and those of a follower who left, or was told
    meanwhile.
    """
    now = clock.now()
    free = or_(Delivery.state == DeliveryState.QUEUED, _lease_ended())
    mine = select(Delivery.id).where(Delivery.id.in_(delivery_ids), free).order_by(Delivery.id).with_for_update(skip_locked=True)
    taken = update(Delivery).where(Delivery.id.in_(mine))
    taken = taken.values(state=DeliveryState.SENDING, leased_until=now + LEASE, attempts=Delivery.attempts + 1)
    returned = taken.returning(Delivery.id, Delivery.subscription_id)
    rows = (await session.execute(returned, execution_options={"synchronize_session": False})).all()
    teams, followers = [id_ for id_, s in rows if s is None], {id_ for id_, s in rows if s is not None}
    notices = await list_notices(session, teams) if teams else []
    bulletins = await list_bulletins(session, followers) if followers else []
    if dropped := followers - {bulletin.id for bulletin in bulletins}:
        await _settle(session, DeliveryState.DROPPED, Delivery.id.in_(dropped))
    return await _drop_overtaken(session, [*notices, *bulletins], now)


async def _drop_overtaken(session: AsyncSession, notices: Sequence[Notice | Bulletin], now: datetime) -> list[Notice | Bulletin]:
    """Settle what is not to be said any more, with the reason in its history. The others, with so much of their change as still holds."""
    dropped = [Outcome(notice, why, accepted=False) for notice in notices if (why := overtaken(notice, now))]
    if dropped:
        await _keep_history(session, dropped)
        await _settle(session, DeliveryState.DROPPED, _held(dropped))
    gone = {outcome.notice.id for outcome in dropped}
    return [as_it_holds(notice) for notice in notices if notice.id not in gone]


async def record(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    """Write each try into the delivery's history, settle what is settled, and set the rest down for later."""
    await _keep_history(session, outcomes)
    refused = [o for o in outcomes if not o.accepted]
    later = [o for o in refused if not o.permanent and pause_after(o.notice.attempts)]
    over = [o for o in refused if o not in later]
    for state, settled in ((DeliveryState.SENT, [o for o in outcomes if o.accepted]), (DeliveryState.GIVEN_UP, over)):
        if settled:
            await _settle(session, state, _held(settled))
    for attempts in {o.notice.attempts for o in later}:
        await _put_off(session, [o for o in later if o.notice.attempts == attempts], pause_after(attempts) or OVERDUE)
    if gone := [o.notice.subscription_id for o in outcomes if o.gone and isinstance(o.notice, Bulletin)]:
        await end_gone(session, gone)


async def _keep_history(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    now = clock.now()
    tries = [
        {"delivery_id": o.notice.id, "number": o.notice.attempts, "at": now, "accepted": o.accepted, "answer": o.kept_answer}
        for o in outcomes
    ]
    await session.execute(insert(DeliveryAttempt).values(tries).on_conflict_do_nothing())


async def _settle(session: AsyncSession, state: DeliveryState, which: ColumnElement[bool]) -> None:
    values = {"state": state, "settled_at": clock.now(), "leased_until": None}
    await session.execute(update(Delivery).where(which).values(values).execution_options(synchronize_session=False))


async def _put_off(session: AsyncSession, outcomes: Sequence[Outcome], pause: timedelta) -> None:
    due_at = clock.now() + pause
    values = {"state": DeliveryState.QUEUED, "due_at": due_at, "leased_until": None}
    again = update(Delivery).where(_held(outcomes)).values(values).returning(Delivery.id)
    ids = await session.scalars(again, execution_options={"synchronize_session": False})
    await outbox.put_all(session, [DeliveryDue(id_) for id_ in ids], due_at=due_at)


def _held(outcomes: Sequence[Outcome]) -> ColumnElement[bool]:
    """Still at the try that we made: where the lease ended and another worker tries now, the outcome is that one's to settle."""
    return or_(*(and_(Delivery.id == o.notice.id, Delivery.attempts == o.notice.attempts) for o in outcomes))


async def requeue_overdue(session: AsyncSession) -> None:
    """Send word again of deliveries whose worker was lost in the middle, and of those whose message was. The clock calls it."""
    now = clock.now()
    forgotten = and_(Delivery.state == DeliveryState.QUEUED, Delivery.due_at < now - OVERDUE)
    again = update(Delivery).where(or_(forgotten, _lease_ended())).values(state=DeliveryState.QUEUED, due_at=now, leased_until=None)
    ids = await session.scalars(again.returning(Delivery.id), execution_options={"synchronize_session": False})
    await outbox.put_all(session, [DeliveryDue(id_) for id_ in ids])


def _lease_ended() -> ColumnElement[bool]:
    return and_(Delivery.state == DeliveryState.SENDING, Delivery.leased_until < clock.now())
