"""Phrases: points in the calendar whose year may still be open, and the hours that belong to them."""

from dataclasses import dataclass, field
from datetime import time
from enum import Enum, auto

from events.calendar.dates import Daypart, Precision


class Bound(Enum):
    """How a day that is named bounds the days that are meant."""

    BEFORE = auto()
    EVE = auto()
    UNTIL = auto()
    AFTER = auto()


@dataclass(slots=True)
class Point:
    """One place in the calendar as written; `until` makes it a range. What the text leaves open is None."""

    text: str
    year: int | None = None
    own_year: bool = False
    next_year: bool = False
    month: int | None = None
    day: int | None = None
    lunar: bool = False
    part: tuple[int, int] | None = None
    stretch: tuple[Precision, int, int] | None = None
    festival: str | None = None
    holiday: bool = False
    around: bool = False
    bound: Bound | None = None
    starts: bool = False
    ends: bool = False
    onward: bool = False  # 起: begins, and goes on
    stops: bool = False  # 止: the last day of something whose first is not said
    apart: bool = False  # a dash or a comma stands before it
    label: str | None = None
    weekdays: list[int] = field(default_factory=list)
    until: "Point | None" = None

    @property
    def is_solar_day(self) -> bool:
        return self.day is not None and not self.lunar


@dataclass(slots=True)
class Slot:
    """Hours, or a part of the day, that hold for every point of the group. `through`: the end is on the range's last day."""

    starts: time | None = None
    ends: time | None = None
    daypart: Daypart | None = None
    label: str | None = None
    through: bool = False
    overnight: bool = False


@dataclass(slots=True)
class Group:
    points: list[Point] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(slots=True)
class Phrase:
    """All that a text says, before any year is looked for elsewhere."""

    groups: list[Group]
    notes: list[str]
    junk: list[str]
    days_long: int | None
    years: list[int]

    @property
    def points(self) -> list[Point]:
        return [p for g in self.groups for p in g.points]


def wall_time(hour: int, minute: int, daypart: Daypart | None) -> tuple[time | None, bool]:
    """The wall time of an hour said with a part of the day (下午六点 is 18:00), and whether it is 24:00, which is no time of that day."""
    first_half = {Daypart.NOON: range(1, 4), Daypart.AFTERNOON: range(1, 12), Daypart.EVENING: range(4, 12)}
    if daypart and hour in first_half.get(daypart, ()):
        hour += 12
    if (hour, minute) == (24, 0):
        return None, True
    return (time(hour, minute), False) if hour < 24 and minute < 60 else (None, False)


def without_other_names(groups: list[Group]) -> list[Group]:
    """8月8日“全民健身日”前后 is one day under two names: the solar one stays, with what was said of the other."""
    points = [p for g in groups for p in g.points]
    others: set[int] = set()
    for i, point in enumerate(points):
        near = [points[i - 1]] if i and not point.apart else []
        near += points[i + 1 : i + 2] if i + 1 < len(points) and not points[i + 1].apart else []
        named = [p for p in near if p.is_solar_day]
        if named and (point.lunar or point.festival):
            others.add(id(point))
            named[0].around |= point.around and i > 0 and named[0] is points[i - 1]
    for group in groups:
        group.points = [p for p in group.points if id(p) not in others]
    return groups


def join_opening_and_closing(groups: list[Group]) -> list[Group]:
    """5月12日开幕 … 12月10日闭幕 is one run, though no dash says so."""
    joined: list[Group] = []
    for group in groups:
        kept: list[Point] = []
        for point in group.points:
            if kept and kept[-1].starts and point.ends and not kept[-1].until:
                kept[-1].until = point
            else:
                kept.append(point)
        group.points = kept
        if joined and not kept:
            joined[-1].slots += group.slots
        elif kept or group.slots:
            joined.append(group)
    return joined
