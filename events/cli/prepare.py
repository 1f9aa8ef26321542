"""`saili prepare`: make a database ready for the offices, and say what is being done. Doing it twice changes nothing."""

import argparse
import asyncio

from sqlalchemy import select

from events.calendar.sports import ensure_sports
from events.cli.database import database
from events.regions.models import Region
from events.regions.service import load_facts, set_up
from events.tables import metadata
from infra.installation import open_installation
from infra.migrations import upgrade
from infra.settings import Settings

CITY = "310000"


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    with database(settings, prepared=False) as dsn:
        print("Bringing the database up to date …", flush=True)
        upgrade(dsn, metadata())
        asyncio.run(_fill(settings, dsn))


async def _fill(settings: Settings, dsn: str) -> None:
    """The facts of an empty database, all or none; Shanghai's offices publish until a city is set up by `saili regions load`."""
    installation = open_installation(settings, dsn, application="saili prepare")
    try:
        async with installation.sessions.begin() as session:
            if await session.scalar(select(Region.code).limit(1)) is None:
                print("Loading the regions of the country and the sports …", flush=True)
                await load_facts(session)
                await set_up(session, CITY)
            await ensure_sports(session)
    finally:
        await installation.close()
