"""The filters of a calendar address. The address is the state: lists, months, pages and feeds read and write the same ones."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from unicodedata import category
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from events.calendar import search
from events.calendar.daykinds import Days, When, is_any, on_any
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.models import Board, Event, Series
from events.calendar.rules import RegistrationState, ShownStatus
from events.calendar.states import registration_case, status_case
from events.errors import Fault, Faulty
from events.regions.queries import within
from events.regions.rules import Tier

Pairs = list[tuple[str, str]]

MOST_VALUES = 40
MOST_CHARACTERS = 100


def _one_of(kind: type[StrEnum], *without: StrEnum) -> Callable[[str, str], Fault | None]:
    known = [value.value for value in kind if value not in without]
    return lambda path, value: None if value in known else Fault(path, "unknown_value", {"known": "、".join(known)})


def _code(path: str, value: str) -> Fault | None:
    return None if value.isascii() and value.isdecimal() and len(value) in (6, 9) else Fault(path, "bad_identifier")


class Free(StrEnum):
    """What may be asked of the cost: only events that are said to cost nothing."""

    YES = "yes"


# None where any text may be asked for.
CHECKS: dict[str, Callable[[str, str], Fault | None] | None] = {
    "tier": _one_of(Tier),
    "region": _code,
    "series": None,
    "board": None,
    "sport": None,
    "audience": None,
    "status": _one_of(ShownStatus, ShownStatus.DRAFT),
    "registration": _one_of(RegistrationState),
    "free": _one_of(Free),
    "when": _one_of(When),
    "q": None,
}
# What an event has of each filter: any of what was asked must be among it. `q` looks through its text instead.
VALUES: dict[str, Callable[[Entry, datetime], Collection[str]]] = {
    "tier": lambda entry, _: (entry.tier,),
    "region": lambda entry, _: entry.within,
    "series": lambda entry, _: (entry.series.slug,) if entry.series else (),
    "board": lambda entry, _: (entry.board.slug,) if entry.board else (),
    "sport": lambda entry, _: entry.sports,
    "audience": lambda entry, _: entry.audience,
    "status": lambda entry, now: (entry.status_at(now),),
    "registration": lambda entry, now: (entry.registration_at(now),),
    "free": lambda entry, _: (Free.YES,) if entry.free is True else (),
    "when": lambda entry, _: entry.when,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked to see: values of one name are alternatives, different names narrow each other.

    Each tuple is sorted and holds a value once, so that equal questions are equal filters. `region` is a code and takes in all below it.
    A region, series, board, sport or audience that nobody has finds nothing, because links outlive what they name. `status` is the
    status as it is read (`finished` included). `when` asks for sessions at such a time: for events that have some, of
    which only those are shown.
    `q` has words parted by spaces, all of which must occur.
    """

    tier: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    board: tuple[str, ...] = ()
    sport: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    q: tuple[str, ...] = ()

    @classmethod
    def parse(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The filters of an address's pairs. An empty value is no filter (a form sends every field). Raises Faulty naming every fault."""
        asked = [(name, " ".join(value.split())) for name, value in pairs]
        faults = [fault for name, value in asked if (fault := _fault(name, value))]
        if len(asked) > MOST_VALUES:
            faults = [Fault("", "too_large", {"most": MOST_VALUES})]
        if faults:
            raise Faulty(*faults)
        return cls(**{name: tuple(sorted({v for n, v in asked if n == name and v})) for name in CHECKS})

    def pairs(self) -> Pairs:
        """Every filter as name and value, in the one order that all addresses have."""
        return [(name, value) for name in CHECKS for value in getattr(self, name)]

    def query(self) -> str:
        """The filters as a query string without its question mark; empty when nothing is filtered."""
        return urlencode(self.pairs())

    def with_(self, name: str, value: str) -> Self:
        """These filters and one more alternative, for a link that adds it."""
        return self._having(name, {*getattr(self, name), value})

    def without(self, name: str, value: str | None = None) -> Self:
        """These filters without one value, or without any of that name."""
        return self._having(name, {v for v in getattr(self, name) if value not in (None, v)})

    def conditions(self, now: datetime, zone: ZoneInfo, *, indexed: bool = True, days: Days | None = None) -> list[ColumnElement[bool]]:
        """What an event's row must be, all of it. `matches` says the same of one that is in memory; `indexed` as in `search.condition`;
        `days` are those within which it must have a session of the kind that `when` asks for."""
        wanted: list[ColumnElement[bool]] = [Event.free.is_(True)] if self.free else []
        if self.tier:
            wanted.append(Event.tier.in_(self.tier))
        if self.region:
            wanted.append(or_(*(Event.region_code.in_(within(code)) for code in self.region)))
        if self.series:
            wanted.append(Event.series_id.in_(select(Series.id).where(Series.slug.in_(self.series))))
        if self.board:
            wanted.append(Event.board_id.in_(select(Board.id).where(Board.slug.in_(self.board))))
        if self.sport:
            wanted.append(Event.sports.overlap(self.sport))
        if self.audience:
            wanted.append(Event.audience.overlap(self.audience))
        if self.q:
            wanted.append(search.condition(self.q, indexed=indexed))
        return wanted + self._conditions_of_time(now, zone, days)

    def of_sessions(self, zone: ZoneInfo) -> list[ColumnElement[bool]]:
        """What a session's row must be to be shown; `sessions` says the same in memory."""
        return [is_any(self.when, zone)] if self.when else []

    def _conditions_of_time(self, now: datetime, zone: ZoneInfo, days: Days | None) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.status:
            wanted.append(status_case(now, zone).in_(self.status))
        if self.registration:
            wanted.append(registration_case(now, zone).in_(self.registration))
        if self.when:
            wanted.append(on_any(self.when, zone, days))
        return wanted

    def matches(self, entry: Entry, now: datetime) -> bool:
        """Whether an event in memory is among what was asked."""
        asked = ((values, getattr(self, name)) for name, values in VALUES.items())
        return all(not any_of or not set(any_of).isdisjoint(values(entry, now)) for values, any_of in asked) and (
            not self.q or search.found_by(entry.searched, search.sought(self.q))
        )

    def sessions(self, entry: Entry) -> tuple[OccurrenceShown, ...]:
        """The sessions of an event that are shown."""
        if not self.when:
            return entry.occurrences
        kinds = zip(entry.occurrences, entry.kinds, strict=True)
        return tuple(one for one, of in kinds if not of.isdisjoint(self.when))

    def _having(self, name: str, values: set[str]) -> Self:
        """Written out because a page makes hundreds: `dataclasses.replace` takes several times as long."""
        fields: dict[str, tuple[str, ...]] = {field: getattr(self, field) for field in CHECKS}
        fields[name] = tuple(sorted(values))
        return type(self)(**fields)


def parse_query(raw: bytes) -> Pairs:
    """The pairs of a query string as it came over the wire. Raises Faulty when it isn't UTF-8 or has too many parts."""
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_VALUES)
    except UnicodeDecodeError as error:
        raise Faulty(Fault("", "bad_text")) from error
    except ValueError as error:
        raise Faulty(Fault("", "too_large", {"most": MOST_VALUES})) from error


def _fault(name: str, value: str) -> Fault | None:
    if name not in CHECKS:
        return Fault(name[:MOST_CHARACTERS], "unknown_field")
    if len(value) > MOST_CHARACTERS:
        return Fault(name, "too_long", {"most": MOST_CHARACTERS})
    if any(category(character) in ("Cc", "Cs") for character in value):
        return Fault(name, "bad_text")
    check = CHECKS[name]
    return check(name, value) if check and value else None
