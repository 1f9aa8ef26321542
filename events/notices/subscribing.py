"""Following by e-mail: asked for, confirmed by the address's owner, changed and left, all without an account.

No answer tells whether an address is known: whoever types one in is answered the same, and the rest is in a mail to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Fault, Faulty, NotFound, TooManyAsks, Unauthenticated
from events.i18n import Language
from events.messages import LinkAsked
from events.notices.consent import CURRENT
from events.notices.ending import LIVE, end
from events.notices.follow_links import confirm_token, leave_token, manage_token
from events.notices.models import Subscription, SubscriptionAsk
from events.notices.rules import ASKS_A_DAY, ASKS_AN_HOUR, UNCONFIRMED, Channel, NoticeKind, SubscriptionStatus
from events.notices.service import Wanted, queue
from events.notices.targets import KEY, NAME, SCOPE, Scope, Target, with_targets
from events.registrations.contacts import read_email
from infra import clock, outbox
from infra.crypto import Keys, same
from infra.ids import new_id

# The columns of the unique index: one subscription of an address to a thing, while it lasts.
ONE_EACH = ["contact", "region_code", "series_id", "sport", "event_id"]


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription as its owner reads it."""

    id: UUID
    scope: Scope
    key: str
    name: str
    since: datetime


def contact_of(keys: Keys, channel: Channel, address: str) -> bytes:
    """The keyed hash that an address is found by. However an e-mail address is capitalised, it is one."""
    return keys.mac("follower", channel.value, address.lower() if channel is Channel.MAIL else address)


def email_of(written: str) -> str:
    """Raises Faulty for what is no e-mail address."""
    email = read_email(written)
    if email is None:
        raise Faulty(Fault("email", "bad_email" if written.strip() else "required"))
    return email


async def ask(
    session: AsyncSession, keys: Keys, target: Target, written: str, *, language: Language, network: str, network_limit: int
) -> None:
    """Write to the address so that its owner can confirm, or, where it follows this already, can manage what it follows.

    Anybody can have 6 mails an hour and 12 a day sent to an address in this way; beyond that nothing is sent, and nobody is told so.
    Raises Faulty for what is no address, TooManyAsks when the network asked too often.
    """
    email = email_of(written)
    contact = contact_of(keys, Channel.MAIL, email)
    asked = await count_ask(session, keys, contact, language=language, network=network, network_limit=network_limit)
    if asked is None:
        return
    row = {"channel": Channel.MAIL, "status": SubscriptionStatus.ASKED, "address": email, "contact": contact, "language": language.value}
    id_, status = await enter(session, target, row)
    kind = NoticeKind.FOLLOW_LINK if status is SubscriptionStatus.ACTIVE else NoticeKind.FOLLOW_CONFIRM
    await queue(session, [Wanted(kind, asked, subscription_id=id_)])


async def ask_link(session: AsyncSession, keys: Keys, written: str, *, language: Language, network: str, network_limit: int) -> None:
    """Have the manage link sent to an address that follows anything. A worker looks up whether it does: the answer takes as long.

    Raises as `ask` does, and sends as few, whatever was sent for other reasons.
    """
    contact = contact_of(keys, Channel.MAIL, email_of(written))
    asked = await count_ask(session, keys, contact, language=language, network=network, network_limit=network_limit, link=True)
    if asked is not None:
        await outbox.put(session, LinkAsked(asked))


async def send_link(session: AsyncSession, ask_id: UUID) -> None:
    """Queue the manage link for whoever asked, by the oldest thing that the address follows. Done twice, nothing is added."""
    contact = select(SubscriptionAsk.contact).where(SubscriptionAsk.id == ask_id).scalar_subquery()
    oldest = select(Subscription.id).where(Subscription.contact == contact, Subscription.status == SubscriptionStatus.ACTIVE)
    found = await session.scalar(oldest.order_by(Subscription.id).limit(1))
    if found:
        await queue(session, [Wanted(NoticeKind.FOLLOW_LINK, ask_id, subscription_id=found)])


async def count_ask(
    session: AsyncSession, keys: Keys, contact: bytes, *, language: Language, network: str, network_limit: int, link: bool = False
) -> UUID | None:
    """Keep this asking and count it: its id, or None when the contact had its share. Raises TooManyAsks when the network had.

    What is refused is not kept, so nobody can make a refusal last by asking on; and the manage link (`link`) has a share of its own.
    Two at once may both be the last that is allowed: the limits keep floods away and needn't be exact.
    """
    now, id_, hashed = clock.now(), new_id(), keys.mac("network", network)
    lately = SubscriptionAsk.at > now - timedelta(hours=1)
    theirs, ours = and_(SubscriptionAsk.contact == contact, SubscriptionAsk.link.is_(link)), SubscriptionAsk.network == hashed
    counts = select(
        func.count().filter(ours, lately).label("network"), func.count().filter(theirs, lately).label("hour"),
        func.count().filter(theirs).label("day"),
    )  # fmt: skip
    counted = counts.where(or_(theirs, ours), SubscriptionAsk.at > now - timedelta(days=1)).cte("counted")
    row = {"id": id_, "contact": contact, "network": hashed, "language": language.value, "link": link, "at": now}
    new = select(*(literal(value, getattr(SubscriptionAsk, name).type) for name, value in row.items())).select_from(counted)
    new = new.where(counted.c.network < network_limit, counted.c.hour < ASKS_AN_HOUR, counted.c.day < ASKS_A_DAY)
    kept = insert(SubscriptionAsk).from_select([*row], new).returning(SubscriptionAsk.id).cte("kept")
    found = (await session.execute(select(counted.c.network, select(kept.c.id).scalar_subquery()))).one()
    if found[0] >= network_limit:
        raise TooManyAsks(retry_after=3600)
    asked: UUID | None = found[1]
    return asked


