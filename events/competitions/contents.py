"""What an organiser writes of a competition, and everything that may be wrong with it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from events.calendar.drafts import clean
from events.calendar.when import read_instant
from events.competitions.rules import Entry, Promotion
from events.errors import Fault

TITLE, NAME, CODE, REASON = 100, 50, 64, 500
MOST_DIVISIONS, MOST_PLACES, MOST_ATHLETES, MOST_PER_CONTACT = 40, 10_000, 200, 50

# What the vocabulary knows and this office can't do yet: a contact proved beforehand, a place held for a time.
NOT_OFFERED = (Entry.VERIFIED.value, Promotion.OFFER.value)


class DivisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`roster_min` and `roster_max` count athletes; coaches, leaders and staff are listed beside them."""

    name: str
    quota: int
    roster_min: int
    roster_max: int


class CompetitionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A competition as written. `entry_code` is the invitation code where `entry` is `code`; it is never shown again."""

    title: str
    registration_opens_at: str
    registration_closes_at: str
    divisions: list[DivisionIn]
    entry: str = Entry.OPEN.value
    entry_code: str | None = None
    promotion: str = Promotion.AUTOMATIC.value
    per_contact: int = 1


class DivisionPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may change of a division; a field that is absent stays as it is."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    quota: int | msgspec.UnsetType = msgspec.UNSET
    roster_min: int | msgspec.UnsetType = msgspec.UNSET
    roster_max: int | msgspec.UnsetType = msgspec.UNSET


class ReasonIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an event is stopped or a registration voided, in words that those concerned will read."""

    reason: str


def text_fault(path: str, text: str, *, most: int) -> Fault | None:
    """What is wrong with a line of text that must be there, if anything. Blanks at its ends don't count: they will be trimmed."""
    faults: list[Fault] = []
    if clean(text, path, most, faults) is None:
        return Fault(path, "empty")
    return next(iter(faults), None)


def reason_faults(written: ReasonIn) -> list[Fault]:
    fault = text_fault("reason", written.reason, most=REASON)
    return [fault] if fault else []


def competition_faults(written: CompetitionIn, *, ends_at: datetime | None) -> list[Fault]:
    """Every fault, each by its path. `ends_at` is the instant at which the event is over, None while it has no day."""
    title = text_fault("title", written.title, most=TITLE)
    return [
        *([title] if title else []),
        *_choice_faults("entry", written.entry, Entry),
        *_code_faults(written),
        *_choice_faults("promotion", written.promotion, Promotion),
        *_window_faults(written, ends_at),
        *_range_faults("per_contact", written.per_contact, 1, MOST_PER_CONTACT),
        *_divisions_faults(written.divisions),
    ]


def division_faults(path: str, division: DivisionIn, others: Sequence[str]) -> Iterator[Fault]:
    """Every fault of one division; `others` are the names of those it stands beside. `path` ends with a dot, or is empty."""
    if fault := text_fault(f"{path}name", division.name, most=NAME):
        yield fault
    elif division.name.strip() in (name.strip() for name in others):
        yield Fault(f"{path}name", "duplicate")
    yield from _range_faults(f"{path}quota", division.quota, 0, MOST_PLACES)
    yield from _range_faults(f"{path}roster_min", division.roster_min, 1, MOST_ATHLETES)
    yield from _range_faults(f"{path}roster_max", division.roster_max, max(1, min(division.roster_min, MOST_ATHLETES)), MOST_ATHLETES)


def _divisions_faults(divisions: list[DivisionIn]) -> Iterator[Fault]:
    if not divisions:
        yield Fault("divisions", "too_small", {"least": 1})
    if len(divisions) > MOST_DIVISIONS:
        yield Fault("divisions", "too_large", {"most": MOST_DIVISIONS})
    for i, division in enumerate(divisions[:MOST_DIVISIONS]):
        yield from division_faults(f"divisions[{i}].", division, [other.name for other in divisions[:i]])


def _choice_faults(path: str, value: str, kind: type[Entry] | type[Promotion]) -> Iterator[Fault]:
    if value not in [choice.value for choice in kind]:
        yield Fault(path, "unknown_value", {"known": ", ".join(choice.value for choice in kind if choice.value not in NOT_OFFERED)})
    elif value in NOT_OFFERED:
        yield Fault(path, "not_offered")


def _code_faults(written: CompetitionIn) -> Iterator[Fault]:
    if written.entry == Entry.CODE.value and written.entry_code is None:
        yield Fault("entry_code", "required")
    elif written.entry == Entry.CODE.value and (fault := text_fault("entry_code", written.entry_code or "", most=CODE)):
        yield fault
    elif written.entry != Entry.CODE.value and written.entry_code is not None:
        yield Fault("entry_code", "unknown_field")


def _window_faults(written: CompetitionIn, ends_at: datetime | None) -> Iterator[Fault]:
    opens_at, closes_at = read_instant(written.registration_opens_at), read_instant(written.registration_closes_at)
    if opens_at is None:
        yield Fault("registration_opens_at", "bad_instant")
    if closes_at is None:
        yield Fault("registration_closes_at", "bad_instant")
    elif opens_at and opens_at >= closes_at:
        yield Fault("registration_closes_at", "dates_reversed")
    elif ends_at and closes_at > ends_at:
        yield Fault("registration_closes_at", "after_event")


def _range_faults(path: str, value: int, least: int, most: int) -> Iterator[Fault]:
    if not least <= value <= most:
        yield Fault(path, "out_of_range", {"least": least, "most": most})
