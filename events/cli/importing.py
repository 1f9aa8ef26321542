"""`saili import events FILE`: a verdict a row; written only with --apply."""

import argparse
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.cli.transactions import in_transaction
from events.errors import describe
from events.i18n import Language
from events.submissions.service import import_file
from events.submissions.sheets import MOST_BYTES, cell_text
from events.submissions.verdicts import Action, Kind, Options, Outcome, Verdict
from infra.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True)
    events = verbs.add_parser("events", help="JSON Lines, CSV (UTF-8 or GB18030) or XLSX")
    events.add_argument("file", type=Path)
    events.add_argument("--apply", action="store_true", help="store what the preview says, in one transaction")
    events.add_argument("--publish", action="store_true", help="publish the events; without it they are drafts")
    events.add_argument("--source", help="where the rows come from: with a row's number, its key. The file's name when not given")
    events.add_argument("--region", help="the region of rows that name none, and the one in which a street's name is sought")
    events.add_argument("--year", type=int, help="the year of dates that say none, and whose title says none")
    events.add_argument("--map", type=_pair, action="append", default=[], metavar="FIELD=COLUMN", help="take a field from this column")
    events.add_argument(
        "--confirm",
        type=_confirmation,
        action="append",
        default=[],
        metavar="ROW=EVENT_ID",
        help="this row is that event; ROW=new: it is not",
    )


def act(arguments: argparse.Namespace, settings: Settings) -> int:
    """0 when every row was taken; 1 when some were refused or wait to be confirmed."""
    try:
        with arguments.file.open("rb") as file:
            data = file.read(MOST_BYTES)
    except OSError as error:
        raise SystemExit(f"{arguments.file} can't be read: {error.strerror}.") from error
    options = Options(
        source=cell_text(arguments.source or arguments.file.stem),
        year=arguments.year,
        region_code=arguments.region,
        publish=arguments.publish,
        mapping=dict(arguments.map),
        confirmed=dict(arguments.confirm),
    )

    async def work(session: AsyncSession) -> Outcome:
        return await import_file(session, OPERATOR, data, options, apply=arguments.apply)

    return _show(in_transaction(settings, work), applied=arguments.apply)


def _pair(text: str) -> tuple[str, str]:
    name, sign, column = text.partition("=")
    if not (name and sign and column):
        raise argparse.ArgumentTypeError("write it as FIELD=COLUMN")
    return name, column


def _confirmation(text: str) -> tuple[str, UUID | None]:
    row, _, event = text.rpartition("=")
    try:
        return row, None if event == "new" else UUID(event)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write it as ROW=EVENT_ID or ROW=new") from error


def _show(outcome: Outcome, *, applied: bool) -> int:
    for verdict in outcome.verdicts:
        print(verdict.row, verdict.kind, verdict.title, *_why(verdict), sep="\t")
    if outcome.ignored:
        print("columns not read:", ", ".join(outcome.ignored))
    if outcome.apart:
        print(f"lines that only group or end a table: {outcome.apart}")
    waiting = sum(1 for v in outcome.verdicts if v.kind is Kind.CONFLICT and v.action is Action.NONE)
    print(
        ", ".join(f"{outcome.counts[kind]} {kind}" for kind in Kind), "(applied)" if applied else "(preview; --apply stores it)", sep="  "
    )
    if waiting:
        print(f"{waiting} wait to be confirmed: --confirm ROW=EVENT_ID, or ROW=new")
    return 1 if waiting or outcome.counts[Kind.REFUSED] else 0


def _why(verdict: Verdict) -> list[str]:
    reasons = [f"{fault.path}: {describe(fault, Language.EN)}" for fault in verdict.faults]
    changes = [f"{c.field}: {_text(c.before)} → {_text(c.after)}" for c in verdict.changes]
    return [one.replace("\n", " / ") for one in (*reasons, *verdict.conflicts, *changes, *verdict.notes)]


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_text(one) for one in value if one is not None) + ")"
    return "–" if value is None else str(value)
