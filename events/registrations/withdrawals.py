"""Leaving a division: by the team itself, or voided by the organiser."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import NotActive
from events.messages import RegistrationChanged
from events.registrations.promotions import settle
from events.registrations.queries import lock_registration
from events.registrations.rules import ACTIVE, RegistrationStatus
from infra import clock
from infra.ids import new_id


async def withdraw(session: AsyncSession, registration_id: UUID) -> None:
    """The team gives up its place or its rank, and the next one waiting moves up. Raises NotFound, NotActive."""
    await _leave(session, registration_id, RegistrationStatus.WITHDRAWN, reason=None)


async def void(session: AsyncSession, registration_id: UUID, *, reason: str) -> None:
    """The organiser takes the place back for a reason that the team is told; it is filled again. Raises NotFound, NotActive."""
    await _leave(session, registration_id, RegistrationStatus.VOIDED, reason=reason)


async def _leave(session: AsyncSession, registration_id: UUID, status: RegistrationStatus, *, reason: str | None) -> None:
    division, registration = await lock_registration(session, registration_id)
    if registration.status not in ACTIVE:
        raise NotActive
    division.confirmed -= registration.status is RegistrationStatus.CONFIRMED
    division.waitlisted -= registration.status is RegistrationStatus.WAITLISTED
    registration.status, registration.reason, registration.changed_at = status, reason, clock.now()
    await settle(session, division, [RegistrationChanged(registration_id, status.value, new_id())])
