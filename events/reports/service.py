"""Reporting an error, and the life of its mail to the office: the same as a notice's, a row with its tries."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.queries import get_event
from events.calendar.rules import PUBLIC
from events.errors import Fault, Faulty, NotFound, TooManyReports
from events.messages import ReportDue
from events.notices.rules import LEASE, pause_after
from events.notices.service import OVERDUE
from events.regions.queries import get_region
from events.registrations.contacts import read_email
from events.reports.models import Mailbox, Report, ReportAttempt
from events.reports.queries import Reported, find_mailbox, find_standing, list_reported
from events.reports.rules import KEPT, MOST_FROM_NETWORK, PERIOD, ReportState, number_of, read_report
from infra import clock, outbox
from infra.crypto import Keys
from infra.ids import new_id
from infra.installation import settings_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended: what the mail server said, and whether asking again could change it."""

    reported: Reported
    answer: str
    accepted: bool
    permanent: bool = False


async def report(session: AsyncSession, keys: Keys, event_id: UUID, *, message: str, contact: str, network: str) -> UUID:
    """Keep what is said to be wrong with a public event, and have it mailed where a mailbox is known. Said twice within the hour from one
    network, it is the first one. Raises NotFound, Faulty, TooManyReports."""
    said, back, faults = read_report(message, contact)
    now, origin = clock.now(), keys.mac("network", network)
    standing = await find_standing(session, event_id, "" if faults else said, network=origin, since=now - PERIOD)
    if standing is None or standing.status not in PUBLIC:
        raise NotFound
    if faults:
        raise Faulty(*faults)
    if standing.twin:
        return standing.twin
    if standing.lately >= MOST_FROM_NETWORK:
        raise TooManyReports(retry_after=int(PERIOD.total_seconds()))
    address = standing.mailbox or settings_of(session).reports_mail
    state = ReportState.QUEUED if address else ReportState.KEPT
    made = Report(
        id=new_id(), event_id=event_id, message=said, contact=back, network=origin, state=state, address=address, due_at=now, created_at=now
    )
    session.add(made)
    await session.flush()
    if address:
        await outbox.put(session, ReportDue(made.id))
    return made.id


async def mailbox_of(session: AsyncSession, region_code: str) -> str | None:
    """Where reports of a region's events go: to its office, else the one above it, else to whoever runs the installation."""
    return await find_mailbox(session, region_code) or settings_of(session).reports_mail


async def set_mailbox(session: AsyncSession, region_code: str, address: str | None) -> int:
    """Say where an office reads reports, or that it reads none. Reports that were only kept leave now; returns how many.

    Raises NoRegion, and Faulty for what is no address.
    """
    await get_region(session, region_code)
    if address is None:
        await session.execute(delete(Mailbox).where(Mailbox.region_code == region_code))
        return 0
    read = read_email(address)
    if read is None:
        raise Faulty(Fault("address", "bad_email"))
    row = {"region_code": region_code, "address": read}
    await session.execute(insert(Mailbox).values(row).on_conflict_do_update(index_elements=[Mailbox.region_code], set_={"address": read}))
    return await _send_kept(session)


async def _send_kept(session: AsyncSession) -> int:
    """Queue each report that was kept for want of a mailbox, where there is one now."""
    sent = []
    for kept in (await session.scalars(select(Report).where(Report.state == ReportState.KEPT).order_by(Report.id))).all():
        event = await get_event(session, kept.event_id)
        if address := await mailbox_of(session, event.region_code):
            kept.address, kept.state, kept.due_at = address, ReportState.QUEUED, clock.now()
            sent.append(ReportDue(kept.id))
    await session.flush()
    await outbox.put_all(session, sent)
    return len(sent)


async def claim(session: AsyncSession, ids: Sequence[UUID]) -> list[Reported]:
    """Take those that nobody holds, for LEASE, and read what their mails say. Settled ones are left alone."""
    free = or_(Report.state == ReportState.QUEUED, _lease_ended())
    mine = select(Report.id).where(Report.id.in_(ids), free).order_by(Report.id).with_for_update(skip_locked=True)
    taken = update(Report).where(Report.id.in_(mine))
    taken = taken.values(state=ReportState.SENDING, leased_until=clock.now() + LEASE, attempts=Report.attempts + 1)
    claimed = (await session.scalars(taken.returning(Report.id), execution_options={"synchronize_session": False})).all()
    return await list_reported(session, claimed) if claimed else []


async def record(session: AsyncSession, outcome: Outcome) -> None:
    """Write a try into the report's history; settle it, or set it down for later. Another worker's try is left to that one."""
    now, reported = clock.now(), outcome.reported
    tried = {"report_id": reported.id, "number": reported.attempts, "at": now, "accepted": outcome.accepted, "answer": outcome.answer}
    await session.execute(insert(ReportAttempt).values(tried).on_conflict_do_nothing())
    pause = None if outcome.accepted or outcome.permanent else pause_after(reported.attempts)
    if pause:
        values = {"state": ReportState.QUEUED, "due_at": now + pause, "leased_until": None}
    else:
        values = {"state": ReportState.SENT if outcome.accepted else ReportState.GIVEN_UP, "settled_at": now, "leased_until": None}
    held = update(Report).where(Report.id == reported.id, Report.attempts == reported.attempts).values(values).returning(Report.id)
    found = await session.scalar(held, execution_options={"synchronize_session": False})
    if pause and found:
        await outbox.put(session, ReportDue(found), due_at=now + pause)


async def requeue_overdue(session: AsyncSession) -> None:
    """Send word again of reports whose worker was lost in the middle, and of those whose message was. The clock calls it."""
    now = clock.now()
    forgotten = and_(Report.state == ReportState.QUEUED, Report.due_at < now - OVERDUE)
    again = update(Report).where(or_(forgotten, _lease_ended())).values(state=ReportState.QUEUED, due_at=now, leased_until=None)
    ids = await session.scalars(again.returning(Report.id), execution_options={"synchronize_session": False})
    await outbox.put_all(session, [ReportDue(id_) for id_ in ids])


async def forget(session: AsyncSession) -> None:
    """Delete the reports whose term is over, with what they say of their senders. The clock calls it."""
    await session.execute(delete(Report).where(Report.created_at < clock.now() - KEPT))


async def finish(session: AsyncSession, numbers: Sequence[str]) -> int:
    """Delete reports that an office has dealt with, with what they say of their senders; how many. The event's own history tells what
    was mended. Raises NotFound, and deletes none, where a number is no report's."""
    wanted = {number.strip().lower() for number in numbers}
    ids = {number_of(id_): id_ for id_ in await session.scalars(select(Report.id).order_by(Report.id))}
    if wanted - ids.keys():
        raise NotFound
    await session.execute(delete(Report).where(Report.id.in_([ids[number] for number in wanted])))
    return len(wanted)


def _lease_ended() -> ColumnElement[bool]:
    return and_(Report.state == ReportState.SENDING, Report.leased_until < clock.now())
