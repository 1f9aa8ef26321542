"""What a leader writes, and everything that may be wrong with it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from events.competitions.contents import ReasonIn, reason_faults, text_fault
from events.errors import Fault
from events.i18n import Language
from events.registrations.contacts import MOST_PHONE, read_email, read_phone
from events.registrations.identity_numbers import holds_identity_number
from events.registrations.rules import RosterRole

TEAM_NAME, PERSON_NAME, MOST_CODE = 50, 60, 9
# Coaches, leaders and staff a team may list beside its athletes.
STAFF_MOST = 20
STAFF = (RosterRole.COACH, RosterRole.LEADER, RosterRole.STAFF)
ROLES, LANGUAGES = frozenset[str](RosterRole), frozenset[str](Language)


class LeaderIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    phone: str
    email: str | None = None


class LeaderPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is absent stays as it is; an `email` of null takes the address away."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    phone: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET


class RosterEntryIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    role: str


class RegistrationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registration as a leader writes it. `entry_code` is the invitation code, where the competition asks for one."""

    team_name: str
    unit_region: str
    leader: LeaderIn
    roster: list[RosterEntryIn]
    language: str = Language.ZH.value
    entry_code: str | None = None


class RegistrationPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leader or an organiser may change of a registration; a field that is absent stays as it is."""

    team_name: str | msgspec.UnsetType = msgspec.UNSET
    unit_region: str | msgspec.UnsetType = msgspec.UNSET
    leader: LeaderPatch | msgspec.UnsetType = msgspec.UNSET
    roster: list[RosterEntryIn] | msgspec.UnsetType = msgspec.UNSET
    language: str | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many athletes a team of the division lists."""

    roster_min: int
    roster_max: int


def region_code(text: str) -> str:
    """The code as it may be looked up: what can't be one (a NUL, a name) is looked up as the empty code, which no region has."""
    return text if len(text) <= MOST_CODE and text.isascii() and text.isdigit() else ""


def registration_faults(written: RegistrationIn, bounds: Bounds | None, *, region_known: bool) -> list[Fault]:
    """Every fault, each by its path, in the order of the fields. Without bounds the size of the roster is not judged."""
    return [
        *_line("team_name", written.team_name, TEAM_NAME),
        *([] if region_known else [Fault("unit_region", "not_found")]),
        *_line("leader.name", written.leader.name, PERSON_NAME),
        *_contact_faults(written.leader),
        *_roster_faults(written.roster, bounds),
        *([] if written.language in LANGUAGES else [Fault("language", "unknown_value", {"known": ", ".join(Language)})]),
    ]


def void_faults(written: ReasonIn) -> list[Fault]:
    """What is wrong with the reason for which a registration is voided. It is mailed, so it holds no identity number either."""
    faults = reason_faults(written)
    return faults or ([Fault("reason", "identity_number")] if holds_identity_number(written.reason) else [])


def _contact_faults(leader: LeaderIn) -> Iterator[Fault]:
    phone = read_phone(leader.phone)
    if len(leader.phone) > MOST_PHONE:
        yield Fault("leader.phone", "too_long", {"most": MOST_PHONE})
    elif holds_identity_number(phone or leader.phone):
        yield Fault("leader.phone", "identity_number")
    elif phone is None:
        yield Fault("leader.phone", "bad_phone")
    email = None if leader.email is None else read_email(leader.email)
    if leader.email is not None and email is None:
        yield Fault("leader.email", "bad_email")
    elif email is not None and holds_identity_number(email):
        yield Fault("leader.email", "identity_number")


def _roster_faults(roster: list[RosterEntryIn], bounds: Bounds | None) -> Iterator[Fault]:
    """The bounds count athletes, as regulations do: coaches, leaders and staff are listed apart from the players.

    An entry whose role is unknown counts as an athlete, so that one slip of a role is one fault and not two.
    """
    athletes = sum(entry.role not in STAFF for entry in roster)
    if bounds and athletes < bounds.roster_min:
        yield Fault("roster", "too_few_athletes", {"least": bounds.roster_min, "count": athletes})
    if bounds and (athletes > bounds.roster_max or len(roster) - athletes > STAFF_MOST):
        yield Fault("roster", "too_large", {"most": bounds.roster_max if athletes > bounds.roster_max else STAFF_MOST})
    # No further than a roster can reach: a list of 100,000 entries is one fault and not 100,000.
    for i, entry in enumerate(roster[: bounds.roster_max + STAFF_MOST] if bounds else roster):
        yield from _line(f"roster[{i}].name", entry.name, PERSON_NAME)
        if entry.role not in ROLES:
            yield Fault(f"roster[{i}].role", "unknown_value", {"known": ", ".join(RosterRole)})


def _line(path: str, text: str, most: int) -> Iterator[Fault]:
    if fault := text_fault(path, text, most=most):
        yield fault
    elif holds_identity_number(text.strip()):
        yield Fault(path, "identity_number")
