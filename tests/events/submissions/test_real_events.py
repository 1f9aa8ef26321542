"""The events that offices really published, imported whole."""

import json
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar.models import Event, EventChange, Occurrence
from events.i18n import Language
from events.regions.rules import Tier
from events.submissions.service import import_file
from events.submissions.verdicts import Action, Kind, Options, Outcome
from events.submissions.wording import flag
from infra.outbox import Outbox

REAL = Path("infra/data/demo/real_events.jsonl").read_bytes()
OPTIONS = Options(source="real-events", publish=True)


async def take(session: AsyncSession, data: bytes, options: Options = OPTIONS, *, apply: bool = True) -> Outcome:
    return await import_file(session, OPERATOR, data, options, apply=apply)


def flags(outcome: Outcome) -> Counter[str]:
    return Counter(" ".join(note.split(":")[0].split()[:2]) for verdict in outcome.verdicts for note in verdict.notes)


async def test_all_197_are_stored_and_none_is_dropped(session: AsyncSession) -> None:
    preview = await take(session, REAL, apply=False)
    assert await session.scalar(select(func.count()).select_from(Event)) == 0
    outcome = await take(session, REAL)
    assert outcome == preview
    assert outcome.counts == {Kind.NEW: 197}
    assert {verdict.action for verdict in outcome.verdicts} == {Action.CREATE}
    assert flags(outcome) == {
        "year from": 123,
        "date unread": 31,
        "tier guessed": 20,
        "date relative": 15,
        "date recurring": 2,
        # a column for dates, and nothing in it
        "no date": 7,
        # a game of December 2011 in a plan for the Spring Festival of 2012
        "year differs": 1,
        **dict.fromkeys(("date duration_kept_as_text", "date end_from_column", "date from_column", "date open_end", "date tentative"), 1),
    }
    assert await session.scalar(select(func.count()).select_from(Event)) == 197


async def test_every_flag_has_its_words(session: AsyncSession) -> None:
    outcome = await take(session, REAL, apply=False)
    flags = {text for verdict in outcome.verdicts for text in (*verdict.notes, *verdict.conflicts)}
    assert [text for text in flags if flag(text, Language.ZH) == text or flag(text, Language.EN) != text] == []


async def test_a_second_run_changes_nothing_and_an_edited_row_changes_itself(session: AsyncSession) -> None:
    await take(session, REAL)
    changes = select(func.count()).select_from(EventChange)
    messages = select(func.count()).select_from(Outbox)
    before = await session.scalar(changes), await session.scalar(messages)
    assert (await take(session, REAL)).counts == {Kind.UNCHANGED: 197}
    assert (await session.scalar(changes), await session.scalar(messages)) == before
    rows = [json.loads(line) for line in REAL.splitlines()]
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
    await take(session, REAL)
    tiers = await session.execute(select(Event.tier_as_written, Event.tier, func.count()).group_by(Event.tier_as_written, Event.tier))
    assert {(written, tier): count for written, tier, count in tiers if written} == {
        ("国家级", Tier.CITY): 3,
        ("省级", Tier.CITY): 3,
        ("市级", Tier.CITY): 71,
        ("区级", Tier.DISTRICT): 35,
        ("县级", Tier.DISTRICT): 24,
        ("街镇级", Tier.STREET): 36,
        ("校级", Tier.DISTRICT): 4,
        ("单位级", Tier.DISTRICT): 1,
    }
    guessed = select(Event.tier, func.count()).where(Event.tier_guessed).group_by(Event.tier)
    assert dict((await session.execute(guessed)).all()) == {Tier.CITY: 7, Tier.DISTRICT: 11, Tier.STREET: 2}
    assert await session.scalar(select(func.count()).where(Event.region_code.startswith("310110"))) == 25
    assert await session.scalar(select(Event.region_code).where(Event.source_key == "ev0001")) == "341881"


async def test_what_the_page_did_not_say_stays_unsaid(session: AsyncSession) -> None:
    await take(session, REAL)
    undated = select(Event.date_text).where(Event.first_on.is_(None)).order_by(Event.source_key)
    found = (await session.scalars(undated)).all()
    assert len(found) == 37
    assert {"近日", "2月1日9:30—17:30"} < {*found}
    assert await session.scalar(select(func.count()).select_from(Occurrence).join(Event).where(Event.first_on.is_(None))) == 0
