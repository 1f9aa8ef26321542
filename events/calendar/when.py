"""The dates of a drafted event: sessions as instants and days in the city's zone, made from a reading or from what was written. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from events.calendar.dates import Daypart, Precision, Reading, Session, from_sessions

# No zone can shift the last hours of the year 9999, and no city plans it.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# RFC 3339, section 5.6. `fromisoformat` alone would take week dates and instants without an offset too.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Timed(Protocol):
    """A session as drafted or as stored: what its hours are known to be."""

    @property
    def first_on(self) -> date: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def daypart(self) -> Daypart | None: ...


@dataclass(frozen=True, slots=True)
class DraftSession:
    """One session: instants where the minute is known, and the days they fall on in the city's zone. `id` names the occurrence it is."""

    first_on: date
    last_on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    daypart: Daypart | None = None
    label: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class When:
    """When an event is, as far as it is known: days only where the precision names days, and the text as it was written, if it was."""

    text: str | None = None
    precision: Precision = Precision.UNKNOWN
    first_on: date | None = None
    last_on: date | None = None
    sessions: tuple[DraftSession, ...] = ()


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 instant with its offset, of a year that a calendar of a city can have, or None."""
    try:
        at = datetime.fromisoformat(text.upper()) if INSTANT.fullmatch(text) else None
    except ValueError:
        return None
    return at if at and FIRST_YEAR <= at.year <= LAST_YEAR else None


def when_read(reading: Reading, zone: ZoneInfo) -> When:
    """The dates that a text was read as, its wall times taken in the city's zone."""
    sessions = tuple(_placed(session, zone) for session in reading.sessions)
    return When(reading.text, reading.precision, reading.first_on, reading.last_on, sessions)


def when_held(sessions: Sequence[DraftSession]) -> When:
    """The dates of an event whose sessions were given one by one."""
    if not sessions:
        return When()
    return When(None, precision_of(sessions), min(s.first_on for s in sessions), max(s.last_on for s in sessions), tuple(sessions))


def precision_of(sessions: Iterable[Timed]) -> Precision:
    """MINUTE when the minute of every session is known, DAYPART when at least a part of the day of each, else DAY."""
    return from_sessions([Session(s.first_on, s.first_on, s.starts_at.time() if s.starts_at else None, None, s.daypart) for s in sessions])


def timed(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo) -> DraftSession:
    """A session whose minute is known. One that ends at midnight ends on the day before, as people say it."""
    first = starts_at.astimezone(zone).date()
    last = first if ends_at is None else (ends_at.astimezone(zone) - timedelta(microseconds=1)).date()
    return DraftSession(first, last, starts_at, ends_at)


def _placed(session: Session, zone: ZoneInfo) -> DraftSession:
    starts = _instant(session.first_on, session.starts_at, zone)
    ends = _instant(session.last_on, session.ends_at, zone) if starts else None
    daypart = None if starts else session.daypart
    return DraftSession(session.first_on, session.last_on, starts, ends, daypart, session.label)


def _instant(day: date, at: time | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, at, zone) if at is not None else None
