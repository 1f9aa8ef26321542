"""The states that an event has by the time of day, in SQL: what `Entry` says of itself in memory."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, String, and_, case, cast, func, select

from events.calendar.models import Event, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus, RegistrationState, ShownStatus


def over_at(zone: ZoneInfo) -> ColumnElement[datetime | None]:
    """The instant at which an event's last session that was not cancelled ends: its end, else the midnight after its last day."""
    alive = and_(Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None), Occurrence.status == OccurrenceStatus.SCHEDULED)
    last = select(func.max(func.coalesce(Occurrence.ends_at, _midnight_after(Occurrence.last_on, zone)))).where(alive)
    return func.coalesce(last.correlate(Event).scalar_subquery(), _midnight_after(Event.last_on, zone))


def _midnight_after(day: Any, zone: ZoneInfo) -> ColumnElement[datetime]:
    return func.timezone(zone.key, cast(day + 1, DateTime(timezone=False)))


def status_case(now: datetime, zone: ZoneInfo) -> ColumnElement[str]:
    """`Entry.status_at` in SQL."""
    over = and_(Event.status == EventStatus.PUBLISHED, over_at(zone) <= now)
    return case((over, ShownStatus.FINISHED.value), else_=cast(Event.status, String))


def registration_case(now: datetime, zone: ZoneInfo) -> ColumnElement[str]:
    """`Entry.registration_at` in SQL."""
    state = RegistrationState
    return case(
        (Event.registration_windows.is_(None), state.NONE.value),
        (over_at(zone) <= now, state.CLOSED.value),
        (Event.registration_free.contains(now), state.OPEN.value),
        (Event.registration_windows.contains(now), state.FULL.value),
        (func.upper(Event.registration_windows) > now, state.UPCOMING.value),
        else_=state.CLOSED.value,
    )
