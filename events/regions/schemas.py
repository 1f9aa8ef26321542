from datetime import date

import msgspec

from events.regions.models import Region
from events.regions.rules import RegionKind, Tier


class RegionOut(msgspec.Struct, frozen=True):
    """A region, as read. `tier` stands where an office publishes; `valid_to` and `successor` where it no longer exists."""

    code: str
    name: str
    kind: RegionKind
    tier: Tier | None
    parent: str | None
    statistical: bool
    valid_from: date | None
    valid_to: date | None
    successor: str | None


class Regions(msgspec.Struct, frozen=True):
    items: list[RegionOut]
    next: str | None


def region_out(region: Region) -> RegionOut:
    return RegionOut(
        region.code,
        region.name,
        region.kind,
        region.tier,
        region.parent_code,
        region.statistical,
        region.valid_from,
        region.valid_to,
        region.successor_code,
    )
