"""The choices beside a month: what it holds, how much of each, and the address that each choice leads to. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from events.web.month_view import cut

# Choices shown at once; the others unfold.
SHOWN = 8


class Choice(msgspec.Struct, frozen=True, gc=False):
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
    heading: str,
    values: Sequence[tuple[str, str, int]],
    chosen: Sequence[str],
    toggling: Callable[[str], str],
    *,
    whole: Choice,
    first: str = "",
) -> Group | None:
    """The choices of one filter: `whole`, which is all, then values with their counts. None when there is nothing to choose.

    `values` are (value, name, count), most frequent first; `chosen` are those that the filters hold, and stay in sight although no event
    has them; `first` stands before the others. `toggling` gives the address that takes a value or gives it up.
    """
    known = {value for value, _, _ in values}
    if len(known) < 2 and not chosen:
        return None
    ranked = [*((value, value, 0) for value in chosen if value not in known), *values]
    ranked.sort(key=lambda one: (one[0] not in chosen, one[0] != first))
    choices = [Choice(name, toggling(value), value in chosen, count) for value, name, count in ranked]
    shown, folded = cut(choices, max(SHOWN, len(chosen)))
    return Group(heading, [whole, *shown], folded)
