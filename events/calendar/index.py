"""Events by what filters ask of them: sets of events as the bits of numbers, so that counting looks at no event. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import compress
from operator import or_
from typing import Any, TypeVar

from events.calendar import search
from events.calendar.daykinds import Days
from events.calendar.entries import Entry
from events.calendar.filters import VALUES, Filters
from events.calendar.month import MonthView, touches

V = TypeVar("V", bound=Hashable)


class Index:
    """Entries as they are at one instant. A set of them is a number whose bit n stands for the entry n; what was sorted once is kept.

    `days` are the first and the last of those that are shown: sessions on others don't count for `when`.
    """

    def __init__(self, entries: Iterable[Entry], now: datetime, days: Days) -> None:
        self.entries: Sequence[Entry] = list(entries)
        self.now, self.days = now, days
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

    def having(self, field: str) -> Mapping[str, int]:
        """For each value of a filter the entries that it finds."""
        return self.by(self._when if field == "when" else VALUES[field])

    def _when(self, entry: Entry, _: datetime) -> Iterable[str]:
        kinds = zip(entry.occurrences, entry.kinds, strict=True)
        return {kind for one, of in kinds if touches(one, *self.days) for kind in of}

    def through(self, filters: Filters) -> int:
        """The entries that filters let through, as `Filters.matches` would say of each."""
        found = (1 << len(self.entries)) - 1
        for field in VALUES:
            if asked := getattr(filters, field):
                having = self.having(field)
                found &= reduce(or_, [having.get(value, 0) for value in asked])
        if filters.q:
            words = search.sought(filters.q)
            found &= sum(1 << n for n, entry in enumerate(self.entries) if search.found_by(entry.searched, words))
        return found

    def shown(self, found: int) -> list[Entry]:
        """The entries of a set, in their order."""
        return list(compress(self.entries, (bit == "1" for bit in reversed(f"{found:b}"))))


def narrowed(view: MonthView, index: Index, filters: Filters) -> MonthView:
    """A month with what was asked for; `index` is of all its events and its days."""
    if filters == Filters():
        return view
    kept = {entry.id for entry in index.shown(index.through(filters))}
    return view.only(kept, filters.sessions if filters.when else None)
