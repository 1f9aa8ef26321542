"""Desks and drafts, as tests of writing need them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Role
from events.calendar.drafts import EventDraft
from events.calendar.models import Event, Occurrence
from events.calendar.when import DraftSession, timed, when_held

ZONE = ZoneInfo("Asia/Shanghai")
CITY = Actor(Role.CITY_OFFICER, "310000")
YANGPU = Actor(Role.DISTRICT_OFFICER, "310110")
HONGKOU = Actor(Role.DISTRICT_OFFICER, "310109")
YINHANG = Actor(Role.STREET_OFFICER, "310110016")
WUJIAOCHANG = Actor(Role.STREET_OFFICER, "310110019")


def day(*ymd: int, until: date | None = None, **known: Any) -> DraftSession:
    """A session of a whole day, or of the days until another."""
    first = date(*ymd)
    return DraftSession(first, until or first, **known)


def hour(*ymdh: int, **known: Any) -> DraftSession:
    """A session from a full hour in the city's zone, its end unknown."""
    made = timed(datetime(*ymdh, tzinfo=ZONE), None, ZONE)
    return DraftSession(made.first_on, made.last_on, made.starts_at, **known)


def draft(*sessions: DraftSession, **written: Any) -> EventDraft:
    """An event of Yangpu on the sessions given."""
    return EventDraft(**({"title": "滨江健步走", "region_code": "310110", "when": when_held(sessions)} | written))


async def sessions_of(session: AsyncSession, event: Event) -> list[Occurrence]:
    """Every session of the event in order, those removed included, as stored."""
    query = select(Occurrence).where(Occurrence.event_id == event.id).order_by(Occurrence.position, Occurrence.id)
    return [*await session.scalars(query.execution_options(populate_existing=True))]
