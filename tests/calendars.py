"""Rows of a calendar for tests: one published event with its occurrences, in regions that are there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Precision
from events.calendar.models import Event, Occurrence
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.regions.models import Region
from events.regions.rules import RegionKind, Tier
from infra.ids import new_id

CITY, DISTRICT, STREET = "310000", "310110", "310110017"
CHANGED = datetime(2026, 4, 1, 2, 3, 4, tzinfo=UTC)
_UP = {
    CITY: ("上海市", RegionKind.CITY, Tier.CITY),
    DISTRICT: ("杨浦区", RegionKind.AREA, Tier.DISTRICT),
    STREET: ("殷行街道", RegionKind.STREET, Tier.STREET),
}


async def have_regions(session: AsyncSession) -> None:
    """Shanghai, Yangpu and one street of it, unless the facts hold them already."""
    within: list[str] = []
    for code, (name, kind, tier) in _UP.items():
        row = {
            "code": code,
            "name": name,
            "kind": kind,
            "tier": tier,
            "parent_code": within[-1] if within else None,
            "within": [*within, code],
        }
        await session.execute(insert(Region).values(statistical=False, **row).on_conflict_do_nothing())
        within.append(code)


async def add_event(session: AsyncSession, *occurrences: Occurrence, **values: Any) -> Event:
    """A published street event on the days of its occurrences (by default one, all of 2 May 2026)."""
    await have_regions(session)
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
