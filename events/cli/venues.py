"""`saili venues find | rename`: the places where events are held."""

import argparse
from uuid import UUID

from events.calendar.queries import list_venues
from events.calendar.renaming import rename_venue
from events.cli.transactions import in_transaction
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    find = verbs.add_parser("find", help="venues with a part of their name or address")
    find.add_argument("part")
    rename = verbs.add_parser("rename", help="another name, in every calendar that shows it")
    rename.add_argument("id", type=UUID)
    rename.add_argument("name")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "rename":
        in_transaction(settings, lambda session: rename_venue(session, arguments.id, arguments.name))
        print(f"{arguments.id} renamed")
        return
    for venue in in_transaction(settings, lambda session: list_venues(session, arguments.part)):
        print(venue.id, venue.region_code, venue.name, venue.address or "-", sep="\t")
