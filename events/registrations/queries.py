"""Reads and locks of the registration desk. The statements of `register` are built once: building them costs as much as running them."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, bindparam, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.states import over_at
from events.competitions.models import Competition, Division
from events.competitions.queries import lock_division
from events.errors import NotFound
from events.regions.models import Region
from events.registrations.idempotency import CLAIM
from events.registrations.models import Registration, RosterEntry
from events.registrations.rules import ACTIVE, RegistrationStatus, RosterRole

_active = Registration.status.in_(ACTIVE)
_by_contact = (
    select(func.count())
    .where(Registration.division_id == bindparam("division_id"), Registration.contact == bindparam("contact"), _active)
    .scalar_subquery()
)
# Counted no further than the limit, and only before the lock: as many as this process has connections may pass it at once.
_recent = (
    select(Registration.id)
    .where(
        Registration.division_id == bindparam("division_id"),
        Registration.network == bindparam("network"),
        Registration.created_at > bindparam("since"),
    )
    .limit(bindparam("network_limit"))
    .subquery()
)
_by_network = select(func.count()).select_from(_recent).scalar_subquery()
_claimed = CLAIM.cte("claimed")


@cache
def opening(zone: ZoneInfo) -> Select[*tuple[Any, ...]]:
    """Claims the idempotency key and reads, without a lock, all that a registration is judged by. No row: there is no such division."""
    return (
        select(
            Event.id.label("event_id"),
            Event.status,
            over_at(zone).label("over_at"),
            Competition.id.label("competition_id"),
            Competition.entry_code,
            Competition.registration_opens_at,
            Competition.registration_closes_at,
            Competition.per_contact,
            Division.roster_min,
            Division.roster_max,
            Division.closed_at,
            exists(select(_claimed.c.scope)).label("claimed"),
            exists().where(Region.code == bindparam("unit_region")).label("region_known"),
            _by_contact.label("by_contact"),
            _by_network.label("by_network"),
        )
        .select_from(Division)
        .join(Competition, Competition.id == Division.competition_id)
        .join(Event, Event.id == Competition.event_id)
        .where(Division.id == bindparam("division_id"))
    )


# FOR NO KEY UPDATE: foreign-key checks of other transactions don't wait for it.
LOCK = (
    select(Division.quota, Division.confirmed, Division.waitlisted, Division.last_rank, Division.closed_at)
    .where(Division.id == bindparam("division_id"))
    .with_for_update(key_share=True)
)

# All that a registration writes, in one round trip, because the division is locked meanwhile. It answers how many
# registrations the contact had before: a statement that waits for a lock sees other tables as they were before the wait, so what OPENING
# counted may be old. A registration over the limit is refused, which takes all of this back.
WRITE = text("""
    WITH placed AS (
        UPDATE divisions SET last_rank = :rank, confirmed = :confirmed, waitlisted = :waitlisted WHERE id = :division_id
    ), made AS (
        INSERT INTO registrations (id, number, division_id, team_name, unit_region, leader_name, leader_phone, leader_email, contact,
                                   network, language, status, rank, generation, created_at, changed_at)
        VALUES (:id, :number, :division_id, :team_name, :unit_region, :leader_name, :leader_phone, :leader_email, :contact,
                :network, :language, :status, :rank, 0, :now, :now)
    ), listed AS (
        INSERT INTO roster_entries (registration_id, position, name, role)
        SELECT :id, position, name, role
        FROM unnest(CAST(:names AS text[]), CAST(:roles AS text[])) WITH ORDINALITY AS roster (name, role, position)
    ), told AS (
        INSERT INTO outbox (name, body, due_at) VALUES (:message, CAST(:body_of_message AS jsonb), :now)
    ), answered AS (
        UPDATE idempotency_keys SET registration_id = :id, answer = CAST(:answer AS jsonb) WHERE scope = :scope
    )
    SELECT count(*) FROM registrations
    WHERE division_id = :division_id AND contact = :contact AND status IN ('confirmed', 'waitlisted', 'under_review')
""")


async def lock_registration(session: AsyncSession, registration_id: UUID) -> tuple[Division, Registration]:
    """The registration with its division, both locked, the division first. Raises NotFound."""
    division_id = await session.scalar(select(Registration.division_id).where(Registration.id == registration_id))
    if division_id is None:
        raise NotFound
    division = await lock_division(session, division_id)
    found = await session.get(Registration, registration_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None:
        raise NotFound
    return division, found


async def list_roster(session: AsyncSession, registration_id: UUID) -> list[RosterEntry]:
    """The people of a team, as they were listed."""
    return list(
        await session.scalars(select(RosterEntry).where(RosterEntry.registration_id == registration_id).order_by(RosterEntry.position))
    )


async def waitlist_position(session: AsyncSession, registration: Registration) -> int | None:
    """1 for the first in the queue, None for a team that does not wait. Computed, never stored."""
    if registration.status is not RegistrationStatus.WAITLISTED:
        return None
    waiting = Registration.division_id == registration.division_id, Registration.status == RegistrationStatus.WAITLISTED
    return await session.scalar(select(func.count()).where(*waiting, Registration.rank <= registration.rank))


async def list_registrations(
    session: AsyncSession, division_id: UUID, *, after: int, limit: int
) -> Sequence[Row[Registration, int | None, int]]:
    """Registrations of a division by rank, each with its position on the waitlist and its number of athletes."""
    waiting = Registration.status == RegistrationStatus.WAITLISTED
    # Over the whole division, before the page is cut: a position counts those on the pages before.
    queue = func.row_number().over(order_by=Registration.rank).label("position")
    queued = select(Registration.id, queue).where(Registration.division_id == division_id, waiting).subquery()
    athletes = select(func.count()).where(RosterEntry.registration_id == Registration.id, RosterEntry.role == RosterRole.ATHLETE)
    page = (
        select(Registration, queued.c.position, athletes.scalar_subquery().label("athletes"))
        .outerjoin(queued, queued.c.id == Registration.id)
        .where(Registration.division_id == division_id, Registration.rank > after)
        .order_by(Registration.rank)
        .limit(limit)
    )
    return (await session.execute(page)).all()
