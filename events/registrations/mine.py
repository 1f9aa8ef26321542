"""All registrations of one leader, without an account: a link by mail, once exchanged for a pass that the browser keeps.

A link and a pass name a registration and hold an HMAC over its e-mail address, so they open what was registered under that address and
nothing else; they end when the address changes, or the leader exchanges that registration's manage link.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.calendar.models import Event
from events.competitions.models import Competition, Division
from events.errors import NotFound
from events.registrations.idempotency import CLAIM, KEPT
from events.registrations.models import Registration
from events.registrations.rules import ACTIVE, RegistrationStatus
from infra import clock
from infra.crypto import Keys, same

# No longer than a used link is remembered.
LINK_HOLDS, PASS_HOLDS = KEPT, timedelta(days=7)
MOST_LISTED = 100

Line = Row[*tuple[Any, ...]]


def list_link(public_url: str, code: str) -> str:
    """Where the list is opened. The code is in the fragment, which no browser sends to a server."""
    return f"{public_url}/my#{code}"


def link_code(keys: Keys, registration_id: UUID, generation: int, address: str, *, issued_at: float) -> str:
    """The code of a mailed link. The same mail tried again holds the same code."""
    return _code(keys, "my-link", registration_id, generation, address, int(issued_at + LINK_HOLDS.total_seconds()))


async def exchange(session: AsyncSession, keys: Keys, code: str) -> str:
    """The pass for a link's code, which is used up. Raises NotFound for a code that opens nothing, used or too old."""
    found = await _opened(session, keys, "my-link", code)
    now = clock.now()
    if await session.scalar(CLAIM, {"scope": keys.mac("my-link-used", code), "body": b"", "now": now}) is None:
        raise NotFound
    until = int((now + PASS_HOLDS).timestamp())
    return _code(keys, "my-pass", found.id, found.generation, found.leader_email or "", until)


async def address_of(session: AsyncSession, keys: Keys, code: str) -> str | None:
    """The address, in small letters, whose registrations a pass opens; None for a pass that opens nothing."""
    try:
        return ((await _opened(session, keys, "my-pass", code)).leader_email or "").lower()
    except NotFound:
        return None


async def list_mine(session: AsyncSession, *, address: str | None, ids: Collection[UUID]) -> list[Line]:
    """Active registrations of the address and of the ids, the latest event first, each with its place in the queue."""
    ahead = aliased(Registration)
    queue = select(func.count()).where(
        ahead.division_id == Registration.division_id, ahead.status == RegistrationStatus.WAITLISTED, ahead.rank <= Registration.rank
    )
    chosen: list[ColumnElement[bool]] = [Registration.id.in_(ids)] if ids else []
    if address:
        chosen.append(func.lower(Registration.leader_email) == address)
    if not chosen:
        return []
    lines = (
        select(
            Registration,
            Division.name.label("division"),
            Competition.title.label("competition"),
            Event.id.label("event_id"),
            Event.title.label("event"),
            queue.scalar_subquery().label("position"),
            Event.first_on,
            Event.last_on,
            Event.date_text,
            Event.status.label("event_status"),
        )
        .join(Division, Division.id == Registration.division_id)
        .join(Competition, Competition.id == Division.competition_id)
        .join(Event, Event.id == Competition.event_id)
        .where(and_(Registration.status.in_(ACTIVE), or_(*chosen)))
        .order_by(Event.first_on.desc(), Registration.created_at.desc())
        .limit(MOST_LISTED)
    )
    return list((await session.execute(lines)).all())


async def _opened(session: AsyncSession, keys: Keys, purpose: str, code: str) -> Registration:
    key, _, rest = code.partition(".")
    until, _, _ = rest.partition(".")
    try:
        registration_id, ends = UUID(key), int(until)
    except ValueError:
        raise NotFound from None
    found = await session.get(Registration, registration_id)
    generation, address = (found.generation, found.leader_email or "") if found else (0, "")
    # `int` reads more spellings than one, and a used code is remembered by its spelling: the whole text is compared.
    good = same(code, _code(keys, purpose, registration_id, generation, address, ends))
    if not good or found is None or not address or ends <= clock.now().timestamp():
        raise NotFound
    return found


def _code(keys: Keys, purpose: str, registration_id: UUID, generation: int, address: str, until: int) -> str:
    token = keys.token(purpose, registration_id.bytes, str(generation), address.lower(), str(until))
    return f"{registration_id}.{until}.{token}"
