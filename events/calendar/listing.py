"""Lists of events by their first day, page by page, and finding the few that a search means among many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Row, Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.entries import DAYS, Entry, entries_query, read_entries
from events.calendar.filters import Filters
from events.calendar.models import Event
from events.calendar.rules import PUBLIC
from infra.cursors import cursor as cursor_of
from infra.cursors import read_cursor

# How many rows, in the list's own order, a search walks before it asks the index of grams.
WALK = 1_000


@dataclass(frozen=True, slots=True)
class After:
    """Where a page begins: after this event. Events without a day come last, by id."""

    first_on: date | None
    id: UUID

    def cursor(self) -> str:
        """The place as an opaque text."""
        return cursor_of(str(self.first_on or ""), str(self.id))

    @classmethod
    def parse(cls, cursor: str) -> "After | None":
        """The place that a cursor says; None for anything that isn't one of ours."""
        day, key = read_cursor(cursor, 2) or ("", "")
        try:
            return cls(date.fromisoformat(day) if day else None, UUID(key))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list: the filters, the days that its events must touch (both included), where it begins, how many at most."""

    filters: Filters
    first: date | None = None
    last: date | None = None
    after: After | None = None
    limit: int = 50


Key = tuple[date | None, UUID]
Conditions = Sequence[ColumnElement[bool]]


async def list_entries(connection: AsyncConnection, asked: Asked, now: datetime, zone: ZoneInfo) -> tuple[list[Entry], str | None]:
    """A page of public events by (first day, id), and the cursor of the next page; in six statements at most.

    The parts of a list follow one another: what had begun before the days asked for, what begins in them, what has no day.
    """
    wanted = [Event.status.in_(PUBLIC), *asked.filters.conditions(now, zone)]
    keys: list[Key] = []
    if asked.after is None or asked.after.first_on:
        if asked.first and (asked.after is None or cast("date", asked.after.first_on) < asked.first):
            keys = await _under_way(connection, asked, wanted)
        if len(keys) <= asked.limit:
            keys += await _beginning(connection, asked, wanted, now, zone)
    if len(keys) <= asked.limit and asked.first is None and asked.last is None:
        keys += await _dateless(connection, asked, wanted)
    page = keys[: asked.limit]
    these = Event.id.in_([key for _, key in page]), Event.status.in_(PUBLIC)
    query = entries_query().where(*these).order_by(Event.first_on.nulls_last(), Event.id)
    entries = await read_entries(connection, query, zone) if page else []
    return entries, After(*page[-1]).cursor() if len(keys) > asked.limit else None


async def _under_way(connection: AsyncConnection, asked: Asked, wanted: Conditions) -> list[Key]:
    """The keys of the events that had begun before the first day asked for and still go on."""
    going_on = DAYS.op("@>")(literal(asked.first, Date)), Event.first_on < asked.first
    return _keys(await connection.execute(_page(asked).where(*going_on, *_beyond(asked.after), *wanted)))


async def _beginning(connection: AsyncConnection, asked: Asked, wanted: Conditions, now: datetime, zone: ZoneInfo) -> list[Key]:
    """The keys of the events whose first day is among those asked for.

    A search is done one of two ways. What is common is soon found by walking the list; what is not found in the first rows is rare
    enough for the index of grams. Left to choose, the planner walks everything for two common words that never meet, or collects every
    event there is for a common one.
    """
    begins = [Event.first_on.is_not(None), *_beyond(asked.after)]
    begins += [Event.first_on >= asked.first] if asked.first else []
    begins += [Event.first_on <= asked.last] if asked.last else []
    if not asked.filters.q:
        return _keys(await connection.execute(_page(asked).where(*begins, *wanted)))
    order = Event.first_on, Event.id
    end = (await connection.execute(select(*order).where(*begins).order_by(*order).offset(WALK).limit(1))).first()
    near = [Event.status.in_(PUBLIC), *begins, *([tuple_(*order) < tuple_(literal(end[0], Date), end[1])] if end else [])]
    found = _keys(await connection.execute(_page(asked).where(*near, *asked.filters.conditions(now, zone, indexed=False))))
    if len(found) > asked.limit or not end:
        return found
    matching = select(Event.first_on, Event.id).where(*begins, *wanted).cte("matching").prefix_with("MATERIALIZED")
    return _keys(await connection.execute(select(matching).order_by(matching.c.first_on, matching.c.id).limit(asked.limit + 1)))


async def _dateless(connection: AsyncConnection, asked: Asked, wanted: Conditions) -> list[Key]:
    """The keys of the events that are known to come, and not when."""
    begins = [Event.id > asked.after.id] if asked.after and asked.after.first_on is None else []
    return _keys(await connection.execute(_page(asked).where(Event.first_on.is_(None), *begins, *wanted)))


def _page(asked: Asked) -> Select[*tuple[Any, ...]]:
    return select(Event.first_on, Event.id).order_by(Event.first_on, Event.id).limit(asked.limit + 1)


def _beyond(after: After | None) -> list[ColumnElement[bool]]:
    if after is None or after.first_on is None:
        return []
    return [tuple_(Event.first_on, Event.id) > tuple_(literal(after.first_on, Date), after.id)]


def _keys(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Key]:
    return [(first_on, key) for first_on, key in rows]
