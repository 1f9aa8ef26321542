"""The regions and sports that rows name, each sought once: a path costs several statements, and a file repeats it in every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.rules import tier_of
from events.calendar.sports import find_sport
from events.regions.models import Region
from events.regions.names import Names, spellings
from events.regions.queries import Resolution, find_region, get_region, resolve_path
from events.regions.rules import Reason, RegionKind
from events.submissions.reading import PLACED, sport_labels
from events.submissions.row_places import Located, names_of, place_in, vague_of

LEVELS = {RegionKind.PROVINCE: "province", RegionKind.CITY: "city", RegionKind.AREA: "district", RegionKind.STREET: "street"}


@dataclass(frozen=True, slots=True)
class Around:
    """The region of rows that name none, the names of what lies above it, and what it was told by: nothing when a person named it."""

    region: Region
    above: Mapping[str, str]
    told_by: str | None = None


class Lookups:
    """What a file's rows name. `base` is the region of rows that name none, and the one in which a street's name alone is sought.

    Without a base, the file's titles tell it. Where they name no place, a row that names none is of `home`, of the street office of home
    that is its organiser, or of the place that its organiser is named after: another city's rows never become ours.
    """

    def __init__(self, session: AsyncSession, base: Around | None, home: Around | None) -> None:
        self._session, self._base, self._home = session, base, home
        self._regions: dict[tuple[object, ...], Located | None] = {}
        self._titled: dict[tuple[str, ...], Around | str | None] = {}
        self._sports: dict[str, str | None] = {}

    @classmethod
    async def open(cls, session: AsyncSession, base_code: str | None, home_code: str | None = None) -> "Lookups":
        """Raises NoRegion for a base that is unknown."""
        base = await _around(session, await get_region(session, base_code)) if base_code else None
        home = await find_region(session, home_code) if home_code and base is None else None
        return cls(session, base, await _around(session, home) if home else None)

    async def locate(self, cells: Mapping[str, str], titles: Sequence[str] = ()) -> Located | None:
        """The region of a row: by its code, else by its path, else the base, the file's own, or the home. None when nothing is sure."""
        area = cells.get("area", "")
        coded = area.isascii() and area.isdecimal()
        code = cells.get("region_code", "") or (area if coded else "")
        names = names_of({**cells, "area": ""} if coded else cells)
        titled = None if self._base else await self._of_titles(tuple(titles))
        of_file = self._base or (titled if isinstance(titled, Around) else None)
        silent = not code and not names.given()
        organiser = "".join(cells.get("organiser", "").split()) if silent and not self._base else ""
        vague = vague_of(cells)
        key = code, names, organiser, vague, of_file and of_file.region.code
        if key not in self._regions:
            if silent and not self._base:
                # A title that names one of several places of that name leaves open which: nothing is sure.
                around = of_file or (None if titled else self._home)
                self._regions[key] = await self._of_organiser(around, organiser) if around else None
            else:
                self._regions[key] = await self._locate(code, names, vague, of_file)
        return self._regions[key]

    async def _of_titles(self, titles: tuple[str, ...]) -> Around | str | None:
        """The place that a title names first; only its name when there are several of it and none is at home."""
        if titles not in self._titled:
            self._titled[titles] = None
            for title in titles:
                found = await self._named_in(title)
                if isinstance(found, Region):
                    self._titled[titles] = await _around(self._session, found, f"{PLACED}title: {found.name}")
                if found:
                    self._titled[titles] = self._titled[titles] or str(found)
                    break
        return self._titled[titles]

    async def _named_in(self, text: str) -> Region | str | None:
        names = place_in(text)
        if names is None:
            return None
        found = await resolve_path(self._session, names)
        if found.reason is Reason.AMBIGUOUS and self._home and names.given()[0][0] == "district":
            near = await resolve_path(
                self._session, replace(names, province=self._home.above.get("province"), city=self._home.above.get("city"))
            )
            found = near if near.reason is Reason.FOUND else found
        if found.reason is Reason.AMBIGUOUS and not found.region:
            return names.given()[0][1] if found.candidates else None
        return found.region

    async def _of_organiser(self, around: Around, organiser: str) -> Located:
        """Where the street office of that very name stands, or the place that an organiser is named after, no wider one; else around."""
        found = await resolve_path(self._session, Names(**{**around.above, "street": organiser})) if organiser else None
        street = found.region if found and found.reason is Reason.FOUND else None
        if street and around.region.code in street.within and spellings(street.name, street.kind).get(organiser) == 0:
            return _located(street, told_by=f"{PLACED}organiser: {organiser}")
        named = await self._named_in(organiser) if organiser else None
        # A national or another city's body may hold an event of a file that says whose it is; without that, the body says it.
        elsewhere = isinstance(named, Region) and named.code not in around.region.within
        if isinstance(named, Region) and elsewhere and (around.region.code in named.within or not around.told_by):
            return _located(named, told_by=f"{PLACED}organiser: {organiser}")
        return _located(around.region, told_by=around.told_by or f"{PLACED}HOME_REGION: {around.region.name}")

    async def _locate(self, code: str, names: Names, vague: str | None, around: Around | None) -> Located | None:
        region = await find_region(self._session, code) if code.isascii() and code.isdecimal() and len(code) in (6, 9) else None
        if region is not None:
            return _located(region)
        unfound = code or None
        if names.given():
            found = await self._resolve(names, around)
            region, unfound = found.region, found.unread
        # A path that ends above the base because the rest of it is unknown says less than the base does. One of which nothing is known
        # is no region at all: the base is for rows that name none, and another office's row must not become its own.
        silent = not names.given() and not code
        # Several at once, a zone without a code and an office are the file's own, though the row is not refused for them.
        ours = silent or (region is None and vague) or (region and unfound and around and region.code in around.region.within)
        if around and ours:
            region = around.region
        return _located(region, unfound) if region else None

    async def _resolve(self, names: Names, around: Around | None) -> Resolution:
        """The path by itself; where that is not enough, within the base."""
        found = await resolve_path(self._session, names)
        if found.reason is Reason.FOUND or around is None:
            return found
        widest = list(LEVELS.values()).index(names.given()[0][0])
        above = {level: around.above.get(level) for level in list(LEVELS.values())[:widest]}
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


async def _around(session: AsyncSession, region: Region, told_by: str | None = None) -> Around:
    lineage = await session.scalars(select(Region).where(Region.code.in_(region.within)))
    return Around(region, {LEVELS[above.kind]: above.name for above in lineage}, told_by)


def _located(region: Region, unfound: str | None = None, told_by: str | None = None) -> Located:
    return Located(region.code, region.tier or tier_of(region.kind), frozenset(region.within), unfound, told_by, region.name)
