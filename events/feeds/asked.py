"""What the address of a feed asks for, and what of a reader's filters can be subscribed to."""

from dataclasses import dataclass

from events.calendar.filters import Filters, Pairs, parse_query
from events.errors import Fault, Faulty, unknown_fields
from events.feeds.rules import MOST_ALARM_MINUTES

# What turns by itself with time is no part of a subscription.
PASSING = ("status", "registration")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a feed asks for."""

    filters: Filters
    alarm: int | None


def parse_asked(query: bytes) -> Asked:
    """What a feed's query string asks for. Raises Faulty naming every fault.

    A feed is kept for years, so what changes by itself is no part of it: `status` is left out, and `registration` refused, because an
    event that leaves a feed is deleted from its reader's calendar, and who asked for open ones only wouldn't notice why.
    """
    asked, faults = _read(parse_query(query))
    if asked.filters.registration:
        faults.append(Fault("registration", "not_a_subscription"))
    if faults:
        raise Faulty(*faults)
    return asked


def parse_news(query: bytes) -> Filters:
    """What a feed of news asks for: as a calendar's, but there is nothing to be reminded of. Raises Faulty."""
    asked = parse_asked(query)
    if asked.alarm is not None:
        raise Faulty(Fault("alarm", "unknown_field"))
    return asked.filters


def parse_alarm(query: bytes) -> int | None:
    """The one thing that a standard feed can be asked for: its filter stands in the path. Raises Faulty naming every fault."""
    pairs = list(parse_query(query))
    asked, faults = _read([(name, value) for name, value in pairs if name == "alarm"])
    faults += unknown_fields((name for name, _ in pairs), ("alarm",))
    if faults:
        raise Faulty(*faults)
    return asked.alarm


def subscribable(pairs: Pairs) -> tuple[Asked, bool]:
    """What of a page's address can be subscribed to, and whether something had to be left out. Raises Faulty for what is wrong in it."""
    asked, faults = _read(pairs)
    if faults:
        raise Faulty(*faults)
    left_out = any(name in PASSING and value for name, value in pairs)
    return Asked(asked.filters.without("registration"), asked.alarm), left_out


def _read(every: Pairs) -> tuple[Asked, list[Fault]]:
    pairs = [(name, value) for name, value in every if name != "status"]
    alarms = [value for name, value in pairs if name == "alarm" and value]
    faults = [Fault("alarm", "out_of_range", {"least": 0, "most": MOST_ALARM_MINUTES}) for value in alarms if not _minutes(value)]
    try:
        filters = Filters.parse((name, value) for name, value in pairs if name != "alarm")
    except Faulty as refused:
        return Asked(Filters(), None), [*faults, *refused.faults]
    return Asked(filters, int(alarms[-1]) if alarms and not faults else None), faults


def _minutes(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 5 and int(value) <= MOST_ALARM_MINUTES
