"""Competitions as they are read."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from events.calendar.rules import RegistrationState, registration_state
from events.competitions.models import Competition, Division
from events.competitions.rules import Entry, Promotion


class DivisionOut(msgspec.Struct, frozen=True):
    """`places_left` counts free places; a full division still takes teams, on its waitlist."""

    id: UUID
    name: str
    quota: int
    roster_min: int
    roster_max: int
    confirmed: int
    waitlisted: int
    places_left: int
    state: RegistrationState


class CompetitionOut(msgspec.Struct, frozen=True):
    id: UUID
    event_id: UUID
    title: str
    entry: Entry
    promotion: Promotion
    registration_opens_at: datetime
    registration_closes_at: datetime
    per_contact: int
    divisions: list[DivisionOut]


def competition_out(
    competition: Competition, divisions: Iterable[Division], now: datetime, zone: ZoneInfo, *, over_at: datetime | None
) -> CompetitionOut:
    """The competition with its instants in the city's zone, as it is read now."""
    return CompetitionOut(
        id=competition.id,
        event_id=competition.event_id,
        title=competition.title,
        entry=competition.entry,
        promotion=competition.promotion,
        registration_opens_at=competition.registration_opens_at.astimezone(zone),
        registration_closes_at=competition.registration_closes_at.astimezone(zone),
        per_contact=competition.per_contact,
        divisions=[division_out(competition, division, now, over_at=over_at) for division in divisions],
    )


def division_out(competition: Competition, division: Division, now: datetime, *, over_at: datetime | None) -> DivisionOut:
    """The division with the state of its own window, which a stopped event closed early, and one that is over (`over_at`) ended."""
    closes_at = min(filter(None, (division.closed_at, competition.registration_closes_at)))
    window = (competition.registration_opens_at, closes_at)
    windows = [window] if window[0] < closes_at else []
    free = windows if division.confirmed < division.quota else []
    return DivisionOut(
        id=division.id,
        name=division.name,
        quota=division.quota,
        roster_min=division.roster_min,
        roster_max=division.roster_max,
        confirmed=division.confirmed,
        waitlisted=division.waitlisted,
        places_left=max(division.quota - division.confirmed, 0),
        state=registration_state(now, windows=windows, free=free, over_at=over_at),
    )
