"""What a list or a month shows of an event, read in one statement and ready to be written as JSON."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import Range, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.dates import Daypart, Precision
from events.calendar.daykinds import When, entered_days, kinds_of
from events.calendar.models import Board, Event, Occurrence, Series, Sport, Venue
from events.calendar.rules import (
    PUBLIC,
    Datum,
    EventStatus,
    OccurrenceStatus,
    RegistrationState,
    ShownStatus,
    Span,
    next_turn,
    registration_state,
    shown_status,
)
from events.regions.models import Region
from events.regions.rules import Tier

# The days of an event, written as its index has them.
DAYS: ColumnElement[Any] = literal_column("daterange(events.first_on, events.last_on, '[]')")


class Named(msgspec.Struct, frozen=True):
    """A series, board or sport."""

    slug: str
    name: str


class Place(msgspec.Struct, frozen=True):
    """A region."""

    code: str
    name: str


class Point(msgspec.Struct, frozen=True):
    lon: float
    lat: float
    datum: Datum | None


class VenueShown(msgspec.Struct, frozen=True):
    name: str
    address: str | None
    point: Point | None


class OccurrenceShown(msgspec.Struct, frozen=True, gc=False):
    """One dated session. `all_day` says that no minute is known: a session of a daypart, too, stands in calendars as a day."""

    id: UUID
    starts_at: datetime | None
    ends_at: datetime | None
    on: date
    until: date
    all_day: bool
    daypart: Daypart | None
    label: str | None
    status: OccurrenceStatus
    sequence: int
    changed_at: datetime


class Details(msgspec.Struct, frozen=True):
    """What only the page of the event itself shows."""

    contact: str | None
    summary: str | None
    eligibility: str | None
    bring: str | None
    fee: str | None
    directions: str | None
    fuse: str | None
    number: int


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An event as it is stored, with what it shows of its neighbours. Instants stand in the city's zone.

    `within` holds every region code that finds the event; `sports` every slug that does (`sport` is the one shown); `searched` the text
    that `q=` looks through; `over_at` the instant from which a published event is finished, None when it has no day; `kinds` the kinds of
    days and hours that each of its sessions is at.
    `details` is None unless it was asked for.
    """

    id: UUID
    title: str
    status: EventStatus
    tier: Tier
    tier_as_written: str | None
    region: Place
    within: frozenset[str]
    series: Named | None
    board: Named | None
    sport: Named | None
    sports: tuple[str, ...]
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
    registration_windows: tuple[Span, ...] | None
    registration_free: tuple[Span, ...]
    over_at: datetime | None
    changed_at: datetime
    demo: bool
    searched: str
    details: Details | None
    kinds: tuple[frozenset[When], ...] = ()

    @property
    def when(self) -> frozenset[When]:
        """The kinds of days and hours that any of its sessions is at."""
        return self.kinds[0] if len(self.kinds) == 1 else frozenset().union(*self.kinds)

    def status_at(self, now: datetime) -> ShownStatus:
        return shown_status(now, self.status, self.over_at)

    def registration_at(self, now: datetime) -> RegistrationState:
        return registration_state(now, windows=self.registration_windows, free=self.registration_free, over_at=self.over_at)

    def turns_after(self, now: datetime) -> datetime | None:
        """The next instant at which the event is read differently although nobody touched it."""
        spans = (*(self.registration_windows or ()), *self.registration_free)
        return next_turn(now, status=self.status, over_at=self.over_at, spans=spans)


class _Stored(msgspec.Struct):
    """An occurrence as the statement's JSON has it."""

    id: UUID
    starts_at: datetime | None
    ends_at: datetime | None
    first_on: date
    last_on: date
    daypart: Daypart | None
    label: str | None
    status: OccurrenceStatus
    sequence: int
    changed_at: datetime


_occurrences = msgspec.json.Decoder(list[_Stored])
_entered = msgspec.json.Decoder(dict[date, bool])

# One aggregate an event: a join would repeat the event for each of its sessions, and a second statement could see another commit.
_OCCURRENCES = (
    select(
        cast(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_object(*(part for name in _Stored.__struct_fields__ for part in (name, getattr(Occurrence, name)))),
                    Occurrence.position,
                    Occurrence.id,
                )
            ),
            Text,
        )
    )
    .where(Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None))
    .correlate(Event)
    .scalar_subquery()
)


def entries_query(*, details: bool = False) -> Select[Any]:
    """The statement that reads entries; the caller says which events and in what order."""
    shown = [getattr(Event, name) for name in (*_COPIED, "organiser", "undertaker", "sports", "audience", *_SPANS, "changed_at")]
    return _with_neighbours(
        select(
            *shown,
            _OCCURRENCES.label("occurrences"),
            entered_days().label("entered"),
            Region.code.label("region_code"),
            Region.name.label("region_name"),
            Region.within.label("within"),
            Series.slug.label("series_slug"),
            Series.name.label("series_name"),
            Board.slug.label("board_slug"),
            Board.name.label("board_name"),
            Sport.name.label("sport_name"),
            Venue.name.label("venue_name"),
            Venue.address.label("venue_address"),
            Venue.lon,
            Venue.lat,
            Venue.datum,
            *((getattr(Event, name) for name in Details.__struct_fields__) if details else ()),
        )
    )


def stamps_query() -> Select[Any]:
    """Each event's id and a text that is another as soon as anything that its entry is made of was written."""
    return _with_neighbours(select(Event.id, _stamp()))


