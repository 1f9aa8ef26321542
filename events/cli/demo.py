"""`saili demo load | remove`: real events at their real dates, and 演示数据 around today, which can be taken away again."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar import occurrences
from events.calendar.changes import Announcements, tell
from events.calendar.creating_many import create_events
from events.calendar.models import Board, Event, Occurrence, Series, Venue
from events.calendar.renaming import ensure_series
from events.calendar.revisions import months_between, touch
from events.cli.transactions import in_transaction
from events.competitions import stops
from events.competitions.contents import CompetitionIn, DivisionIn
from events.competitions.models import Competition, Division
from events.competitions.service import open_competition
from events.messages import FeedsDue
from events.registrations.contents import LeaderIn, RegistrationIn, RosterEntryIn
from events.registrations.models import Registration
from events.registrations.service import register
from events.submissions.demonstration import LABEL, Made, events_around, read_set
from events.submissions.service import import_file
from events.submissions.verdicts import Kind, Options
from infra import clock, outbox
from infra.crypto import Keys
from infra.installation import settings_of
from infra.settings import Settings

REAL = "real-events"
TEAMS = ["晨光", "飞扬", "江湾", "星火", "同心", "海燕", "追风", "彩虹", "银杏"]
SURNAMES = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"]
# Numbers kept for fiction, and the network kept for examples (RFC 5737).
FICTITIOUS_PHONE, NETWORK = "+12025550{:03}", "192.0.2.1"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("load", help="the real events, and 演示数据 around today")
    verbs.add_parser("remove", help="take 演示数据 away with its registrations, and nothing else")


def act(arguments: argparse.Namespace, settings: Settings) -> None:
    if arguments.verb == "load":
        print(in_transaction(settings, load))
    else:
        print(f"{in_transaction(settings, remove)} events of {LABEL} removed.")


async def load(session: AsyncSession) -> str:
    """Load what is not there yet, and say what is new."""
    real, made = await load_real_events(session), await load_set(session)
    return f"{real} real events at their real dates and {made} of {LABEL} around today are new; `saili demo remove` takes {LABEL} away."


async def load_real_events(session: AsyncSession) -> int:
    """The real events, published at their real dates. Returns how many are new."""
    data = (files("infra") / "data" / "demo" / "real_events.jsonl").read_bytes()
    outcome = await import_file(session, OPERATOR, data, Options(source=REAL, publish=True), apply=True)
    return outcome.counts[Kind.NEW]


async def load_set(session: AsyncSession) -> int:
    """演示数据 around today, unless it is there. Returns how many events it has."""
    if await session.scalar(select(exists().where(Event.demo))):
        return 0
    settings = settings_of(session)
    for series in read_set()["series"]:
        await ensure_series(session, series["slug"], series["name"], series["region"], series["boards"])
    made = events_around(clock.today(settings.zone), settings.zone)
    told = Announcements()
    events = await create_events(session, OPERATOR, [one.draft for one in made], told, published=True)
    await tell(session, told)
    for event, one in zip(events, made, strict=True):
        if one.competition:
            await _open(session, event, one.competition)
        await _follow(session, event, one)
    return len(events)


async def _follow(session: AsyncSession, event: Event, one: Made) -> None:
    """What the office did with the event since."""
    for what, reason in one.then.items():
        if what == "session_cancelled":
            sessions = select(Occurrence.id).where(Occurrence.event_id == event.id).order_by(Occurrence.first_on.desc()).limit(1)
            await occurrences.cancel_occurrence(session, OPERATOR, (await session.scalars(sessions)).one(), reason=reason)
        else:
            stop = {"postponed": stops.postpone, "cancelled": stops.cancel}[what]
            await stop(session, OPERATOR, event.id, reason=reason)


async def _open(session: AsyncSession, event: Event, facts: Mapping[str, Any]) -> None:
    """Open a competition until the evening before the event, and let its first teams in."""
    settings = settings_of(session)
    keys = Keys(settings.require_secret())
    if event.first_on is None:
        raise ValueError(f"{event.title} has no day to register until")
    opens_at = datetime.combine(clock.today(settings.zone) - timedelta(days=7), time(9), settings.zone)
    closes_at = datetime.combine(event.first_on - timedelta(days=1), time(18), settings.zone)
    divisions = [DivisionIn(d["name"], d["quota"], d["roster_min"], d["roster_max"]) for d in facts["divisions"]]
    written = CompetitionIn(facts["title"], opens_at.isoformat(), closes_at.isoformat(), divisions)
    competition = await open_competition(session, OPERATOR, keys, event.id, written, zone=settings.zone)
    ids = (await session.scalars(select(Division.id).where(Division.competition_id == competition.id).order_by(Division.position))).all()
    for division_id, division in zip(ids, facts["divisions"], strict=True):
        for number, team in enumerate(TEAMS[: division["teams"]]):
            entry = _team(team, number, division["roster_min"])
            await register(session, keys, division_id, entry, key=f"{LABEL} {number}", network=NETWORK, network_limit=1_000)


def _team(name: str, number: int, athletes: int) -> RegistrationIn:
    leader = LeaderIn(f"{SURNAMES[number]}领队", FICTITIOUS_PHONE.format(100 + number))
    roster = [RosterEntryIn(f"{SURNAMES[(number + i) % len(SURNAMES)]}队员", "athlete") for i in range(athletes)]
    return RegistrationIn(f"{name}队（演示）", "310110", leader, roster)


async def remove(session: AsyncSession) -> int:
    """Delete 演示数据 with all that hangs on it, and the places and brands that nothing else shows. Returns how many events it had."""
    events = (await session.execute(select(Event.id, Event.venue_id, Event.first_on, Event.last_on).where(Event.demo))).all()
    ids = [event.id for event in events]
    of_set = select(Division.id).join(Competition, Competition.id == Division.competition_id).where(Competition.event_id.in_(ids))
    await session.execute(delete(Registration).where(Registration.division_id.in_(of_set)))
    await session.execute(delete(Event).where(Event.id.in_(ids)))
    await _remove_names(session, [event.venue_id for event in events if event.venue_id])
    await touch(session, {month for event in events for month in months_between(event.first_on, event.last_on)})
    if ids:
        await outbox.put(session, FeedsDue())
    return len(ids)


async def _remove_names(session: AsyncSession, venues: Sequence[UUID]) -> None:
    used = exists().where(Event.venue_id == Venue.id)
    await session.execute(delete(Venue).where(Venue.id.in_(venues), ~used))
    slugs = [series["slug"] for series in read_set()["series"]]
    idle = select(Series.id).where(Series.slug.in_(slugs), ~exists().where(Event.series_id == Series.id))
    series = (await session.scalars(idle)).all()
    await session.execute(delete(Board).where(Board.series_id.in_(series)))
    await session.execute(delete(Series).where(Series.id.in_(series)))
