"""`saili keys create | list | revoke`: the keys that desks write with."""

import argparse
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.models import ApiKey
from events.accounts.queries import list_keys
from events.accounts.rules import Role
from events.accounts.service import create_key, revoke_key
from events.calendar.models import Event
from events.cli.transactions import in_transaction
from events.errors import NotFound
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="a new key, shown this once")
    create.add_argument("--role", type=Role, choices=list(Role), required=True)
    desk = create.add_mutually_exclusive_group(required=True)
    desk.add_argument("--region", help="an officer's region, such as 310110")
    desk.add_argument("--event", type=UUID, help="the one event that an organiser runs")
    create.add_argument("--label", default="", help="who holds it, as the history of events will name them")
    verbs.add_parser("list", help="every key but never the key itself")
    revoke = verbs.add_parser("revoke", help="end a key at once")
    revoke.add_argument("id", type=UUID)


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    match arguments.verb:
        case "create":
            made, key = in_transaction(settings, lambda session: _create(session, arguments))
            print(f"id   {made}\nkey  {key}\nThe key is not stored and cannot be shown again.")
        case "list":
            for row in in_transaction(settings, list_keys):
                _show(row)
        case "revoke":
            in_transaction(settings, lambda session: revoke_key(session, arguments.id))
            print(f"{arguments.id} revoked")


async def _create(session: AsyncSession, arguments: argparse.Namespace) -> tuple[UUID, str]:
    """An organiser's key belongs to the region of the event."""
    region = arguments.region or await session.scalar(select(Event.region_code).where(Event.id == arguments.event))
    if region is None:
        raise NotFound
    return await create_key(session, role=arguments.role, region_code=region, event_id=arguments.event, label=arguments.label)


def _show(key: ApiKey) -> None:
    state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "active"
    print(key.id, key.role, key.event_id or key.region_code, key.label or "-", f"made {key.created_at:%Y-%m-%d}", state, sep="\t")
