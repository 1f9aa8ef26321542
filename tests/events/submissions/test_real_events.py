"""The events that offices really published, imported whole."""

import json
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar.models import Event, EventChange, Occurrence
from events.regions.rules import Tier
from events.submissions.service import import_file
from events.submissions.verdicts import Action, Kind, Options, Outcome
from infra.outbox import Outbox

FILE = Path("infra/data/demo/real_events.jsonl")
OPTIONS = Options(source="real-events", publish=True)


async def take(session: AsyncSession, data: bytes, options: Options = OPTIONS, *, apply: bool = True) -> Outcome:
    return await import_file(session, OPERATOR, data, options, apply=apply)


def flags(outcome: Outcome) -> Counter[str]:
    return Counter(" ".join(note.split(":")[0].split()[:2]) for verdict in outcome.verdicts for note in verdict.notes)


async def test_all_197_are_stored_and_none_is_dropped(session: AsyncSession) -> None:
    preview = await take(session, FILE.read_bytes(), apply=False)
    assert await session.scalar(select(func.count()).select_from(Event)) == 0
    outcome = await take(session, FILE.read_bytes())
    assert outcome == preview
    assert outcome.counts == {Kind.NEW: 197}
    assert {verdict.action for verdict in outcome.verdicts} == {Action.CREATE}
    assert flags(outcome) == {}
    assert await session.scalar(select(func.count()).select_from(Event)) == 197


async def test_a_second_run_changes_nothing_and_an_edited_row_changes_itself(session: AsyncSession) -> None:
    await take(session, FILE.read_bytes())
    changes = select(func.count()).select_from(EventChange)
    messages = select(func.count()).select_from(Outbox)
    before = await session.scalar(changes), await session.scalar(messages)
    assert (await take(session, FILE.read_bytes())).counts == {Kind.UNCHANGED: 197}
    assert (await session.scalar(changes), await session.scalar(messages)) == before
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    rows[2]["date_text"] = "1月9日上午"
    rows[2]["start_date"] = rows[2]["end_date"] = "2021-01"
    edited = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    outcome = await take(session, edited)
    assert outcome.counts == {Kind.UNCHANGED: 196, Kind.CHANGED: 1}
    changed = next(verdict for verdict in outcome.verdicts if verdict.kind is Kind.CHANGED)
    assert [c.field for c in changed.changes] == ["date_text", "precision", "first_on", "last_on", "sessions"]
    assert (changed.row, changed.changes[0].before, changed.changes[0].after) == ("3", "1月", "1月9日上午")
    assert (await take(session, edited)).counts == {Kind.UNCHANGED: 197}


async def test_tiers_and_regions_follow_what_is_written(session: AsyncSession) -> None:
    await take(session, FILE.read_bytes())
    tiers = await session.execute(select(Event.tier, Event.tier_as_written, Event.tier_guessed, func.count()).group_by(1, 2, 3) if False else
                                  select(Event.tier_as_written, Event.tier, Event.tier_guessed, func.count()).group_by(Event.tier_as_written, Event.tier, Event.tier_guessed))
    print(sorted(map(str, tiers.all())))
    print(await session.scalar(select(func.count()).select_from(Event).where(Event.region_code.startswith("310110"))))
    print(await session.scalar(select(func.count()).select_from(Occurrence)))
    assert 0
