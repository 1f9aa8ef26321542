"""The choices beside a month: what it holds, how much of each, and the address that each choice leads to. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from events.calendar.filters import Filters
from events.web.month_view import cut

# Choices shown at once; the others unfold.
SHOWN = 8

Address = Callable[[Filters], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a group. `count` is how many events it would show; None where that isn't counted."""

    name: str
    address: str
    chosen: bool
    count: int | None
    mark: str = ""
    removable: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    shown: Sequence[Choice]
    folded: Sequence[Choice] = ()

    @property
    def chosen(self) -> list[Choice]:
        """What of it was chosen, and can be taken back."""
        return [choice for choice in self.shown if choice.chosen and choice.removable]


def group(
    heading: str, field: str, values: Iterable[tuple[str, str, int]], filters: Filters, address: Address, *, whole: str, first: str = ""
) -> Group | None:
    """The choices of one filter: "all" first, then values with their counts, most frequent first. None when there is nothing to choose.

    `values` are (value, name, count), most frequent first. A chosen value stays in sight although no event has it; `first` stands before
    the others.
    """
    found = list(values)
    counts = {value: count for value, _, count in found}
    names = {value: name for value, name, _ in found}
    chosen = getattr(filters, field)
    if len(names) < 2 and not chosen:
        return None
    ranked = [*(value for value in chosen if value not in names), *names]
    choices = [_choice(field, value, names.get(value, value), counts.get(value, 0), filters, address) for value in ranked]
    everything = Choice(whole, address(filters.without(field)), not chosen, None, removable=False)
    ordered = sorted(choices, key=lambda choice: (not choice.chosen, choice.name != names.get(first)))
    shown, folded = cut(ordered, max(SHOWN, len(chosen)))
    return Group(heading, [everything, *shown], folded)


def _choice(field: str, value: str, name: str, count: int, filters: Filters, address: Address) -> Choice:
    return Choice(name, address(toggled(filters, field, value)), value in getattr(filters, field), count)


@lru_cache(maxsize=8_192)
def toggled(filters: Filters, field: str, value: str) -> Filters:
    """The filters with a choice taken or given up. A page has hundreds of choices, and the same ones whenever it is made anew."""
    return filters.without(field, value) if value in getattr(filters, field) else filters.with_(field, value)
