"""How many events each choice would show, and what dropping a filter would give: counted over events in memory. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from events.calendar.called import Names
from events.calendar.entries import Entry
from events.calendar.filters import Filters
from events.calendar.index import Index

# A value of a filter, its name, and how many events have it.
Counted = tuple[str, str, int]


class Counts(Protocol):
    """What the choices beside a calendar are made of."""

    def of(self, field: str) -> Iterable[Counted]:
        """The values of a filter among the events that all the other filters let through, the most frequent first."""

    def found(self, filters: Filters) -> int:
        """How many events these filters show."""


Pairs = Callable[[Entry, datetime], Iterable[tuple[str, str]]]
# What an event adds to the choices of a filter, each value with its name.
CHOICES: dict[str, Pairs] = {
    "series": lambda entry, _: [(entry.series.slug, entry.series.name)] if entry.series else [],
    "board": lambda entry, _: [(entry.board.slug, entry.board.name)] if entry.board else [],
    "sport": lambda entry, _: [(entry.sport.slug, entry.sport.name)] if entry.sport else [],
}


def _own_region(entry: Entry, _: datetime) -> Iterable[tuple[str, str]]:
    return [(entry.region.code, entry.region.name)]


class InMemory:
    """Counted over the events of a month or a week. `names` are regions that may be chosen although no event is just there: home."""

    def __init__(self, index: Index, filters: Filters, names: dict[str, str]) -> None:
        self._index, self._filters, self._names = index, filters, names
        self._through: dict[Filters, int] = {}

    def of(self, field: str) -> Iterable[Counted]:
        through = self._let_through(self._filters.without(field))
        if field == "region":
            names = dict(pair for pair, having in self._index.by(_own_region).items() if having & through) | self._names
            return _ranked((code, names[code], having & through) for code, having in self._index.having(field).items() if code in names)
        if field == "registration":
            return [("open", "open", (self._index.having(field).get("open", 0) & through).bit_count())]
        if field not in CHOICES:
            return _ranked((value, value, having & through) for value, having in self._index.having(field).items())
        found: dict[str, tuple[str, int]] = {}
        for (value, name), having in self._index.by(CHOICES[field]).items():
            found[value] = name, found.get(value, ("", 0))[1] | having & through
        chosen = getattr(self._filters, field)
        return _ranked(((value, name, having) for value, (name, having) in found.items()), chosen)

    def within(self, codes: Sequence[str]) -> Iterable[Counted]:
        """These regions, each with all below it, among the events that all filters but those of regions let through."""
        through, having = self._let_through(self._filters.without("region")), self._index.having("region")
        return _ranked((code, code, having.get(code, 0) & through) for code in codes)

    def found(self, filters: Filters) -> int:
        return self._let_through(filters).bit_count()

    def _let_through(self, filters: Filters) -> int:
        if filters not in self._through:
            self._through[filters] = self._index.through(filters)
        return self._through[filters]


def regions_of(names: Names, home: tuple[str, str]) -> dict[str, str]:
    """The regions among names, by their codes, and home."""
    return {code: name for (field, code), name in names.items() if field == "region"} | dict([home])


def unnamed(index: Index, filters: Filters) -> Filters:
    """What is asked for by keys whose names no event here tells."""
    known = {field: {value for value, _ in index.by(choices)} for field, choices in CHOICES.items()}
    return Filters(**{field: tuple(key for key in getattr(filters, field) if key not in known[field]) for field in CHOICES})


def _ranked(found: Iterable[tuple[str, str, int]], chosen: Sequence[str] = ()) -> list[Counted]:
    """The most frequent first, those of one frequency by their value. What was chosen in vain stays, by the name that it has elsewhere."""
    counted = [(value, name, having.bit_count()) for value, name, having in found if having or value in chosen]
    return sorted(counted, key=lambda one: (-one[2], one[0]))
