"""Making and revoking the keys that desks act with."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.models import ApiKey
from events.accounts.rules import DESKS, Actor, Place, Role, Verb, may
from events.errors import Forbidden, NotFound, RoleOutOfPlace
from events.regions.queries import get_region
from infra import clock
from infra.crypto import digest, random_token
from infra.ids import new_id

# What an API key begins with, so that a leaked one is recognised and never taken for a manage token.
PREFIX = "saili_"


async def create_key(
    session: AsyncSession, *, role: Role, region_code: str, event_id: UUID | None = None, label: str = ""
) -> tuple[UUID, str]:
    """A new key for a desk: its id and the key itself, which is shown this once and stored only as a hash.

    An officer's region must be one where an office of that tier publishes, else RoleOutOfPlace; an organiser's key is for one event, whose
    region the caller gives. Raises NotFound for an unknown region.
    """
    region = await get_region(session, region_code)
    if (role is Role.ORGANISER) is (event_id is None) or (role in DESKS and region.tier is not DESKS[role]):
        raise RoleOutOfPlace(name=region.name, code=region.code, role=role.value)
    key = PREFIX + random_token()
    made = ApiKey(
        id=new_id(), digest=digest(key), role=role, region_code=region_code, event_id=event_id, label=label, created_at=clock.now()
    )
    session.add(made)
    await session.flush()
    return made.id, key


async def revoke_key(session: AsyncSession, key_id: UUID) -> None:
    """End a key at once. Raises NotFound for one that is unknown or already revoked."""
    change = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)).values(revoked_at=clock.now()).returning(ApiKey.id)
    if await session.scalar(change) is None:
        raise NotFound


def authorise(actor: Actor, verb: Verb, place: Place) -> None:
    """Raises Forbidden unless the actor's desk may do this here. The rule itself is `accounts.rules.may`."""
    if not may(actor, verb, place):
        raise Forbidden
