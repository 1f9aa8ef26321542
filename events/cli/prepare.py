"""`saili prepare`: make a database ready for the offices, and say what is being done. Doing it twice changes nothing."""

import argparse
import asyncio

from events.cli.database import database
from events.tables import metadata
from infra.installation import open_installation
from infra.migrations import upgrade
from infra.settings import Settings


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    with database(settings) as dsn:
        print("Bringing the database up to date …", flush=True)
        upgrade(dsn, metadata())
        asyncio.run(_fill(settings, dsn))


async def _fill(settings: Settings, dsn: str) -> None:
    installation = open_installation(settings, dsn, application="saili prepare")
    await installation.close()
