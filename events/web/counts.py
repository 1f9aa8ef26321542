"""How many events each choice would show, and what dropping a filter would give: counted over events in memory. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from events.calendar.entries import Entry
from events.calendar.filters import Filters

# A value of a filter, its name, and how many events have it.
Counted = tuple[str, str, int]


class Counts(Protocol):
    """What the choices beside a calendar are made of."""

    def of(self, field: str) -> Iterable[Counted]:
        """The values of a filter among the events that all the other filters let through, the most frequent first."""

    def found(self, filters: Filters) -> int:
        """How many events these filters show."""


VALUES: dict[str, Callable[[Entry], Iterable[tuple[str, str]]]] = {
    "series": lambda entry: [(entry.series.slug, entry.series.name)] if entry.series else [],
    "board": lambda entry: [(entry.board.slug, entry.board.name)] if entry.board else [],
    "sport": lambda entry: [(entry.sport.slug, entry.sport.name)] if entry.sport else [],
    "audience": lambda entry: [(audience, audience) for audience in entry.audience],
    "free": lambda entry: [("yes", "yes")] if entry.free is True else [],
    "when": lambda entry: [(kind, kind) for kind in entry.when],
    "tier": lambda entry: [(entry.tier, entry.tier)],
}


class InMemory:
    """Counted over the events of a month or a week. `names` are regions that may be chosen although no event is just there: home."""

    def __init__(self, entries: Sequence[Entry], filters: Filters, now: datetime, names: dict[str, str]) -> None:
        self._entries, self._filters, self._now, self._names = entries, filters, now, names
        self._through: dict[Filters, list[Entry]] = {Filters(): list(entries)}

    def of(self, field: str) -> Iterable[Counted]:
        entries = self._let_through(self._filters.without(field))
        if field == "registration":
            return [("open", "open", sum(entry.registration_at(self._now) == "open" for entry in entries))]
        if field == "region":
            names = {entry.region.code: entry.region.name for entry in entries} | self._names
            return _counted((code, names[code]) for entry in entries for code in entry.within if code in names)
        found = _counted(pair for entry in entries for pair in VALUES[field](entry))
        return [*found, *self._chosen_in_vain(field, {value for value, _, _ in found})]

    def _chosen_in_vain(self, field: str, found: set[str]) -> list[Counted]:
        """What was chosen and isn't among them, by the name that it has elsewhere in the month."""
        if not (missing := set(getattr(self._filters, field)) - found):
            return []
        names = dict(pair for entry in self._entries for pair in VALUES[field](entry) if pair[0] in missing)
        return [(value, name, 0) for value, name in sorted(names.items())]

    def within(self, codes: Sequence[str]) -> Iterable[Counted]:
        """These regions, each with all below it, among the events that all filters but those of regions let through."""
        entries = self._let_through(self._filters.without("region"))
        return _counted((code, code) for entry in entries for code in codes if code in entry.within)

    def found(self, filters: Filters) -> int:
        return len(self._let_through(filters))

    def _let_through(self, filters: Filters) -> list[Entry]:
        if filters not in self._through:
            self._through[filters] = [entry for entry in self._entries if filters.matches(entry, self._now)]
        return self._through[filters]


def _counted(pairs: Iterable[tuple[str, str]]) -> list[Counted]:
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for value, name in pairs:
        names[value] = name
        counts[value] += 1
    return [(value, names[value], count) for value, count in counts.most_common()]
