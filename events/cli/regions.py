"""`saili regions load 310000`: the shipped facts, and the offices of a city."""

import argparse

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
    print(f"{changed} regions changed; offices of {arguments.code}: " + ", ".join(f"{offices.get(t, 0)} {t}" for t in Tier))
