"""A month laid out as weeks: which cells, which strips, what to fold away. Pure, and knows no markup."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

# What a cell of the grid holds before it says "and so many more", and what a week holds of strips.
SLIPS_A_CELL = 4
STRIPS_A_WEEK = 4

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Run:
    """Something that lasts over several days."""

    first_on: date
    last_on: date
    what: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A run's part in one week: empty cells before it, cells that it covers, empty cells after it."""

    before: int
    days: int
    after: int
    what: str


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday on, and the strips above them."""

    days: tuple[date, ...]
    strips: list[Strip] = field(default_factory=list)


def weeks(first: date, runs: Sequence[Run]) -> list[Week]:
    """The weeks that a month touches, Monday first, each with the parts of the runs that fall inside the month."""
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday <= last:
        days = tuple(monday + timedelta(days=n) for n in range(7))
        found.append(Week(days, _strips(max(days[0], first), min(days[6], last), monday, runs)))
        monday += timedelta(days=7)
    return found


def _strips(first: date, last: date, monday: date, runs: Sequence[Run]) -> list[Strip]:
    touching = [run for run in runs if run.first_on <= last and run.last_on >= first][:STRIPS_A_WEEK]
    return [_strip(max(run.first_on, first), min(run.last_on, last), monday, run.what) for run in touching]


def _strip(first: date, last: date, monday: date, what: str) -> Strip:
    before, days = (first - monday).days, (last - first).days + 1
    return Strip(before, days, 7 - before - days, what)


def cut(found: Sequence[Shown], at: int) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """What is shown at once, and what unfolds. A single one is not folded away: the words that say so would take its place."""
    at += len(found) == at + 1
    return found[:at], found[at:]


def turned(first: date, months: int) -> date:
    """The first day of the month so many months on."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
