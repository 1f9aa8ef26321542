"""`saili holidays set 2027-01-01 元旦`: what the shipped table doesn't know, or has wrong."""

import argparse
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.holidays import remove_holiday, set_holiday
from events.cli.transactions import in_transaction
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, dest="verb")
    enter = verbs.add_parser("set", help="say that a day is a holiday, or a make-up working day")
    enter.add_argument("date", type=date.fromisoformat, help="2027-01-01")
    enter.add_argument("name", help="元旦")
    enter.add_argument("--workday", action="store_true", help="a weekend day that is worked for this holiday 调休")
    remove = verbs.add_parser("remove", help="take back what was said of a day")
    remove.add_argument("date", type=date.fromisoformat, help="2027-01-01")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    async def change(session: AsyncSession) -> str:
        if arguments.verb == "set":
            await set_holiday(session, arguments.date, arguments.name, workday=arguments.workday)
            return f"{arguments.date} is {arguments.name}" + (", a working day" if arguments.workday else "")
        gone = await remove_holiday(session, arguments.date)
        return f"{arguments.date} is as the shipped table has it" if gone else f"nothing was said of {arguments.date}"

    print(in_transaction(settings, change))
