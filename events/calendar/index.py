"""Events by what filters ask of them: sets of events as the bits of numbers, so that counting looks at no event. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import compress
from operator import or_
from typing import Any, TypeVar

from events.calendar import search
from events.calendar.entries import Entry
from events.calendar.filters import VALUES, Filters

V = TypeVar("V", bound=Hashable)


class Index:
    """Entries as they are at one instant. A set of them is a number whose bit n stands for the entry n; what was sorted once is kept."""

    def __init__(self, entries: Iterable[Entry], now: datetime) -> None:
        self.entries: Sequence[Entry] = list(entries)
        self.now = now
        self._by: dict[Any, Mapping[Any, int]] = {}

    def by(self, values: Callable[[Entry, datetime], Iterable[V]]) -> Mapping[V, int]:
        """For each value the entries that have it, values in the order in which they are met. `values` is a function that stays."""
        if values not in self._by:
            found: defaultdict[V, int] = defaultdict(int)
            for n, entry in enumerate(self.entries):
                for value in values(entry, self.now):
                    found[value] |= 1 << n
            self._by[values] = dict(found)
        return self._by[values]

    def through(self, filters: Filters) -> int:
        """The entries that filters let through, as `Filters.matches` would say of each."""
        found = (1 << len(self.entries)) - 1
        for field, values in VALUES.items():
            if asked := getattr(filters, field):
                having = self.by(values)
                found &= reduce(or_, [having.get(value, 0) for value in asked])
        if filters.q:
            words = search.sought(filters.q)
            found &= sum(1 << n for n, entry in enumerate(self.entries) if search.found_by(entry.searched, words))
        return found

    def shown(self, found: int) -> list[Entry]:
        """The entries of a set, in their order."""
        return list(compress(self.entries, (bit == "1" for bit in reversed(f"{found:b}"))))
