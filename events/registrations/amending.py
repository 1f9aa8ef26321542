"""Changing what a registration says: by its leader while the window is open, by the organiser at any time. Its rank stays."""

from typing import Any
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import Row, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.states import over_at
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
from infra.installation import settings_of


async def amend(session: AsyncSession, keys: Keys, registration_id: UUID, patch: RegistrationPatch, *, by_desk: bool) -> Registration:
    """Change the fields that the patch names. Raises NotFound, and what `judge` raises."""
    _, registration = await lock_registration(session, registration_id)
    written = await judge(session, keys, registration, patch, by_desk=by_desk)
    phone = read_phone(written.leader.phone) or ""
    registration.team_name, registration.unit_region = written.team_name.strip(), written.unit_region
    registration.leader_name, registration.leader_phone = written.leader.name.strip(), phone
    registration.leader_email, registration.contact = read_email(written.leader.email or ""), contact_hash(keys, phone)
    registration.language, registration.changed_at = written.language, clock.now()
    if patch.roster is not UNSET:
        await _replace_roster(session, registration_id, patch.roster)
    await session.flush()
    return registration


async def judge(
    session: AsyncSession, keys: Keys, registration: Registration, patch: RegistrationPatch, *, by_desk: bool
) -> RegistrationIn:
    """The registration as the patch makes it, judged by what is read in one statement, with a second for a roster that stays.

    Raises NotActive, WindowClosed, Faulty, AlreadyRegistered (for a new contact).
    """
    written = await _merged(session, registration, patch)
    contact = contact_hash(keys, read_phone(written.leader.phone) or "")
    facts = await _facts(session, registration, written, contact)
    if registration.status not in ACTIVE:
        raise NotActive
    opens_at, closes_at = facts.registration_opens_at, facts.registration_closes_at
    state = window(clock.now(), opens_at=opens_at, closes_at=closes_at, closed_at=facts.closed_at, over_at=facts.over_at)
    if not by_desk and state is not Window.OPEN:
        raise WindowClosed
    if faults := _faults(written, patch, facts):
        raise Faulty(*faults)
    if contact != registration.contact and facts.by_contact >= facts.per_contact:
        raise AlreadyRegistered
    return written


async def patch_faults(session: AsyncSession, registration_id: UUID, patch: RegistrationPatch) -> list[Fault]:
    """Every fault of what a patch writes, whoever sends it and whether it may be changed now. None for a registration that is not there."""
    registration = await session.get(Registration, registration_id)
    if registration is None:
        return []
    written = await _merged(session, registration, patch)
    return _faults(written, patch, await _facts(session, registration, written, registration.contact))


async def _facts(session: AsyncSession, registration: Registration, written: RegistrationIn, contact: bytes) -> Row[*tuple[Any, ...]]:
    """All that a change is judged by, in one statement."""
    same = Registration.division_id == registration.division_id, Registration.contact == contact, Registration.status.in_(ACTIVE)
    facts = select(
        Competition.registration_opens_at,
        Competition.registration_closes_at,
        Competition.per_contact,
        Division.closed_at,
        Division.roster_min,
        Division.roster_max,
        over_at(settings_of(session).zone).label("over_at"),
        exists().where(Region.code == region_code(written.unit_region)).label("region_known"),
        select(func.count()).where(*same).scalar_subquery().label("by_contact"),
    )
    joined = facts.select_from(Division).join(Competition, Competition.id == Division.competition_id)
    joined = joined.join(Event, Event.id == Competition.event_id)
    return (await session.execute(joined.where(Division.id == registration.division_id))).one()


def _faults(written: RegistrationIn, patch: RegistrationPatch, facts: Row[*tuple[Any, ...]]) -> list[Fault]:
    """Everything that is wrong with it. A roster that stays is not counted: bounds may be newer."""
    bounds = Bounds(facts.roster_min, facts.roster_max) if patch.roster is not UNSET else None
    return registration_faults(written, bounds, region_known=facts.region_known)


async def _merged(session: AsyncSession, stored: Registration, patch: RegistrationPatch) -> RegistrationIn:
    """The registration as its leader would write it now."""
    roster = [RosterEntryIn(e.name, e.role.value) for e in await list_roster(session, stored.id)] if patch.roster is UNSET else patch.roster
    return RegistrationIn(
        team_name=stored.team_name if patch.team_name is UNSET else patch.team_name,
        unit_region=stored.unit_region if patch.unit_region is UNSET else patch.unit_region,
        leader=_merged_leader(stored, LeaderPatch() if patch.leader is UNSET else patch.leader),
        roster=roster,
        language=stored.language if patch.language is UNSET else patch.language,
    )


def _merged_leader(stored: Registration, patch: LeaderPatch) -> LeaderIn:
    return LeaderIn(
        name=stored.leader_name if patch.name is UNSET else patch.name,
        phone=stored.leader_phone if patch.phone is UNSET else patch.phone,
        email=stored.leader_email if patch.email is UNSET else patch.email,
    )


async def _replace_roster(session: AsyncSession, registration_id: UUID, roster: list[RosterEntryIn]) -> None:
    await session.execute(delete(RosterEntry).where(RosterEntry.registration_id == registration_id))
    session.add_all(
        RosterEntry(registration_id=registration_id, position=position, name=entry.name.strip(), role=RosterRole(entry.role))
        for position, entry in enumerate(roster, 1)
    )
