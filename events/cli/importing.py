"""`saili import events FILE`: a verdict a row; written only with --apply."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.cli.transactions import in_transaction
from events.errors import describe
from events.i18n import Language, spoken, translate
from events.submissions.cells import cell_text
from events.submissions.service import import_file
from events.submissions.sheets import MOST_BYTES
from events.submissions.showing import change_line, read_as
from events.submissions.verdicts import ALL, Kind, Options, Outcome, Verdict
from events.submissions.wording import flag, kind_of, of_file, summary, waits
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True)
    events = verbs.add_parser("events", help="JSON Lines, CSV (UTF-8 or GB18030) or XLSX")
    events.add_argument("file", type=Path)
    events.add_argument("--apply", action="store_true", help="store what the preview says, in one transaction")
    events.add_argument("--publish", action="store_true", help="publish the events; without it they are drafts")
    events.add_argument("--source", help="where the rows come from: with a row's number, its key. The file's name when not given")
    events.add_argument(
        "--region",
        help="the region of rows that name none (HOME_REGION if not given), and the one in which a street's name is sought",
    )
    events.add_argument("--year", type=int, help="the year of dates that say none, and whose title says none")
    events.add_argument("--map", type=_pair, action="append", default=[], metavar="FIELD=COLUMN", help="take a field from this column")
    events.add_argument(
        "--confirm",
        type=_confirmation,
        action="append",
        default=[],
        metavar="ROW=EVENT_ID",
        help="this row is that event; ROW=new: it is not; all=new: none of those that wait is",
    )


def act(arguments: argparse.Namespace, settings: Settings) -> int:
    """0 when every row was taken; 1 when some were refused or wait to be confirmed."""
    language = spoken(os.environ)
    try:
        with arguments.file.open("rb") as file:
            data = file.read(MOST_BYTES)
    except OSError as error:
        raise SystemExit(translate(language, "{file} 读不了：{why}。", file=arguments.file, why=error.strerror)) from error
    options = Options(
        source=cell_text(arguments.source or arguments.file.stem),
        year=arguments.year,
        region_code=arguments.region,
        home_code=settings.home_region,
        publish=arguments.publish,
        mapping=dict(arguments.map),
        confirmed=dict(arguments.confirm),
    )

    async def work(session: AsyncSession) -> Outcome:
        return await import_file(session, OPERATOR, data, options, apply=arguments.apply)

    outcome = in_transaction(settings, work, language=language)
    for line in _lines(outcome, language, settings.zone, applied=arguments.apply, published=arguments.publish):
        print(line)
    return 1 if outcome.counts[Kind.REFUSED] or any(map(waits, outcome.verdicts)) else 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, column = text.partition("=")
    if not (name and sign and column):
        raise argparse.ArgumentTypeError("write it as FIELD=COLUMN")
    return name, column


def _confirmation(text: str) -> tuple[str, UUID | None]:
    row, _, event = text.rpartition("=")
    if row == ALL and event != "new":
        raise argparse.ArgumentTypeError("write it as all=new")
    try:
        return row, None if event == "new" else UUID(event)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write it as ROW=EVENT_ID, ROW=new or all=new") from error


def _lines(outcome: Outcome, language: Language, zone: ZoneInfo, *, applied: bool, published: bool) -> Iterator[str]:
    """A line a row, its parts apart by tabs; then what of the file was not read, and the summary."""
    for verdict in outcome.verdicts:
        read = [read_as(verdict.read, language, zone)] if verdict.read else []
        yield "\t".join((verdict.row, kind_of(verdict, language), verdict.title, *read, *_why(verdict, language, zone)))
    if outcome.ignored:
        yield translate(language, "没有读的列：{names}", names=translate(language, "、").join(outcome.ignored))
    if outcome.apart:
        yield translate(language, "只分组或结束表格的行：{count}", count=outcome.apart)
    yield from of_file(outcome, language)
    yield from summary(outcome, language, applied=applied, published=published)


def _why(verdict: Verdict, language: Language, zone: ZoneInfo) -> list[str]:
    reasons = [f"{fault.path}: {describe(fault, language)}" for fault in verdict.faults]
    changes = [change_line(change, language, zone) for change in verdict.changes]
    conflicts, notes = ([flag(text, language) for text in flags] for flags in (verdict.conflicts, verdict.notes))
    return [one.replace("\n", " / ") for one in (*reasons, *conflicts, *changes, *notes)]
