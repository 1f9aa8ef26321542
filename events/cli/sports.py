"""`saili sports list | add | alias`."""

import argparse

from events.calendar.models import Sport
from events.calendar.sports import add_alias, add_sport, list_sports
from events.cli.transactions import in_transaction
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every sport with its aliases")
    add = verbs.add_parser("add", help="a new sport")
    add.add_argument("slug", help="lower-case words joined by hyphens; it stands in addresses and never changes")
    add.add_argument("name")
    add.add_argument("--name-en")
    alias = verbs.add_parser("alias", help="another label for a sport")
    alias.add_argument("slug")
    alias.add_argument("alias")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    match arguments.verb:
        case "list":
            for sport in in_transaction(settings, list_sports):
                _show(sport)
        case "add":
            slug, name, name_en = arguments.slug, arguments.name, arguments.name_en
            _show(in_transaction(settings, lambda session: add_sport(session, slug=slug, name=name, name_en=name_en)))
        case "alias":
            _show(in_transaction(settings, lambda session: add_alias(session, slug=arguments.slug, alias=arguments.alias)))


def _show(sport: Sport) -> None:
    print(sport.slug, sport.name, sport.name_en or "-", " ".join(sport.aliases), sep="\t")