def _stamp() -> Any:
    """PostgreSQL gives every version of a row the number of the transaction that wrote it (`xmin`), so nobody can forget to raise it."""
    written = [literal_column(f"{table.__tablename__}.xmin::text", Text) for table in (Event, Region, Series, Board, Sport, Venue)]
    sessions = func.array_agg(aggregate_order_by(literal_column("occurrences.xmin::text", Text), Occurrence.id))
    of_sessions = select(sessions).where(Occurrence.event_id == Event.id, Occurrence.removed_at.is_(None)).correlate(Event)
    return func.concat_ws("/", *written, of_sessions.scalar_subquery(), entered_days()).label("stamp")


def _with_neighbours(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.select_from(Event)
        .join(Region, Region.code == Event.region_code)
        .outerjoin(Series, Series.id == Event.series_id)
        .outerjoin(Board, Board.id == Event.board_id)
        .outerjoin(Sport, Sport.slug == Event.sports[1])
        .outerjoin(Venue, Venue.id == Event.venue_id)
    )


async def read_entries(connection: AsyncConnection | AsyncSession, wanted: Select[Any], zone: ZoneInfo) -> list[Entry]:
    """The entries of an `entries_query`, in its order."""
    rows = await connection.execute(wanted)
    names = tuple(rows.keys())
    return [as_entry(dict(zip(names, row, strict=True)), zone) for row in rows]


async def read_stamped(connection: AsyncConnection, wanted: Select[Any], zone: ZoneInfo) -> list[tuple[Entry, str]]:
    """The entries of an `entries_query`, in its order, each with the stamp that `stamps_query` gives it, read in the same statement."""
    rows = (await connection.execute(wanted.add_columns(_stamp()))).mappings()
    return [(as_entry(dict(row), zone), row["stamp"]) for row in rows]


async def find_entry(
    connection: AsyncConnection | AsyncSession, event_id: UUID, zone: ZoneInfo, *, statuses: Iterable[EventStatus] = PUBLIC
) -> Entry | None:
    """One event with its details, if its status is among those that the reader may see."""
    wanted = entries_query(details=True).where(Event.id == event_id, Event.status.in_(tuple(statuses)))
    return next(iter(await read_entries(connection, wanted, zone)), None)


_COPIED = (
    "id", "title", "status", "tier", "tier_as_written", "date_text", "precision", "first_on", "last_on",
    "source_url", "free", "demo", "searched",
)  # fmt: skip
_SPANS = ("registration_windows", "registration_free")


def as_entry(stored: dict[str, Any], zone: ZoneInfo) -> Entry:
    """The entry of a row of an `entries_query`, whatever else the row holds."""
    copied: dict[str, Any] = {name: stored[name] for name in _COPIED}
    occurrences = tuple(_occurrence(one, zone) for one in _occurrences.decode(stored["occurrences"] or "[]"))
    entered = _entered.decode(stored["entered"]) if stored["entered"] else {}
    return Entry(
        **copied,
        registration_windows=_spans(stored["registration_windows"], zone),
        registration_free=_spans(stored["registration_free"], zone) or (),
        changed_at=stored["changed_at"].astimezone(zone),
        region=_place(stored["region_code"], stored["region_name"]),
        within=_codes(tuple(stored["within"])),
        organiser=_shared(stored["organiser"]),
        undertaker=_shared(stored["undertaker"]),
        series=_named(stored["series_slug"], stored["series_name"]),
        board=_named(stored["board_slug"], stored["board_name"]),
        sport=_named(next(iter(stored["sports"]), None), stored["sport_name"]),
        sports=tuple(stored["sports"]),
        audience=tuple(stored["audience"]),
        occurrences=occurrences,
        over_at=_over_at(occurrences, stored["last_on"], zone),
        kinds=tuple(kinds_of(one, entered) for one in occurrences),
        venue=_venue(*(stored[name] for name in ("venue_name", "venue_address", "lon", "lat", "datum"))),
        details=Details(*(stored[name] for name in Details.__struct_fields__)) if "summary" in stored else None,
    )


def _over_at(sessions: Sequence[OccurrenceShown], last_on: date | None, zone: ZoneInfo) -> datetime | None:
    """The instant at which an event's last session that was not cancelled ends: its end, else the midnight after its last day."""
    ends = [one.ends_at or _midnight_after_day(one.until, zone) for one in sessions if one.status is OccurrenceStatus.SCHEDULED]
    return max(ends, default=_midnight_after_day(last_on, zone) if last_on else None)


def _midnight_after_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


# What many events show is held in memory once.
_once = lru_cache(maxsize=10_000)
_place = _once(Place)


@_once
def _codes(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(codes)


@_once
def _shared(text: str | None) -> str | None:
    return text


@_once
def _named(slug: str | None, name: str | None) -> Named | None:
    return Named(slug, name or slug) if slug else None


@_once
def _venue(name: str | None, address: str | None, lon: float | None, lat: float | None, datum: Datum | None) -> VenueShown | None:
    point = None if lon is None or lat is None else Point(lon, lat, datum)
    return VenueShown(name, address, point) if name else None


def _occurrence(stored: _Stored, zone: ZoneInfo) -> OccurrenceShown:
    return OccurrenceShown(
        id=stored.id,
        starts_at=_local(stored.starts_at, zone),
        ends_at=_local(stored.ends_at, zone),
        on=stored.first_on,
        until=stored.last_on,
        all_day=stored.starts_at is None,
        daypart=stored.daypart,
        label=stored.label,
        status=stored.status,
        sequence=stored.sequence,
        changed_at=stored.changed_at.astimezone(zone),
    )


def _spans(ranges: Iterable[Range[datetime]] | None, zone: ZoneInfo) -> tuple[Span, ...] | None:
    if ranges is None:
        return None
    return tuple((span.lower.astimezone(zone), span.upper.astimezone(zone)) for span in ranges if span.lower and span.upper)


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone) if at else None
