"""Rows of a calendar for tests: one published event with its occurrences, in Shanghai."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Precision
from events.calendar.models import Event, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.regions.rules import Tier
from infra.ids import new_id

CITY, DISTRICT, STREET = "310000", "310110", "310110016"
CHANGED = datetime(2026, 4, 1, 2, 3, 4, tzinfo=UTC)


async def add_event(session: AsyncSession, *occurrences: Occurrence, **values: Any) -> Event:
    """A published street event on the days of its occurrences (by default one, all of 2 May 2026)."""
    occurrences = occurrences or (on(date(2026, 5, 2)),)
    event = Event(
        **{
            "id": new_id(),
            "title": "社区篮球赛",
            "status": EventStatus.PUBLISHED,
            "tier": Tier.STREET,
            "region_code": STREET,
            "precision": Precision.DAY,
            "first_on": min(o.first_on for o in occurrences),
            "last_on": max(o.last_on for o in occurrences),
            "changed_at": CHANGED,
            "created_at": CHANGED,
        }
        | values
    )
    session.add(event)
    await session.flush()
    for position, occurrence in enumerate(occurrences):
        occurrence.event_id, occurrence.position = event.id, position
    session.add_all(occurrences)
    await session.flush()
    return event


def on(first: date, last: date | None = None, **values: Any) -> Occurrence:
    """One occurrence; where it starts at a minute, `starts_at` is given."""
    return Occurrence(
        **{
            "id": new_id(),
            "first_on": first,
            "last_on": last or first,
            "status": OccurrenceStatus.SCHEDULED,
            "sequence": 0,
            "changed_at": CHANGED,
        }
        | values
    )


async def touch(session: AsyncSession, occurrence: Occurrence, at: datetime | None = None, **values: Any) -> None:
    """Change what an occurrence shows, as every verb does: the sequence grows with it."""
    for name, value in values.items():
        setattr(occurrence, name, value)
    occurrence.sequence += 1
    occurrence.changed_at = at or occurrence.changed_at + timedelta(minutes=1)
    await session.flush()
