"""Registering a team: the busiest of the office's verbs, so it takes five round trips, and holds the division during two and a half."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.revisions import show_anew
from events.calendar.rules import EventStatus
from events.competitions.codes import code_hash
from events.competitions.summary import refresh
from events.errors import AlreadyRegistered, BadEntryCode, Faulty, NotFound, TooManyFromNetwork, WindowClosed, WindowNotOpen
from events.messages import RegistrationChanged
from events.registrations import brake, idempotency
from events.registrations.contacts import read_email, read_phone
from events.registrations.contents import Bounds, RegistrationIn, region_code, registration_faults
from events.registrations.queries import LOCK, WRITE, opening
from events.registrations.rules import RegistrationStatus, Window, place, window
from infra import clock
from infra.crypto import Keys
from infra.ids import new_id
from infra.installation import settings_of

# Crockford's base 32: no I, L, O or U, so that a number can be read out on the telephone.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Facts = Row[*tuple[Any, ...]]


class Receipt(msgspec.Struct, frozen=True):
    """What a team is told when it registers. It is kept for repeated requests, so it holds no token."""

    id: UUID
    number: str
    status: RegistrationStatus
    waitlist_position: int | None


async def register(
    session: AsyncSession,
    keys: Keys,
    division_id: UUID,
    written: RegistrationIn,
    *,
    key: str,
    network: str,
    network_limit: int,
    caller: str | None = None,
) -> Receipt:
    """Give the team a place or the next rank on the waitlist, whichever the division has; repeated under one key, the first answer again.

    `network` is what `networks.network_of` says of the caller, `network_limit` how many registrations an hour it may make in the division.
    `caller` is who chose the key, where that is known by more than the network (`form_keys.py`).
    Raises NotFound, WindowNotOpen, WindowClosed, Faulty (naming every fault), BadEntryCode, TooManyCodes, AlreadyRegistered,
    TooManyFromNetwork, and IdempotencyMismatch.
    """
    now = clock.now()
    phone = read_phone(written.leader.phone) or ""
    asked: dict[str, Any] = {
        "scope": idempotency.scope_of(keys, caller or network, division_id, key),
        "body": keys.mac("body", idempotency.canonical(written)),
        "division_id": division_id,
        "unit_region": region_code(written.unit_region),
        "contact": contact_hash(keys, phone),
        "network": keys.mac("network", network),
        "since": now - timedelta(hours=1),
        "network_limit": network_limit,
        "now": now,
    }
    connection = await session.connection()
    facts = (await connection.execute(opening(settings_of(session).zone), asked)).one_or_none()
    if facts is None or facts.status == EventStatus.DRAFT:
        raise NotFound
    if not facts.claimed:
        return await idempotency.first_answer(session, asked["scope"], asked["body"], Receipt)
    _judge(facts, written, now)
    _check_code(facts, written, keys, network, now)
    if facts.by_contact >= facts.per_contact:
        raise AlreadyRegistered
    if facts.by_network >= network_limit:
        raise TooManyFromNetwork(retry_after=3600)
    # From here on the division is ours. What was judged without the lock and can change while one waits for it is judged again.
    division = (await connection.execute(LOCK, asked)).one()
    if division.closed_at is not None:
        raise WindowClosed
    receipt, row = _placed(written, phone, division)
    if (await connection.execute(WRITE, asked | row)).scalar_one() >= facts.per_contact:
        raise AlreadyRegistered
    show_anew(session, facts.event_id)
    if receipt.status is RegistrationStatus.CONFIRMED and division.confirmed + 1 == division.quota:
        await refresh(session, facts.event_id)
    return receipt


def contact_hash(keys: Keys, phone: str) -> bytes:
    """The leader's telephone as limits are counted by it. `phone` is in E.164's form."""
    return keys.mac("contact", phone)


def _judge(facts: Facts, written: RegistrationIn, now: datetime) -> None:
    open_ = window(
        now,
        opens_at=facts.registration_opens_at,
        closes_at=facts.registration_closes_at,
        closed_at=facts.closed_at,
        over_at=facts.over_at,
    )
    if open_ is Window.AFTER or facts.status != EventStatus.PUBLISHED:
        raise WindowClosed
    if open_ is Window.BEFORE:
        raise WindowNotOpen
    faults = registration_faults(written, Bounds(facts.roster_min, facts.roster_max), region_known=facts.region_known)
    if faults:
        raise Faulty(*faults)


def _check_code(facts: Facts, written: RegistrationIn, keys: Keys, network: str, now: datetime) -> None:
    if facts.entry_code is None:
        return
    brake.codes.check((network, facts.competition_id), now)
    if not hmac.compare_digest(code_hash(keys, facts.competition_id, written.entry_code or ""), facts.entry_code):
        brake.codes.count((network, facts.competition_id), now)
        raise BadEntryCode


def _placed(written: RegistrationIn, phone: str, division: Facts) -> tuple[Receipt, dict[str, Any]]:
    """What the team is told, and the rest of what WRITE writes."""
    status = place(quota=division.quota, confirmed=division.confirmed)
    waiting = status is RegistrationStatus.WAITLISTED
    number = "".join(secrets.choice(LETTERS) for _ in range(8))
    receipt = Receipt(new_id(), number, status, division.waitlisted + 1 if waiting else None)
    message = RegistrationChanged(receipt.id, status.value, new_id())
    return receipt, {
        "id": receipt.id,
        "number": number,
        "status": status.value,
        "rank": division.last_rank + 1,
        "confirmed": division.confirmed + (not waiting),
        "waitlisted": division.waitlisted + waiting,
        "team_name": written.team_name.strip(),
        "leader_name": written.leader.name.strip(),
        "leader_phone": phone,
        "leader_email": read_email(written.leader.email or ""),
        "language": written.language,
        "names": [entry.name.strip() for entry in written.roster],
        "roles": [entry.role for entry in written.roster],
        "answer": msgspec.json.encode(receipt).decode(),
        "message": type(message).__name__,
        "body_of_message": msgspec.json.encode(message).decode(),
    }
