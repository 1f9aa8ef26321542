"""`saili backup FILE`."""

import argparse
import sys
from pathlib import Path

from events.cli.database import database
from infra.backup import NotRestored, back_up
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where to write the backup; it holds people's data and the key, so keep it safe")


def act(arguments: argparse.Namespace, settings: Settings) -> int:
    try:
        with database(settings, prepared=False) as dsn:
            back_up(settings, dsn, arguments.file.resolve())
    except NotRestored as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {arguments.file} ({arguments.file.stat().st_size:,} bytes).")
    return 0
