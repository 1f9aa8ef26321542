"""Events as they are read: the JSON shapes, and the bytes of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from events.calendar.dates import Precision
from events.calendar.entries import Entry, Named, OccurrenceShown, Place, VenueShown
from events.calendar.holidays import HolidayShown
from events.calendar.rules import RegistrationState, ShownStatus
from events.calendar.short import short_address
from events.regions.rules import Tier


class EventBrief(msgspec.Struct, frozen=True):
    """An event in a list or a month. `tier_as_written` is the level in the source's own word; `demo` marks the demonstration set."""

    id: UUID
    title: str
    status: ShownStatus
    tier: Tier
    region: Place
    series: Named | None
    board: Named | None
    sport: Named | None
    audience: tuple[str, ...]
    date_text: str | None
    precision: Precision
    first_on: date | None
    last_on: date | None
    occurrences: tuple[OccurrenceShown, ...]
    venue: VenueShown | None
    organiser: str | None
    undertaker: str | None
    free: bool | None
    source_url: str | None
    registration: RegistrationState
    changed_at: datetime
    url: str
    tier_as_written: str | None
    demo: bool


class CompetitionBrief(msgspec.Struct, frozen=True):
    id: UUID
    title: str


class EventWritten(EventBrief, frozen=True):
    """An event as its office wrote it. `short_url` leads to it as well, and is short enough for a poster."""

    contact: str | None
    summary: str | None
    eligibility: str | None
    bring: str | None
    fee: str | None
    directions: str | None
    fuse: str | None
    short_url: str


class EventFull(EventWritten, frozen=True):
    """An event alone, with what only its own page shows."""

    competitions: tuple[CompetitionBrief, ...]


class EventPage(msgspec.Struct, frozen=True):
    items: tuple[EventBrief, ...]
    next: str | None


class DayShown(msgspec.Struct, frozen=True):
    date: date
    holiday: HolidayShown | None
    events: tuple[EventBrief, ...]


class Counts(msgspec.Struct, frozen=True):
    tier: dict[Tier, int]


class MonthShown(msgspec.Struct, frozen=True):
    """A month. `counts` has each event once, on however many days it stands; `long_term` names no day and touches over three months."""

    month: str
    days: tuple[DayShown, ...]
    runs: tuple[EventBrief, ...]
    undated: tuple[EventBrief, ...]
    long_term: tuple[EventBrief, ...]
    counts: Counts
    holidays_announced: bool


class SeriesShown(msgspec.Struct, frozen=True):
    slug: str
    name: str
    region: Place
    boards: tuple[Named, ...]


class SeriesPage(msgspec.Struct, frozen=True):
    items: tuple[SeriesShown, ...]
    next: str | None


class SportShown(msgspec.Struct, frozen=True):
    slug: str
    name: str
    name_en: str | None
    aliases: tuple[str, ...]


class SportPage(msgspec.Struct, frozen=True):
    items: tuple[SportShown, ...]
    next: str | None


_SAME = (
    "id", "title", "tier", "region", "series", "board", "sport", "audience", "date_text", "precision", "first_on", "last_on", "occurrences",
    "venue", "organiser", "undertaker", "free", "source_url", "changed_at", "tier_as_written", "demo",
)  # fmt: skip
_DETAILED = ("contact", "summary", "eligibility", "bring", "fee", "directions", "fuse")
_encode = msgspec.json.Encoder().encode


def encode_brief(entry: Entry, now: datetime, public_url: str) -> bytes:
    """The event as JSON for a list or a month, as it is read at an instant."""
    return _encode(EventBrief(**_shown(entry, now, public_url)))


def encode_page(entries: Iterable[Entry], after: str | None, now: datetime, public_url: str) -> bytes:
    """A page of a list as JSON, and the cursor of the next one."""
    items = b",".join(encode_brief(entry, now, public_url) for entry in entries)
    return b'{"items":[%b],"next":%b}' % (items, _encode(after))


def written(entry: Entry, now: datetime, public_url: str) -> EventWritten:
    """The event as the answer to a change of it. The entry was read with its details."""
    return EventWritten(**_shown(entry, now, public_url), **_detailed(entry, public_url))


def encode_full(entry: Entry, competitions: Sequence[tuple[UUID, str]], now: datetime, public_url: str) -> bytes:
    """The event alone as JSON. The entry was read with its details; competitions are ids and titles in their order."""
    offered = tuple(CompetitionBrief(key, title) for key, title in competitions)
    return _encode(EventFull(**_shown(entry, now, public_url), **_detailed(entry, public_url), competitions=offered))


def _shown(entry: Entry, now: datetime, public_url: str) -> dict[str, Any]:
    derived = {"status": entry.status_at(now), "registration": entry.registration_at(now), "url": f"{public_url}/events/{entry.id}"}
    return {name: getattr(entry, name) for name in _SAME} | derived


def _detailed(entry: Entry, public_url: str) -> dict[str, Any]:
    if entry.details is None:
        raise ValueError("the entry was read without its details")
    return {name: getattr(entry.details, name) for name in _DETAILED} | {"short_url": short_address(public_url, entry.details.number)}
