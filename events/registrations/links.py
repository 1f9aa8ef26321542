"""Manage links anew: rotated by the leader, or asked for again by a leader who lost the link."""

from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Fault, Faulty, NotFound
from events.messages import RegistrationChanged
from events.registrations.contacts import read_email, read_phone
from events.registrations.idempotency import CLAIM
from events.registrations.models import Registration
from events.registrations.rules import ACTIVE
from events.registrations.service import contact_hash
from infra import clock, outbox
from infra.crypto import Keys
from infra.ids import new_id

# One mail in twenty minutes, so three an hour.
PAUSE = timedelta(minutes=20)
# Of one telephone that are written to at once.
MOST_ADDRESSES = 10


class ManageLinkIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The leader's telephone or e-mail, whichever is remembered."""

    phone: str | None = None
    email: str | None = None


async def rotate(session: AsyncSession, registration_id: UUID, *, generation: int) -> int:
    """End every manage token given so far; returns the new generation. Of two rotations of one generation, the second is NotFound."""
    current = Registration.id == registration_id, Registration.generation == generation
    raised = update(Registration).where(*current).values(generation=generation + 1).returning(Registration.generation)
    new = await session.scalar(raised)
    if new is None:
        raise NotFound
    return new


async def ask_again(session: AsyncSession, keys: Keys, written: ManageLinkIn, *, division_id: UUID) -> None:
    """Send the manage link to the e-mail of each active registration of the contact in the division: nothing tells whether there is one.

    Raises Faulty for what can't be a telephone or an e-mail.
    """
    theirs = await _asked(session, keys, written, about=division_id.bytes)
    if theirs is not None:
        await _mail(session, select(Registration.id).where(Registration.division_id == division_id, *theirs))


async def ask_for_all(session: AsyncSession, keys: Keys, written: ManageLinkIn) -> None:
    """Send each e-mail address that the contact gave one mail, of its newest registration; the letter's second link lists all of them.

    Nothing tells whether there is one. An address is sent what was registered under that address alone: a telephone proves nothing, and
    another may have written it down. Raises Faulty for what can't be a telephone or an e-mail.
    """
    theirs = await _asked(session, keys, written, about=b"")
    if theirs is not None:
        address = func.lower(Registration.leader_email)
        newest = select(Registration.id).ext(distinct_on(address)).where(*theirs).order_by(address, Registration.created_at.desc())
        await _mail(session, newest.limit(MOST_ADDRESSES))


async def _mail(session: AsyncSession, chosen: Select[UUID]) -> None:
    await outbox.put_all(session, [RegistrationChanged(id_, "manage_link", new_id()) for id_ in await session.scalars(chosen)])


async def _asked(session: AsyncSession, keys: Keys, written: ManageLinkIn, *, about: bytes) -> list[ColumnElement[bool]] | None:
    """Which registrations are the contact's and can be mailed to; None within twenty minutes of the last asking.

    Known or not, an asking writes one row, and so takes much the same time.
    """
    phone, email = read_phone(written.phone or ""), read_email(written.email or "")
    if phone is None and email is None:
        raise Faulty(Fault("email", "bad_email") if written.email else Fault("phone", "bad_phone" if written.phone else "required"))
    now = clock.now()
    slot = str(int(now.timestamp() // PAUSE.total_seconds()))
    scope = keys.mac("manage-link", about, phone or "", (email or "").lower(), slot)
    if await session.scalar(CLAIM, {"scope": scope, "body": b"", "now": now}) is None:
        return None
    theirs = Registration.contact == contact_hash(keys, phone) if phone else func.lower(Registration.leader_email) == (email or "").lower()
    return [theirs, Registration.status.in_(ACTIVE), Registration.leader_email.is_not(None)]
