"""What keeps an installation in order while nobody looks."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from events.messages import FeedsDue
from events.registrations.idempotency import expire
from infra import clock, outbox
from infra.outbox import Outbox

# How long a message that was handed on is kept: long enough to look into what became of it.
KEPT = timedelta(days=1)


async def sweep_outbox(session: AsyncSession) -> None:
    await session.execute(delete(Outbox).where(Outbox.taken_at < clock.now() - KEPT))


async def forget_idempotency_keys(session: AsyncSession) -> None:
    await expire(session)


async def export_feeds_anew(session: AsyncSession) -> None:
    """Each night the window of the feeds moves by a day."""
    await outbox.put(session, FeedsDue())
