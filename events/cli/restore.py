"""`saili restore FILE`."""

import argparse
import sys
from pathlib import Path

from events.cli.database import database
from events.tables import metadata
from infra.backup import NotRestored, restore
from infra.migrations import upgrade
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a file that `saili backup` wrote")


def act(arguments: argparse.Namespace, settings: Settings) -> int:
    """Restore, then bring an older backup up to the shape that this code expects."""
    try:
        with database(settings, prepared=False) as dsn:
            other_key = restore(settings, dsn, arguments.file)
            upgrade(dsn, metadata())
    except NotRestored as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Restored {arguments.file}.")
    if other_key:
        print("This installation has a key of its own: set SECRET_KEY to the backup's, or old manage links stay closed.", file=sys.stderr)
    return 0
