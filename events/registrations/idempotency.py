"""A request that is repeated under one Idempotency-Key is done once, and gets the first answer again.

The scope of a key is the caller and the division. Registering needs no account, so the caller is the network that the request comes from:
two strangers who both chose "1" don't meet, and a program that repeats its request does. A program that changed networks between two tries
is caught by the limit for each contact instead. The keys of our own form can't be chosen by anybody, so they hold on every network
(`form_keys.py`).
"""

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import IdempotencyKeyRequired, IdempotencyMismatch
from events.registrations.models import IdempotencyKey, Registration
from infra import clock
from infra.crypto import Keys

Answer = TypeVar("Answer")

KEPT = timedelta(hours=24)

# The first of two twins inserts; the second waits here until the first has committed (and finds its answer) or was refused (and inserts).
CLAIM = (
    insert(IdempotencyKey)
    .values(scope=bindparam("scope"), body=bindparam("body"), created_at=bindparam("now"))
    .on_conflict_do_nothing()
    .returning(IdempotencyKey.scope)
)
FIRST = (
    select(IdempotencyKey.body, IdempotencyKey.answer, Registration.id, Registration.generation)
    .outerjoin(Registration, Registration.id == IdempotencyKey.registration_id)
    .where(IdempotencyKey.scope == bindparam("scope"))
)


def read_key(header: str | None) -> str:
    """The key that a caller chose: 1 to 128 visible ASCII characters. Raises IdempotencyKeyRequired for anything else."""
    if header is None or not 1 <= len(header) <= 128 or not all("!" <= c <= "~" for c in header):
        raise IdempotencyKeyRequired
    return header


def scope_of(keys: Keys, caller: str, division_id: UUID, key: str) -> bytes:
    """What is stored of a caller, a division and a key."""
    return keys.mac("idempotency", caller, division_id.bytes, key)


def canonical(body: msgspec.Struct) -> bytes:
    """The body as bytes that don't depend on how it was spelt: the order of its fields, its blanks, its escapes."""
    return msgspec.json.encode(body, order="sorted")


async def first_answer(session: AsyncSession, scope: bytes, body: bytes, kind: type[Answer]) -> Answer:
    """What the first request under the key was answered. Raises IdempotencyMismatch when that request had another body."""
    first = (await session.execute(FIRST, {"scope": scope})).one()
    if first.body != body:
        raise IdempotencyMismatch(made=(first.id, first.generation) if first.id else None)
    return msgspec.convert(first.answer, kind)


async def expire(session: AsyncSession) -> int:
    """Forget keys older than 24 h; returns how many. The clock calls it."""
    gone = await session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT).returning(IdempotencyKey.scope)
    )
    return len(gone.all())
