"""Months kept ready: one reading of a month answers every filter of it, until a commit changes it or an instant turns it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Date, Select, func, literal
from sqlalchemy.ext.asyncio import AsyncEngine

from events.calendar.entries import Entry, entries_query, read_entries
from events.calendar.filters import Filters
from events.calendar.holidays import read_holidays
from events.calendar.models import Event
from events.calendar.month import MonthView, last_of, lay_out, next_turn_of
from events.calendar.ready import Ready
from events.calendar.rules import PUBLIC
from events.calendar.schemas_out import encode_brief
from infra import clock
from infra.answers import ReadyAnswer

_encode = msgspec.json.Encoder().encode
# What an entry and its JSON take in memory, in sizes of the JSON: measured.
_ENTRY_SHARE = 3.2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole month as it was read at one instant, and the JSON of each of its events."""

    view: MonthView
    encoded: Mapping[UUID, bytes]
    read_at: datetime
    valid_until: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Months:
    """The way to months, for the API, for pages and for whatever else shows them."""

    ready: Ready
    reader: AsyncEngine
    zone: ZoneInfo
    public_url: str

    async def month_answer(self, key: Hashable, first: date, filters: Filters) -> ReadyAnswer:
        """The month as JSON, kept ready under the key (the address)."""

        async def make() -> ReadyAnswer:
            snapshot = await self.snapshot(first)
            parts = encode_month(filtered(snapshot, filters), snapshot.encoded)
            return ReadyAnswer(parts, "application/json", snapshot.valid_until)

        return await self.ready.get(key, [f"{first:%Y-%m}"], make)

    async def snapshot(self, first: date) -> Snapshot:
        """The whole month, read in two statements when it isn't kept."""

        async def make() -> Snapshot:
            now = clock.now().astimezone(self.zone)
            async with self.reader.connect() as connection:
                entries = await read_entries(connection, month_query(first), self.zone)
                holidays = await read_holidays(connection, first.year)
            view = lay_out(first, entries, holidays)
            shown = view.entries()
            encoded = {key: encode_brief(entry, now, self.public_url) for key, entry in shown.items()}
            size = int(sum(map(len, encoded.values())) * _ENTRY_SHARE) + 10_000
            return Snapshot(view, encoded, now, next_turn_of(shown.values(), now), size)

        return await self.ready.get(("month", first), [f"{first:%Y-%m}"], make)


def month_query(first: date) -> Select[tuple[object, ...]]:
    """The public events whose days touch a month. The range is written as its index has it, so other months cost nothing."""
    month = func.daterange(literal(first, Date), literal(last_of(first), Date), "[]")
    touching = func.daterange(Event.first_on, Event.last_on, "[]").op("&&")(month)
    return entries_query().where(touching, Event.status.in_(PUBLIC))


def filtered(snapshot: Snapshot, filters: Filters) -> MonthView:
    """The month with the events that were asked for."""
    if filters == Filters():
        return snapshot.view
    return snapshot.view.where(lambda entry: filters.matches(entry, snapshot.read_at))


def encode_month(view: MonthView, encoded: Mapping[UUID, bytes]) -> list[bytes]:
    """The month as JSON, in parts: the JSON of each event is the one that all answers share."""

    def listed(name: str, entries: Iterable[Entry]) -> Iterator[bytes]:
        """A field with its events, opened by a comma: none of them is the first of its object."""
        yield b',"%b":[' % name.encode()
        for n, entry in enumerate(entries):
            if n:
                yield b","
            yield encoded[entry.id]
        yield b"]"

    parts = [b'{"month":%b,"days":[' % _encode(view.month)]
    for day in view.days:
        parts += [b'%b{"date":"%b","holiday":%b' % (b"," if day.date.day > 1 else b"", str(day.date).encode(), _encode(day.holiday))]
        parts += [*listed("events", day.events), b"}"]
    parts += [b"]", *listed("runs", view.runs), *listed("undated", view.undated), *listed("long_term", view.long_term)]
    return [*parts, b',"counts":%b,"holidays_announced":%b}' % (_encode({"tier": view.counts()}), _encode(view.holidays_announced))]
