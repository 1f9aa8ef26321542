"""People who follow something, and the codes of the links that they get."""

import re
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from events.i18n import Language
from events.notices import subscribing
from events.notices.follow_links import confirm_token, leave_token, manage_token
from events.notices.models import Subscription
from events.notices.rules import SubscriptionStatus
from events.notices.targets import Scope, find_target
from infra.installation import Installation
from tests.teams import STREET


async def ask(
    office: Installation,
    email: str,
    scope: Scope = Scope.REGION,
    key: str = STREET,
    *,
    language: Language = Language.ZH,
    network: str = "192.0.2.1",
    network_limit: int = 10_000,
) -> None:
    """Somebody types an address in."""
    async with office.sessions.begin() as session:
        target = await find_target(session, scope, key)
        await subscribing.ask(session, office.keys, target, email, language=language, network=network, network_limit=network_limit)


async def follow(office: Installation, email: str, scope: Scope = Scope.REGION, key: str = STREET, **asked: Any) -> UUID:
    """Asked for and confirmed: the subscription."""
    await ask(office, email, scope, key, **asked)
    found = (await subscriptions(office))[-1]
    async with office.sessions.begin() as session:
        await subscribing.confirm(session, office.keys, found.id, confirm_token(office.keys, found.id))
    return found.id


async def subscriptions(office: Installation) -> list[Subscription]:
    async with office.sessions() as session:
        return list(await session.scalars(select(Subscription).order_by(Subscription.id)))


async def statuses(office: Installation) -> list[SubscriptionStatus]:
    return [one.status for one in await subscriptions(office)]


def confirm_code(office: Installation, subscription_id: UUID) -> dict[str, str]:
    return {"s": str(subscription_id), "t": confirm_token(office.keys, subscription_id)}


def leave_code(office: Installation, subscription_id: UUID) -> dict[str, str]:
    return {"s": str(subscription_id), "t": leave_token(office.keys, subscription_id)}


def manage_code(office: Installation, subscription_id: UUID) -> str:
    return f"{subscription_id}.{manage_token(office.keys, subscription_id)}"


async def post(client: httpx.AsyncClient, address: str, fields: dict[str, str], **headers: str) -> httpx.Response:
    """A form as a browser sends it."""
    return await client.post(
        address, data=fields, headers={"Accept": "text/html"} | {name.replace("_", "-"): v for name, v in headers.items()}
    )


def link_in(text: str, path: str) -> str:
    """The address in a mail that leads to a path of ours, without the site before it."""
    found = re.search(rf"https?://[^/\s]+({re.escape(path)}[?#]\S+)", text)
    assert found, text
    return found[1]
