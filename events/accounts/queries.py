from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.models import ApiKey
from events.accounts.rules import Actor
from events.errors import Unauthenticated
from infra.crypto import digest


async def get_actor(session: AsyncSession, key: str) -> Actor:
    """The desk that an API key acts for. Raises Unauthenticated for a key that is unknown or revoked, without saying which."""
    found = await session.scalar(select(ApiKey).where(ApiKey.digest == digest(key), ApiKey.revoked_at.is_(None)))
    if found is None:
        raise Unauthenticated
    return Actor(found.role, found.region_code, event_id=found.event_id, label=found.label, key_id=found.id)


async def list_keys(session: AsyncSession) -> Sequence[ApiKey]:
    """Every key that was made, oldest first, the revoked ones too."""
    return (await session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id))).all()
