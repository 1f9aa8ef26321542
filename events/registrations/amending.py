"""Changing what a registration says: by its leader while the window is open, by the organiser at any time. Its rank stays."""

from uuid import UUID

from msgspec import UNSET
from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.queries import end_of
from events.competitions.models import Competition, Division
from events.errors import AlreadyRegistered, Fault, Faulty, NotActive, WindowClosed
from events.regions.models import Region
from events.registrations.contacts import read_email, read_phone
from events.registrations.contents import (
    Bounds,
    LeaderIn,
    LeaderPatch,
    RegistrationIn,
    RegistrationPatch,
    RosterEntryIn,
    region_code,
    registration_faults,
)
from events.registrations.models import Registration, RosterEntry
from events.registrations.queries import list_roster, lock_registration
from events.registrations.rules import ACTIVE, RosterRole, Window, window
from events.registrations.service import contact_hash
from infra import clock
from infra.crypto import Keys


async def amend(session: AsyncSession, keys: Keys, registration_id: UUID, patch: RegistrationPatch, *, by_desk: bool) -> Registration:
    """Change the fields that the patch names. Raises NotFound, NotActive, WindowClosed, Faulty, AlreadyRegistered (for a new contact)."""
    division, registration = await lock_registration(session, registration_id)
    competition = await session.get_one(Competition, division.competition_id)
    if registration.status not in ACTIVE:
        raise NotActive
    if not by_desk and await _window(session, competition, division) is not Window.OPEN:
        raise WindowClosed
    written, faults = await _judged(session, registration, division, patch)
    if faults:
        raise Faulty(*faults)
    phone = read_phone(written.leader.phone) or ""
    contact = contact_hash(keys, phone)
    if contact != registration.contact and await _count_active(session, division.id, contact) >= competition.per_contact:
        raise AlreadyRegistered
    registration.team_name, registration.unit_region = written.team_name.strip(), written.unit_region
    registration.leader_name, registration.leader_phone = written.leader.name.strip(), phone
    registration.leader_email, registration.contact = read_email(written.leader.email or ""), contact
    registration.language, registration.changed_at = written.language, clock.now()
    if patch.roster is not UNSET:
        await _replace_roster(session, registration_id, patch.roster)
    await session.flush()
    return registration


async def patch_faults(session: AsyncSession, registration_id: UUID, patch: RegistrationPatch) -> list[Fault]:
    """Every fault of what a patch writes, whoever sends it and whether it may be changed now. None for a registration that is not there."""
    registration = await session.get(Registration, registration_id)
    if registration is None:
        return []
    return (await _judged(session, registration, await session.get_one(Division, registration.division_id), patch))[1]


async def _judged(
    session: AsyncSession, registration: Registration, division: Division, patch: RegistrationPatch
) -> tuple[RegistrationIn, list[Fault]]:
    """The registration as it would be, and everything that is wrong with it. A roster that stays is not counted: bounds may be newer."""
    written = _merged(registration, await list_roster(session, registration.id), patch)
    bounds = Bounds(division.roster_min, division.roster_max) if patch.roster is not UNSET else None
    known = await session.scalar(select(exists().where(Region.code == region_code(written.unit_region))))
    return written, registration_faults(written, bounds, region_known=bool(known))


async def _window(session: AsyncSession, competition: Competition, division: Division) -> Window:
    opens_at, closes_at = competition.registration_opens_at, competition.registration_closes_at
    over_at = await end_of(session, competition.event_id)
    return window(clock.now(), opens_at=opens_at, closes_at=closes_at, closed_at=division.closed_at, over_at=over_at)


def _merged(stored: Registration, roster: list[RosterEntry], patch: RegistrationPatch) -> RegistrationIn:
    """The registration as its leader would write it now."""
    return RegistrationIn(
        team_name=stored.team_name if patch.team_name is UNSET else patch.team_name,
        unit_region=stored.unit_region if patch.unit_region is UNSET else patch.unit_region,
        leader=_merged_leader(stored, LeaderPatch() if patch.leader is UNSET else patch.leader),
        roster=[RosterEntryIn(e.name, e.role.value) for e in roster] if patch.roster is UNSET else patch.roster,
        language=stored.language if patch.language is UNSET else patch.language,
    )


def _merged_leader(stored: Registration, patch: LeaderPatch) -> LeaderIn:
    return LeaderIn(
        name=stored.leader_name if patch.name is UNSET else patch.name,
        phone=stored.leader_phone if patch.phone is UNSET else patch.phone,
        email=stored.leader_email if patch.email is UNSET else patch.email,
    )


async def _count_active(session: AsyncSession, division_id: UUID, contact: bytes) -> int:
    active = Registration.status.in_(ACTIVE)
    same = select(func.count()).where(Registration.division_id == division_id, Registration.contact == contact, active)
    return await session.scalar(same) or 0


async def _replace_roster(session: AsyncSession, registration_id: UUID, roster: list[RosterEntryIn]) -> None:
    await session.execute(delete(RosterEntry).where(RosterEntry.registration_id == registration_id))
    session.add_all(
        RosterEntry(registration_id=registration_id, position=position, name=entry.name.strip(), role=RosterRole(entry.role))
        for position, entry in enumerate(roster, 1)
    )
