"""Who may do what. The one place that says so; everything else asks `may`."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from events.regions.rules import Tier


class Role(StrEnum):
    CITY_OFFICER = "city_officer"
    DISTRICT_OFFICER = "district_officer"
    STREET_OFFICER = "street_officer"
    ORGANISER = "organiser"


class Verb(StrEnum):
    """What an office does to an event of its own, or an organiser to the sign-ups of one."""

    WRITE_EVENT = "write_event"
    DECIDE_EVENT = "decide_event"  # publish, postpone, cancel, move
    SET_BANNER = "set_banner"  # tell every visitor of the site something
    RUN_COMPETITION = "run_competition"  # competitions, divisions, registrations


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which desk: a role over a region, or over one event."""

    role: Role
    region_code: str
    event_id: UUID | None = None
    label: str = ""
    key_id: UUID | None = field(default=None, compare=False)
    # Whoever runs the installation, at its command line. No key makes one, so no request can be one.
    operator: bool = False


OPERATOR = Actor(Role.CITY_OFFICER, "", operator=True)


@dataclass(frozen=True, slots=True)
class Place:
    """What is acted on: the event, its tier, and every region that its region lies within."""

    tier: Tier
    within: frozenset[str]
    event_id: UUID | None = None


# The tier at which an officer's office stands.
DESKS: dict[Role, Tier] = {
    Role.CITY_OFFICER: Tier.CITY,
    Role.DISTRICT_OFFICER: Tier.DISTRICT,
    Role.STREET_OFFICER: Tier.STREET,
}

# The tiers that an office of each role answers for, inside its own region.
TIERS: dict[Role, frozenset[Tier]] = {
    Role.CITY_OFFICER: frozenset(Tier),
    Role.DISTRICT_OFFICER: frozenset({Tier.DISTRICT, Tier.STREET}),
    Role.STREET_OFFICER: frozenset({Tier.STREET}),
    Role.ORGANISER: frozenset(),
}


def may(actor: Actor, verb: Verb, place: Place) -> bool:
    """Whether the actor's desk may do this here: inside its region and its tiers; an organiser runs the sign-ups of the one event.

    The operator, who could write to the database itself, sits at every desk. Banners are for cities and districts: those of all streets
    together would bury every page.
    """
    if actor.operator:
        return True
    if actor.role is Role.ORGANISER:
        return verb is Verb.RUN_COMPETITION and actor.event_id is not None and actor.event_id == place.event_id
    if verb is Verb.SET_BANNER and place.tier is Tier.STREET:
        return False
    return actor.region_code in place.within and place.tier in TIERS[actor.role]
