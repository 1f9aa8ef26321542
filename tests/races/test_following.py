"""An address that is confirmed, left and asked for at the same instant, on real connections."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from events.errors import NotFound
from events.messages import DeliveryDue
from events.notices import subscribing
from events.notices.follow_links import confirm_token, leave_token
from events.notices.models import Delivery, Subscription
from events.notices.rules import DeliveryState, NoticeKind, SubscriptionStatus
from events.notices.service import Outcome, claim, record
from events.notices.subscribing import forget_unconfirmed
from infra import clock
from infra.installation import Installation
from tests.followers import ask, follow, statuses, subscriptions

ASKED, ACTIVE, LEFT = SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE, SubscriptionStatus.LEFT


async def confirm(office: Installation, id_: UUID) -> bool:
    """Whether the owner was told that it is confirmed."""
    try:
        async with office.sessions.begin() as session:
            await subscribing.confirm(session, office.keys, id_, confirm_token(office.keys, id_))
    except NotFound:
        return False
    return True


async def leave(office: Installation, id_: UUID) -> None:
    async with office.sessions.begin() as session:
        await subscribing.leave(session, office.keys, id_, leave_token(office.keys, id_))


async def test_whoever_leaves_while_it_is_confirmed_has_left(installation: Installation) -> None:
    for n in range(20):
        await ask(installation, f"{n}@example.org")
        id_ = (await subscriptions(installation))[-1].id
        acts = [confirm(installation, id_), leave(installation, id_), confirm(installation, id_), leave(installation, id_)]
        await asyncio.gather(*(acts if n % 2 else reversed(acts)))
        assert (await statuses(installation))[-1] is LEFT
        assert await confirm(installation, id_) is False
    assert {one.address for one in await subscriptions(installation)} == {None}


async def test_an_address_typed_in_many_times_at_once_is_one_subscription(installation: Installation) -> None:
    await asyncio.gather(*(ask(installation, f"{'Wang' if n % 2 else 'wang'}@example.org") for n in range(6)))
    assert await statuses(installation) == [ASKED]
    async with installation.sessions() as session:
        assert set(await session.scalars(select(Delivery.kind))) == {NoticeKind.FOLLOW_CONFIRM}


async def test_asked_for_anew_while_it_is_left_it_waits_or_has_ended_and_is_never_half_of_each(installation: Installation) -> None:
    for n in range(10):
        await ask(installation, f"{n}@example.org")
        id_ = (await subscriptions(installation))[-1].id
        await asyncio.gather(leave(installation, id_), ask(installation, f"{n}@example.org"), confirm(installation, id_))
    async with installation.sessions() as session:
        live = Subscription.status.in_((ASKED, ACTIVE))
        assert await session.scalar(select(func.count()).where(live != Subscription.address.is_not(None))) == 0
        twice = select(Subscription.contact).where(live).group_by(Subscription.contact).having(func.count() > 1)
        assert list(await session.scalars(twice)) == []


@pytest.mark.parametrize("first", ["confirm", "sweep"])
async def test_what_is_confirmed_at_the_last_instant_is_kept_or_forgotten_and_its_owner_knows(
    installation: Installation, first: str
) -> None:
    await ask(installation, "wang@example.org")
    [asked] = await subscriptions(installation)

    async def sweep() -> bool:
        with clock.frozen(asked.asked_at + 2 * subscribing.UNCONFIRMED):
            async with installation.sessions.begin() as session:
                await forget_unconfirmed(session)
        return False

    acts = [confirm(installation, asked.id), sweep()]
    said = await asyncio.gather(*(acts if first == "confirm" else reversed(acts)))
    assert await statuses(installation) == [ACTIVE] * any(said)


async def test_who_leaves_while_a_mail_is_on_its_way_is_forgotten_and_the_mail_is_recorded(installation: Installation) -> None:
    id_ = await follow(installation, "wang@example.org")
    await ask(installation, "wang@example.org")
    async with installation.sessions.begin() as session:
        ids = (await session.scalars(select(Delivery.id))).all()
        [held] = await claim(session, [DeliveryDue(id_).delivery_id for id_ in ids])
    await leave(installation, id_)
    async with installation.sessions.begin() as session:
        await record(session, [Outcome(held, "250 taken for wang@example.org", accepted=True)])
    async with installation.sessions() as session:
        assert set(await session.scalars(select(Delivery.state))) == {DeliveryState.DROPPED, DeliveryState.SENT}
    assert (await statuses(installation), (await subscriptions(installation))[0].address) == ([LEFT], None)
