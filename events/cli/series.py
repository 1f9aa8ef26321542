"""`saili series create | rename`: the brands that events belong to."""

import argparse

from events.calendar.renaming import ensure_series, rename_series
from events.cli.transactions import in_transaction
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="a new brand, or new boards of one")
    create.add_argument("slug", help="its name in addresses: a-z, 0-9 and -")
    create.add_argument("name")
    create.add_argument("--region", required=True, help="the region of the office that owns it")
    create.add_argument("--board", action="append", default=[], metavar="SLUG=NAME", help="a board, in order; may be repeated")
    rename = verbs.add_parser("rename", help="another name, in every calendar that shows it")
    rename.add_argument("slug")
    rename.add_argument("name")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "rename":
        in_transaction(settings, lambda session: rename_series(session, arguments.slug, arguments.name))
        print(f"{arguments.slug} renamed")
        return
    boards = dict(board.partition("=")[::2] for board in arguments.board)
    in_transaction(settings, lambda session: ensure_series(session, arguments.slug, arguments.name, arguments.region, boards))
    print(f"{arguments.slug} stands")
