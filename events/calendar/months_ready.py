"""Months kept ready: one reading of a month answers every filter of it, until a commit changes it or an instant turns it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Date, Select, Uuid, any_, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from events.calendar.entries import DAYS, Entry, entries_query, read_entries, read_stamped, stamps_query
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown, read_holidays
from events.calendar.index import Index, narrowed
from events.calendar.models import Event
from events.calendar.month import MonthView, last_of, lay_out, next_midnight
from events.calendar.ready import HOLIDAYS, Ready
from events.calendar.rules import PUBLIC
from events.calendar.schemas_out import encode_brief
from infra import clock
from infra.answers import ReadyAnswer

_encode = msgspec.json.Encoder().encode
# What a piece takes in memory, in sizes of its JSON: measured.
_PIECE_SHARE = 3.3
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """An event as it was read, the stamp of what it was made of, and its JSON. `turns_at` is when it is read differently although nobody
    wrote it."""

    stamp: str
    entry: Entry
    encoded: bytes
    turns_at: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole month as it was read at one instant. `index` is of the events that the view shows."""

    view: MonthView
    index: Index
    pieces: Mapping[UUID, Piece]
    read_at: datetime
    valid_until: datetime

    @property
    def size(self) -> int:
        return int(sum(len(piece.encoded) for piece in self.pieces.values()) * _PIECE_SHARE) + 100 * len(self.pieces) + 10_000


@dataclass(frozen=True, slots=True)
class _Holidays:
    """A year's, until another is entered."""

    days: Mapping[date, HolidayShown] | None
    valid_until: datetime = FOR_EVER
    size: int = 10_000


@dataclass(frozen=True, slots=True)
class Months:
    """The way to months, for the API, for pages and for whatever else shows them."""

    ready: Ready
    engine: AsyncEngine
    zone: ZoneInfo
    public_url: str

    async def month_answer(self, key: Hashable, first: date, filters: Filters) -> ReadyAnswer:
        """The month as JSON, kept ready under the key (the address)."""

        async def make() -> ReadyAnswer:
            snapshot = await self.snapshot(first)
            parts = encode_month(filtered(snapshot, filters), snapshot.pieces)
            return ReadyAnswer(parts, "application/json", snapshot.valid_until)

        return await self.ready.get(key, [f"{first:%Y-%m}"], make)

    async def snapshot(self, first: date) -> Snapshot:
        """The whole month. Of what was kept of it before a change, only the events that the change touched are read again.

        In two statements at the most: where the holidays of its year have to be read too, the whole month is read in one.
        """
        key = ("month", first)

        async def make() -> Snapshot:
            now = clock.now().astimezone(self.zone)
            before = cast("Snapshot | None", self.ready.outdated(key)) if self.ready.held(("holidays", first.year)) else None
            holidays = await self._holidays(first.year)
            async with self.engine.connect() as connection:
                # One snapshot of the database for both statements: never two revisions mixed.
                await connection.execution_options(isolation_level="REPEATABLE READ")
                pieces = await self._pieces(connection, first, before, now)
            view = lay_out(first, (piece.entry for piece in pieces.values()), holidays)
            index = Index(view.entries().values(), now, (first, last_of(first)))
            turns = [piece.turns_at for piece in pieces.values() if piece.turns_at]
            return Snapshot(view, index, pieces, now, min([next_midnight(now), *turns]))

        return await self.ready.get(key, [f"{first:%Y-%m}"], make, material=True)

    async def _holidays(self, year: int) -> Mapping[date, HolidayShown] | None:
        """Read once: whoever enters a holiday raises a revision of its own, and those of all months of the year."""

        async def make() -> _Holidays:
            async with self.engine.connect() as connection:
                return _Holidays(await read_holidays(connection, year))

        return (await self.ready.get(("holidays", year), [HOLIDAYS], make, material=True)).days

    async def _pieces(self, connection: AsyncConnection, first: date, before: Snapshot | None, now: datetime) -> dict[UUID, Piece]:
        """The pieces of a month: those kept before that are still the same, the others read."""
        if before is None:
            read = await read_stamped(connection, entries_query().where(*_touching(first)), self.zone)
            return {entry.id: self._piece(stamp, entry, now) for entry, stamp in read}
        stamps: dict[UUID, str] = {row.id: row.stamp for row in await connection.execute(month_query(first))}
        kept = {key: piece for key, stamp in stamps.items() if (piece := _still(before, key, stamp, now))}
        missing = [key for key in stamps if key not in kept]
        if not missing:
            return kept
        entries = await read_entries(connection, entries_query().where(Event.id == any_(literal(missing, ARRAY(Uuid)))), self.zone)
        return kept | {entry.id: self._piece(stamps[entry.id], entry, now) for entry in entries}

    def _piece(self, stamp: str, entry: Entry, now: datetime) -> Piece:
        return Piece(stamp, entry, encode_brief(entry, now, self.public_url), entry.turns_after(now))


def _still(before: Snapshot, key: UUID, stamp: str, now: datetime) -> Piece | None:
    """The piece of an event that nobody has written since, and that time hasn't turned."""
    piece = before.pieces.get(key)
    if piece is None or piece.stamp != stamp:
        return None
    return piece if piece.turns_at is None or piece.turns_at > now else None


def month_query(first: date) -> Select[Any]:
    """The ids and stamps of the public events whose days touch a month; an index makes the other months cost nothing."""
    return stamps_query().where(*_touching(first))


def _touching(first: date) -> tuple[ColumnElement[bool], ...]:
    month = func.daterange(literal(first, Date), literal(last_of(first), Date), "[]")
    # Without days an event overlaps everything: its range has no ends.
    return DAYS.op("&&")(month), Event.first_on.is_not(None), Event.status.in_(PUBLIC)


def filtered(snapshot: Snapshot, filters: Filters) -> MonthView:
    """The month with the events that were asked for."""
    return narrowed(snapshot.view, snapshot.index, filters)


def encode_month(view: MonthView, pieces: Mapping[UUID, Piece]) -> list[bytes]:
    """The month as JSON, in parts: the JSON of each event is the one that all answers share."""

    def listed(name: str, entries: Iterable[Entry]) -> Iterator[bytes]:
        """A field with its events, opened by a comma: none of them is the first of its object."""
        yield b',"%b":[' % name.encode()
        for n, entry in enumerate(entries):
            if n:
                yield b","
            yield pieces[entry.id].encoded
        yield b"]"

    parts = [b'{"month":%b,"days":[' % _encode(view.month)]
    for day in view.days:
        parts += [b'%b{"date":"%b","holiday":%b' % (b"," if day.date.day > 1 else b"", str(day.date).encode(), _encode(day.holiday))]
        parts += [*listed("events", day.events), b"}"]
    parts += [b"]", *listed("runs", view.runs), *listed("undated", view.undated), *listed("long_term", view.long_term)]
    return [*parts, b',"counts":%b,"holidays_announced":%b}' % (_encode({"tier": view.counts()}), _encode(view.holidays_announced))]
