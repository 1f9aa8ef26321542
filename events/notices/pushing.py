"""Following an event by a browser's notifications (Web Push): where the operator turned it on, and through services that are allowed.

The browser asked its owner before it gave us the endpoint, so there is nothing left to confirm.
"""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Faulty, NotFound, TooManyFollowed
from events.i18n import Language
from events.notices.ending import end
from events.notices.models import Subscription
from events.notices.rules import Channel, SubscriptionStatus
from events.notices.schemas import PushIn, push_faults
from events.notices.subscribing import contact_of, count_ask, enter
from events.notices.targets import Scope, find_target
from infra import clock
from infra.installation import Installation

MOST_FOLLOWED = 200


async def follow_by_push(session: AsyncSession, installation: Installation, event_id: UUID, written: PushIn, *, network: str) -> None:
    """Tell this browser of the event from now on. Asked twice, once.

    Raises NotFound where nothing is pushed and for an event that nobody sees, Faulty, TooManyAsks, TooManyFollowed.
    """
    settings = installation.settings
    if not settings.push:
        raise NotFound
    if faults := push_faults(written, settings.push_services):
        raise Faulty(*faults)
    target = await find_target(session, Scope.EVENT, str(event_id))
    contact, language = contact_of(installation.keys, Channel.PUSH, written.endpoint), Language(written.language)
    # Counted for the network's sake: how often one browser's owner presses a button harms nobody.
    await count_ask(session, installation.keys, contact, language=language, network=network, network_limit=settings.network_limit)
    if (await session.scalar(select(func.count()).where(Subscription.contact == contact)) or 0) >= MOST_FOLLOWED:
        raise TooManyFollowed
    row = {"channel": Channel.PUSH, "status": SubscriptionStatus.ACTIVE, "confirmed_at": clock.now(), "language": language.value}
    keys = {"address": written.endpoint, "contact": contact, "p256dh": written.keys.p256dh, "auth": written.keys.auth}
    await enter(session, target, row | keys)


async def leave_by_push(session: AsyncSession, installation: Installation, event_id: UUID, endpoint: str) -> None:
    """Tell this browser of the event no more. Whether it was told is no matter, and pushing need not be on."""
    contact = contact_of(installation.keys, Channel.PUSH, endpoint)
    await end(session, (Subscription.contact == contact) & (Subscription.event_id == event_id))


async def list_followed_by_push(session: AsyncSession, installation: Installation, endpoint: str) -> list[UUID]:
    """The events that this browser follows."""
    contact = contact_of(installation.keys, Channel.PUSH, endpoint)
    theirs = select(Subscription.event_id).where(Subscription.contact == contact, Subscription.status == SubscriptionStatus.ACTIVE)
    return [id_ for id_ in await session.scalars(theirs.order_by(Subscription.id)) if id_]