async def enter(session: AsyncSession, target: Target, row: dict[str, Any]) -> tuple[UUID, SubscriptionStatus]:
    """The one subscription of a contact to a thing, made or found and held; its id and status.

    One that still waits to be confirmed is asked for anew: in the language now asked in, for as long as any.
    """
    now = clock.now()
    new = insert(Subscription).values({"id": new_id(), target.column: target.value, "consent": CURRENT, "asked_at": now, **row})
    waits = Subscription.status == SubscriptionStatus.ASKED
    renewed: dict[str, Any] = {
        name: case((waits, new.excluded[name]), else_=getattr(Subscription, name))
        for name in ("language", "consent", "asked_at", "address")
    }
    renewed |= {name: new.excluded[name] for name in ("p256dh", "auth")}
    found = new.on_conflict_do_update(index_elements=ONE_EACH, index_where=text("contact IS NOT NULL"), set_=renewed)
    id_, status = (await session.execute(found.returning(Subscription.id, Subscription.status))).one()
    return id_, status


async def find_to_confirm(session: AsyncSession, keys: Keys, subscription_id: UUID, token: str) -> Followed:
    """What a confirm link would confirm. Raises NotFound for a token that doesn't, or one that came too late."""
    if not same(token, confirm_token(keys, subscription_id)):
        raise NotFound
    return await _one(session, subscription_id, LIVE)


async def confirm(session: AsyncSession, keys: Keys, subscription_id: UUID, token: str) -> Followed:
    """From now on the address is told. Confirmed twice, it is confirmed; left before, it stays so. Raises NotFound."""
    if not same(token, confirm_token(keys, subscription_id)):
        raise NotFound
    waits = update(Subscription).where(Subscription.id == subscription_id, Subscription.status == SubscriptionStatus.ASKED)
    await session.execute(waits.values(status=SubscriptionStatus.ACTIVE, confirmed_at=clock.now()))
    return await _one(session, subscription_id, (SubscriptionStatus.ACTIVE,))


async def leave(session: AsyncSession, keys: Keys, subscription_id: UUID, token: str) -> None:
    """End one subscription by the link of its mails. One that has ended, or was never confirmed and forgotten, counts as left.

    Raises NotFound for a token that isn't its own.
    """
    if not same(token, leave_token(keys, subscription_id)):
        raise NotFound
    await end(session, Subscription.id == subscription_id)


async def reach(session: AsyncSession, keys: Keys, code: str) -> Subscription:
    """The subscription whose manage link has this `id.token`; by it, all of its address. Raises Unauthenticated without one, NotFound."""
    key, _, token = code.partition(".")
    if not token:
        raise Unauthenticated
    try:
        subscription_id = UUID(key)
    except ValueError as error:
        raise NotFound from error
    if not same(token, manage_token(keys, subscription_id)):
        raise NotFound
    found = await session.get(Subscription, subscription_id)
    if found is None or found.status is not SubscriptionStatus.ACTIVE:
        raise NotFound
    return found


async def list_followed(session: AsyncSession, contact: bytes) -> Sequence[Followed]:
    """Everything that a contact follows, the oldest first."""
    wanted = _followed().where(Subscription.contact == contact, Subscription.status == SubscriptionStatus.ACTIVE)
    return [_read(row) for row in await session.execute(wanted.order_by(Subscription.id))]


async def change_language(session: AsyncSession, contact: bytes, language: Language) -> None:
    """From now on everything is told in this language."""
    theirs = update(Subscription).where(Subscription.contact == contact).values(language=language.value)
    await session.execute(theirs, execution_options={"synchronize_session": False})


async def forget_unconfirmed(session: AsyncSession) -> None:
    """What nobody confirmed in three days, and askings of more than a day ago. The clock calls it."""
    now = clock.now()
    waits = Subscription.status == SubscriptionStatus.ASKED, Subscription.asked_at < now - UNCONFIRMED
    await session.execute(delete(Subscription).where(*waits).execution_options(synchronize_session=False))
    await session.execute(delete(SubscriptionAsk).where(SubscriptionAsk.at < now - timedelta(days=1)))


def _followed() -> Any:
    return with_targets(
        select(Subscription.id, SCOPE, KEY, NAME, Subscription.confirmed_at, Subscription.asked_at).select_from(Subscription)
    )


async def _one(session: AsyncSession, subscription_id: UUID, statuses: Sequence[SubscriptionStatus]) -> Followed:
    wanted = _followed().where(Subscription.id == subscription_id, Subscription.status.in_(statuses))
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def _read(row: Any) -> Followed:
    return Followed(row.id, Scope(row.scope), row.key, row.name, row.confirmed_at or row.asked_at)
