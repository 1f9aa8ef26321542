"""How a subscription ends, whoever ends it: whose it was is forgotten in the same statement."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from events.notices.models import Subscription
from events.notices.rules import SubscriptionStatus
from infra import clock

LIVE = (SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE)
FORGOTTEN: dict[str, None] = {"address": None, "contact": None, "p256dh": None, "auth": None}


async def end(session: AsyncSession, which: ColumnElement[bool], status: SubscriptionStatus = SubscriptionStatus.LEFT) -> None:
    """End subscriptions and forget whose they were. What waits to be sent to them finds nobody, and is dropped."""
    live = update(Subscription).where(which, Subscription.status.in_(LIVE))
    ended = live.values({"status": status, "ended_at": clock.now(), **FORGOTTEN})
    await session.execute(ended, execution_options={"synchronize_session": False})


async def end_gone(session: AsyncSession, subscription_ids: Sequence[UUID]) -> None:
    """Whoever brings it to them knows them no more, a push service or a mail server: nothing else that goes the same way can arrive."""
    told = aliased(Subscription)
    contacts = select(told.contact).where(told.id.in_(subscription_ids))
    await end(session, Subscription.contact.in_(contacts), SubscriptionStatus.GONE)
