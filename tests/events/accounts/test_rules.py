"""The table of who may do what, read role by verb by tier by region."""

from uuid import UUID

import pytest

from events.accounts.rules import Actor, Place, Role, Verb, may
from events.regions.rules import Tier

EVENT, OTHER = UUID(int=1), UUID(int=2)
STREET, SIBLING, DISTRICT, NEIGHBOUR, CITY, ELSEWHERE = "310110016", "310110019", "310110", "310106", "310000", "410100"
LINES = {
    STREET: {STREET, DISTRICT, CITY},
    SIBLING: {SIBLING, DISTRICT, CITY},
    DISTRICT: {DISTRICT, CITY},
    NEIGHBOUR: {NEIGHBOUR, CITY},
    "310106011": {"310106011", NEIGHBOUR, CITY},
    "310108": {"310108", NEIGHBOUR, CITY},  # taken over by the neighbour
    CITY: {CITY},
    ELSEWHERE: {ELSEWHERE, "410000"},
}
# Desk: the (tier, region) pairs at which it may do every verb, banners of streets aside; nowhere else may it do any.
MAY = {
    (Role.CITY_OFFICER, CITY): {(tier, code) for tier in Tier for code in LINES if code != ELSEWHERE},
    (Role.DISTRICT_OFFICER, DISTRICT): {(t, c) for t in (Tier.DISTRICT, Tier.STREET) for c in (DISTRICT, STREET, SIBLING)},
    (Role.DISTRICT_OFFICER, NEIGHBOUR): {(t, c) for t in (Tier.DISTRICT, Tier.STREET) for c in (NEIGHBOUR, "310106011", "310108")},
    (Role.STREET_OFFICER, STREET): {(Tier.STREET, STREET)},
    (Role.ORGANISER, DISTRICT): set(),
}


@pytest.mark.parametrize(("desk", "allowed"), MAY.items(), ids=lambda value: "-".join(value) if isinstance(value, tuple) else "")
@pytest.mark.parametrize("verb", Verb)
def test_a_desk_acts_in_its_own_region_and_tiers_and_nowhere_else(
    desk: tuple[Role, str], allowed: set[tuple[Tier, str]], verb: Verb
) -> None:
    places = {(tier, code): Place(tier, frozenset(LINES[code]), EVENT) for tier in Tier for code in LINES}
    spoken = {key for key in allowed if verb is not Verb.SET_BANNER or key[0] is not Tier.STREET}
    assert {key for key, place in places.items() if may(Actor(*desk), verb, place)} == spoken


def test_an_organiser_runs_the_sign_ups_of_its_one_event_and_does_nothing_else() -> None:
    organiser = Actor(Role.ORGANISER, DISTRICT, event_id=EVENT)
    here = frozenset(LINES[DISTRICT])
    assert [verb for verb in Verb if may(organiser, verb, Place(Tier.CITY, here, EVENT))] == [Verb.RUN_COMPETITION]
    assert not any(may(organiser, verb, Place(Tier.DISTRICT, here, other)) for verb in Verb for other in (OTHER, None))
    nobody = Actor(Role.ORGANISER, DISTRICT)
    assert not any(may(nobody, verb, Place(Tier.DISTRICT, here, None)) for verb in Verb)
