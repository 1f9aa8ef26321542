"""A month by street: what each of a district's streets holds, and which hold nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from events.regions.units import Units
from events.web.month_page import MonthPage


@dataclass(frozen=True, slots=True)
class Street:
    """`address` filters to it."""

    name: str
    address: str
    items: Sequence[Markup]


def street_values(made: MonthPage, units: Units) -> dict[str, Any]:
    """What `streets.html` shows beside the month: a section for each street, for the district as a whole, and for everywhere else."""
    entries = sorted(made.view.entries().values(), key=lambda one: (one.first_on is None, one.first_on, one.title))
    found: dict[str, list[Markup]] = {code: [] for code in (*units.below, units.code, "")}
    for entry in entries:
        inside = next((code for code in entry.within if code in units.below), None)
        found[inside or (units.code if units.code in entry.within else "")].append(made.listed(entry))

    def street(code: str, name: str) -> Street:
        address = made.beside.address(made.filters.without("region").with_("region", code)) if code else ""
        return Street(name, address, found[code])

    return {
        "unit": units.name,
        "whole": street(units.code, units.name),
        "streets": [street(code, name) for code, name in units.below.items() if found[code]],
        "gaps": [name for code, name in units.below.items() if not found[code]],
        "elsewhere": street("", ""),
    }
