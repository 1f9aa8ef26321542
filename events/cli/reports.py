"""`saili reports list` and `done`: what citizens say is wrong, the newest first, until it is dealt with."""

import argparse

from events.cli.transactions import in_transaction
from events.reports.queries import Reported, list_reports
from events.reports.rules import number_of
from events.reports.service import finish
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="the newest reports, those kept for want of a mailbox too")
    listing.add_argument("--region", help="only those of a region and all below it, such as 310110")
    listing.add_argument("--limit", type=int, default=50, help="how many at most")
    ending = verbs.add_parser("done", help="delete reports that were dealt with, with what they say of their senders")
    ending.add_argument("numbers", nargs="+", metavar="NUMBER", help="as the list shows it, such as 3f9c21ab")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "done":
        done = in_transaction(settings, lambda session: finish(session, arguments.numbers))
        print(f"{done} report{'s are' if done != 1 else ' is'} done and deleted.")
        return
    found = in_transaction(settings, lambda session: list_reports(session, region_code=arguments.region, limit=arguments.limit))
    for reported in found:
        _show(reported, settings)
    if not found:
        print("There are no reports.")


def _show(reported: Reported, settings: Settings) -> None:
    print(f"{number_of(reported.id)}  {reported.created_at.astimezone(settings.zone):%Y-%m-%d %H:%M}  {reported.region}  {reported.event}")
    print(f"  {settings.public_url}/events/{reported.event_id}")
    print(f"  {reported.state.value}{f' → {reported.address}' if reported.address else ''}, contact: {reported.contact or '-'}")
    print(*(f"  | {line}" for line in reported.message.splitlines()), sep="\n")
