"""`saili migrate`."""

import argparse

from events.cli.database import database
from events.tables import metadata
from infra.migrations import upgrade
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", default="head", help="a revision; the newest when not given")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    with database(settings, prepared=False) as dsn:
        upgrade(dsn, metadata(), arguments.to)
