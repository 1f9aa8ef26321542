"""What is stored of the events that a file may be about, read in a few statements, and how a draft differs from it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.drafts import EventDraft
from events.calendar.models import Event, Occurrence, Venue
from events.calendar.rules import EventStatus
from events.calendar.when import Timed
from events.regions.models import Region
from events.submissions.matching import Candidate

# What a field of a draft is called where people read it, and what it shows.
SAME = (
    "title",
    "tier",
    "tier_as_written",
    "tier_guessed",
    "organiser",
    "undertaker",
    "contact",
    "summary",
    "eligibility",
    "bring",
    "fee",
    "free",
    "directions",
    "fuse",
    "source_url",
    "source",
    "source_key",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field as it is stored, and as the file has it."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as a file is compared with it."""

    id: UUID
    status: EventStatus
    source: str | None
    source_key: str | None
    facts: dict[str, Any]


async def read_by_key(session: AsyncSession, source: str, keys: Collection[str]) -> dict[str, Stored]:
    """The events of a source by their keys."""
    return {s.source_key: s for s in await _read(session, Event.source == source) if s.source_key and s.source_key in keys}


async def read_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Stored]:
    return {s.id: s for s in await _read(session, Event.id.in_(ids))} if ids else {}


async def read_candidates(session: AsyncSession, besides: Collection[UUID]) -> list[Candidate]:
    """Every event that a row which no number finds might be: not those that the file's other rows are."""
    columns = (Event.id, Event.title, Event.region_code, Region.within, Event.first_on, Event.last_on)
    more = (Event.precision, Event.sports, Event.source, Event.source_key)
    query = select(*columns, *more).join(Region, Region.code == Event.region_code).where(Event.demo.is_(False))
    rows = await session.execute(query)
    return [
        Candidate(id_, title, code, frozenset(within), first, last, precision.names_days, frozenset(sports), source, key)
        for id_, title, code, within, first, last, precision, sports, source, key in rows
        if id_ not in besides
    ]


def differences(stored: Stored, draft: EventDraft, only: Collection[str]) -> tuple[Change, ...]:
    """What the file would change, of the fields that it writes."""
    facts = _draft_facts(draft)
    return tuple(
        Change(name, stored.facts[name], value)
        for name, value in facts.items()
        if (FIELD_OF.get(name, name) in only and stored.facts[name] != value)
    )


# Facts that belong to a field of a draft by another name.
FIELD_OF = {
    "region": "region_code",
    "sport": "sports",
    **dict.fromkeys(("date_text", "precision", "first_on", "last_on", "sessions"), "when"),
}


def _draft_facts(draft: EventDraft) -> dict[str, Any]:
    when = draft.when
    return {name: getattr(draft, name) for name in SAME} | {
        "region": draft.region_code,
        "sport": tuple(draft.sports),
        "audience": tuple(draft.audience),
        "venue": (draft.venue.name, draft.venue.address) if draft.venue else None,
        "date_text": when.text,
        "precision": when.precision,
        "first_on": when.first_on,
        "last_on": when.last_on,
        "sessions": tuple(_session_facts(s) for s in when.sessions),
    }


def _session_facts(session: Any) -> tuple[Any, ...]:
    return session.first_on, session.last_on, session.starts_at, session.ends_at, session.daypart, session.label


async def _read(session: AsyncSession, which: Any) -> list[Stored]:
    query = select(Event, Venue.name, Venue.address).outerjoin(Venue, Venue.id == Event.venue_id).where(which)
    events = (await session.execute(query.execution_options(populate_existing=True))).all()
    sessions: dict[UUID, list[Occurrence]] = defaultdict(list)
    live = select(Occurrence).join(Event).where(which, Occurrence.removed_at.is_(None)).order_by(Occurrence.position, Occurrence.id)
    for occurrence in await session.scalars(live.execution_options(populate_existing=True)):
        sessions[occurrence.event_id].append(occurrence)
    return [_stored(event, venue, address, sessions[event.id]) for event, venue, address in events]


def _stored(event: Event, venue: str | None, address: str | None, sessions: Sequence[Timed]) -> Stored:
    facts = {name: getattr(event, name) for name in SAME} | {
        "region": event.region_code,
        "sport": tuple(event.sports),
        "audience": tuple(event.audience),
        "venue": (venue, address) if venue else None,
        "date_text": event.date_text,
        "precision": event.precision,
        "first_on": event.first_on,
        "last_on": event.last_on,
        "sessions": tuple(_session_facts(s) for s in sessions),
    }
    return Stored(event.id, event.status, event.source, event.source_key, facts)
