"""`saili offices mail 310110 sport@example.org`: where an office reads what citizens report of its events."""

import argparse

from sqlalchemy.ext.asyncio import AsyncSession

from events.cli.transactions import in_transaction
from events.reports.queries import list_mailboxes
from events.reports.service import set_mailbox
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    mail = verbs.add_parser("mail", help="where reports of the events of a region go, and of those below it without a mailbox")
    mail.add_argument("region", help="310110")
    target = mail.add_mutually_exclusive_group(required=True)
    target.add_argument("address", nargs="?", help="sport@example.org")
    target.add_argument("--remove", action="store_true", help="the office above it reads them again")
    verbs.add_parser("list", help="every office that has a mailbox")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "list":
        for code, name, address in in_transaction(settings, list_mailboxes):
            print(code, name, address, sep="\t")
        return

    async def change(session: AsyncSession) -> str:
        sent = await set_mailbox(session, arguments.region, arguments.address)
        if arguments.remove:
            return f"{arguments.region} has no mailbox of its own"
        return f"reports of {arguments.region} go to {arguments.address}" + (f"; {sent} that were kept leave now" if sent else "")

    print(in_transaction(settings, change))
