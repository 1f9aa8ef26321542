"""Administrative regions and the tiers at which offices publish. Pure."""

from collections.abc import Callable, Iterable
from enum import StrEnum


class Tier(StrEnum):
    """The level of the office that publishes."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


class RegionKind(StrEnum):
    """The level of the administrative unit itself, whether or not an office of it publishes here."""

    PROVINCE = "province"
    CITY = "city"
    AREA = "area"
    STREET = "street"


# Rows of the statistics table that only group others and name no unit.
PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def is_statistical(code: str) -> bool:
    """Whether a code of the statistics table stands for a zone that is no administrative division.

    GB/T 2260 uses 01–70 and 81–99 for areas: 71–80 are left to development and management zones. GB/T 10114 uses 001–399 for streets,
    towns and townships; 400–599 are farms, mines and parks that are "like a township".
    """
    return "71" <= code[4:6] <= "80" if len(code) == 6 else "400" <= code[6:] <= "599"


def lineage(code: str, above: Callable[[str], Iterable[str]]) -> list[str]:
    """Everything that a region counts as part of, itself first: what `above` names (its parent, its successor), and so on upwards."""
    found: list[str] = []
    waiting = [code]
    while waiting:
        if (here := waiting.pop(0)) not in found:
            found.append(here)
            waiting.extend(above(here))
    return found


class Reason(StrEnum):
    """What became of a path of names."""

    FOUND = "found"
    ANCESTOR = "ancestor"  # a name lower down was not found: the nearest region above it
    AMBIGUOUS = "ambiguous"  # several regions are called so
    UNKNOWN = "unknown"
