"""`saili prepare`: make a database ready for the offices, and say what is being done. Doing it twice changes nothing."""

import argparse
import asyncio
from importlib import import_module

from sqlalchemy import select

from events.calendar.models import Event
from events.calendar.renaming import follow_address
from events.calendar.sports import ensure_sports
from events.cli.database import database
from events.regions.models import Region
from events.regions.queries import find_region
from events.regions.service import ensure_regions, set_up
from events.tables import metadata
from infra.installation import Installation, open_installation
from infra.migrations import upgrade
from infra.settings import BadSetting, Settings

# Where offices publish until `saili regions load` says so of another city.
FIRST_CITY = "310000"


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    with database(settings, prepared=False) as dsn:
        print("Bringing the database up to date …", flush=True)
        upgrade(dsn, metadata())
        asyncio.run(_fill(settings, dsn))


async def _fill(settings: Settings, dsn: str) -> None:
    installation = open_installation(settings, dsn, application="saili prepare")
    try:
        await _fill_all(installation, settings)
    finally:
        await installation.close()


async def _fill_all(installation: Installation, settings: Settings) -> None:
    """The facts that every installation needs, and the demonstration where there is no event yet. Raises BadSetting."""
    async with installation.sessions.begin() as session:
        if await session.scalar(select(Region.code).limit(1)) is None:
            print("Loading the country's regions …", flush=True)
        await ensure_regions(session)
        if await session.scalar(select(Region.code).where(Region.tier.is_not(None)).limit(1)) is None:
            await set_up(session, FIRST_CITY)
        if await find_region(session, settings.home_region) is None:
            raise BadSetting(f"HOME_REGION must be the code of a region that there is; no region has the code {settings.home_region}.")
        await ensure_sports(session)
        if await follow_address(session):
            print(f"The address is {settings.public_url} now: calendars are rendered anew.", flush=True)
    async with installation.sessions.begin() as session:
        if settings.demo and await session.scalar(select(Event.id).limit(1)) is None:
            print("Loading the demonstration …", flush=True)
            # Imported only now: every later start is quicker without it.
            print(f"  {await import_module('events.cli.demo').load(session)}", flush=True)
