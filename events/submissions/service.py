"""A spreadsheet of events: what each row would do, and doing it. Applying a file twice changes nothing."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor
from events.calendar.amending import amend_event
from events.calendar.changes import Announcements, tell
from events.calendar.creating_many import create_events
from events.calendar.service import publish
from events.submissions.columns import DATES, Row, Table, tables, unread_sheets
from events.submissions.judging import Item, is_renumbered, judge, keyed
from events.submissions.lookups import Lookups
from events.submissions.reading import Source, read_row
from events.submissions.row_dates import habit_of
from events.submissions.sheets import read_sheets, refused
from events.submissions.stored import FIELD_OF
from events.submissions.verdicts import ALL, Action, Options, Outcome, Verdict
from infra.installation import settings_of


async def import_file(session: AsyncSession, actor: Actor, data: bytes, options: Options, *, apply: bool) -> Outcome:
    """The verdict on every row of the file, and with `apply` everything they say written in the caller's transaction.

    The key of a row is (source, its number). A row without one has a key made of its name, region and dates, and where no event has that,
    one that is alike is listed for a person to confirm. Raises Faulty for a file that can't be read, NoRegion, Forbidden.
    """
    sheets = read_sheets(data)
    found = tables(sheets, options.mapping)
    order = {row.label: at for at, row in enumerate(row for table in found for row in table.rows)}
    if strange := options.confirmed.keys() - {ALL} - order.keys():
        raise refused("no_row", names=", ".join(sorted(strange)))
    if apply:
        # One file at a time: two that bring the same rows at once would both find them new.
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('saili import'))"))
    lookups = await Lookups.open(session, options.region_code, options.home_code)
    rows = [row for table in found for row in table.rows]
    kept, verdicts = keyed(rows)
    told = [(table, _source(session, table, options)) for table in found]
    table_of = {row.label: pair for pair in told for row in pair[0].rows}
    items = [await _item(row, key, *table_of[row.label], lookups) for row, key in kept]
    verdicts += await judge(session, items, options, lookups)
    verdicts.sort(key=lambda verdict: order[verdict.row])
    if apply:
        await _write(session, actor, verdicts, options)
    return Outcome(
        tuple(verdicts),
        tuple(dict.fromkeys(name for t in found for name in t.ignored)),
        sum(t.apart for t in found),
        unread_sheets(sheets, found),
        tuple(dict.fromkeys(t.sheet for t in found if t.rows and not DATES & t.fields)),
        is_renumbered(rows),
    )


def _source(session: AsyncSession, table: Table, options: Options) -> Source:
    titles = (*table.titles, options.source)
    return Source(options.source, settings_of(session).zone, titles, options.year, habit_of(table.rows, titles))


async def _item(row: Row, key: str, table: Table, source: Source, lookups: Lookups) -> Item:
    located, sports = await lookups.locate(row.written, source.titles), await lookups.sports(row.cells)
    return Item(row, source.titles, key, read_row(row, table.fields, source, key, located, sports))


async def _write(session: AsyncSession, actor: Actor, verdicts: Sequence[Verdict], options: Options) -> None:
    told = Announcements()
    new = [verdict.read.draft for verdict in verdicts if verdict.action is Action.CREATE and verdict.read]
    await create_events(session, actor, new, told, published=options.publish)
    for verdict in verdicts:
        if verdict.action is Action.AMEND:
            await _amend(session, actor, verdict, told)
    await tell(session, told)


async def _amend(session: AsyncSession, actor: Actor, verdict: Verdict, told: Announcements) -> None:
    """Only what differs: an office's own work on the event's other fields stays, and a postponed one stays so unless its dates are new."""
    if verdict.read is None or verdict.event_id is None:
        raise ValueError("what is amended was read, and is stored")
    changed = {change.field for change in verdict.changes}
    only = {FIELD_OF.get(name, name) for name in changed - {"status"}}
    if "region_code" in only:
        only.add("tier")
    if only:
        await amend_event(session, actor, verdict.event_id, verdict.read.draft, only=only, gather=told)
    if "status" in changed:
        await publish(session, actor, verdict.event_id, gather=told)
