"""`saili regions load 310000`: the shipped facts, and the offices of a city."""

import argparse
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from events.cli.transactions import in_transaction
from events.regions.rules import Tier
from events.regions.service import load_facts, set_up
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True)
    load = verbs.add_parser("load", aliases=["setup"], help="bring the table to the shipped facts, then set up a city's offices")
    load.add_argument("code", help="a municipality, prefecture or county-level city: 310000, 410100, 419001, 441900")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    async def load(session: AsyncSession) -> tuple[int, dict[Tier, int]]:
        return await load_facts(session), await set_up(session, arguments.code)

    changed, offices = in_transaction(settings, load)
    print(_told(changed, arguments.code, [offices.get(tier, 0) for tier in Tier], settings.home_region))


def _told(changed: int, code: str, offices: Sequence[int], home_region: str) -> str:
    """What was done, and what is to be done next."""
    facts = f"{changed} regions were brought to the shipped facts" if changed else "The table of regions already held the shipped facts"
    city, districts, streets = offices
    return (
        f"{facts}. In {code}, {sum(offices)} offices may publish now: {city} of the city, {districts} of districts, {streets} of streets.\n"
        f"Next: set HOME_REGION (it is {home_region}) to the region that is to stand first among the calendar's choices, "
        "and DEMO=no before the first start for an empty calendar; `saili keys create` makes an office its key."
    )
