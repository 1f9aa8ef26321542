"""The regions and sports that rows name, each sought once: a path costs several statements, and a file repeats it in every row."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.rules import tier_of
from events.calendar.sports import find_sport
from events.regions.models import Region
from events.regions.names import Names, spellings
from events.regions.queries import Resolution, find_region, get_region, resolve_path
from events.regions.rules import Reason, RegionKind
from events.submissions.reading import PLACED, Located, names_of, sport_labels

LEVELS = {RegionKind.PROVINCE: "province", RegionKind.CITY: "city", RegionKind.AREA: "district", RegionKind.STREET: "street"}


class Lookups:
    """What a file's rows name. `base` is the region of rows that name none, and the one in which a street's name alone is sought.

    Without a base, a row that names none is of `home`, or of the street office of home that is its organiser.
    """

    def __init__(self, session: AsyncSession, base: Region | None, home: Region | None, above: Mapping[str, str]) -> None:
        self._session, self._base, self._home, self._above = session, base, home, above
        self._regions: dict[tuple[str, Names, str], Located | None] = {}
        self._sports: dict[str, str | None] = {}

    @classmethod
    async def open(cls, session: AsyncSession, base_code: str | None, home_code: str | None = None) -> "Lookups":
        """Raises NoRegion for a base that is unknown."""
        base = await get_region(session, base_code) if base_code else None
        home = await find_region(session, home_code) if home_code and base is None else None
        if (around := base or home) is None:
            return cls(session, None, None, {})
        lineage = await session.scalars(select(Region).where(Region.code.in_(around.within)))
        return cls(session, base, home, {LEVELS[region.kind]: region.name for region in lineage})

    async def locate(self, cells: Mapping[str, str]) -> Located | None:
        """The region of a row: by its code, else by its path, else the base or the home. None when nothing of it is sure."""
        area = cells.get("area", "")
        coded = area.isascii() and area.isdecimal()
        code = cells.get("region_code", "") or (area if coded else "")
        names = names_of({**cells, "area": ""} if coded else cells)
        silent = self._home if not code and not names.given() else None
        key = code, names, "".join(cells.get("organiser", "").split()) if silent else ""
        if key not in self._regions:
            self._regions[key] = await self._at_home(silent, key[2]) if silent else await self._locate(code, names)
        return self._regions[key]

    async def _at_home(self, home: Region, organiser: str) -> Located:
        """Where the street office of that very name stands, if it is one of home's; else home."""
        found = await resolve_path(self._session, Names(**{**self._above, "street": organiser})) if organiser else None
        street = found.region if found and found.reason is Reason.FOUND else None
        if street and home.code in street.within and spellings(street.name, street.kind).get(organiser) == 0:
            return _located(street, told_by=f"{PLACED}organiser: {organiser}")
        return _located(home, told_by=f"{PLACED}HOME_REGION: {home.name}")

    async def _locate(self, code: str, names: Names) -> Located | None:
        region = await find_region(self._session, code) if code.isascii() and code.isdecimal() and len(code) in (6, 9) else None
        if region is not None:
            return _located(region)
        unfound = code or None
        if names.given():
            found = await self._resolve(names)
            region, unfound = found.region, found.unread
        # A path that ends above the base because the rest of it is unknown says less than the base does. One of which nothing is known
        # is no region at all: the base is for rows that name none, and another office's row must not become its own.
        silent = not names.given() and not code
        if self._base and (silent or (region and unfound and region.code in self._base.within)):
            region = self._base
        return _located(region, unfound) if region else None

    async def _resolve(self, names: Names) -> Resolution:
        """The path by itself; where that is not enough, within the base."""
        found = await resolve_path(self._session, names)
        if found.reason is Reason.FOUND or not self._base:
            return found
        widest = list(LEVELS.values()).index(names.given()[0][0])
        above = {level: self._above.get(level) for level in list(LEVELS.values())[:widest]}
        within = await resolve_path(self._session, replace(names, **above))
        return within if within.reason is Reason.FOUND else found

    async def sports(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The slugs of those of a row's labels that are known."""
        labels = sport_labels(cells)
        for label in labels:
            if label not in self._sports:
                sport = await find_sport(self._session, label)
                self._sports[label] = sport.slug if sport else None
        return {label: slug for label in labels if (slug := self._sports[label])}


def _located(region: Region, unfound: str | None = None, told_by: str | None = None) -> Located:
    return Located(region.code, region.tier or tier_of(region.kind), frozenset(region.within), unfound, told_by)
