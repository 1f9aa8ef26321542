"""Filling the table of regions, and saying where offices publish."""

from sqlalchemy import case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import BelowCity, NoCity
from events.regions.facts import read_facts, within_of
from events.regions.models import Region
from events.regions.queries import get_region, within
from events.regions.rules import RegionKind, Tier

# One statement: the checks of parents and successors wait for its end, so the order of rows does not matter. Tiers are the office's own.
_LOAD = text("""
    INSERT INTO regions (code, name, kind, parent_code, statistical, valid_from, valid_to, successor_code, within)
    SELECT code, name, kind, parent, statistical, valid_from, valid_to, successor, string_to_array(within, ' ')
    FROM unnest(CAST(:code AS text[]), CAST(:name AS text[]), CAST(:kind AS text[]), CAST(:parent AS text[]),
                CAST(:statistical AS boolean[]), CAST(:valid_from AS date[]), CAST(:valid_to AS date[]),
                CAST(:successor AS text[]), CAST(:within AS text[]))
         AS fact (code, name, kind, parent, statistical, valid_from, valid_to, successor, within)
    ON CONFLICT (code) DO UPDATE
    SET (name, kind, parent_code, statistical, valid_from, valid_to, successor_code, within) = (excluded.name, excluded.kind,
         excluded.parent_code, excluded.statistical, excluded.valid_from, excluded.valid_to, excluded.successor_code, excluded.within)
    WHERE (regions.name, regions.kind, regions.parent_code, regions.statistical, regions.valid_from, regions.valid_to,
           regions.successor_code, regions.within)
       IS DISTINCT FROM (excluded.name, excluded.kind, excluded.parent_code, excluded.statistical, excluded.valid_from, excluded.valid_to,
           excluded.successor_code, excluded.within)
    RETURNING code
""")


async def load_facts(session: AsyncSession) -> int:
    """Bring the table to the shipped facts and return how many rows that changed: none on a second run. Tiers are left as they are."""
    facts = read_facts()
    columns = list(zip(*facts.values(), strict=True))
    names = ("code", "name", "kind", "parent", "statistical", "valid_from", "valid_to", "successor")
    values: dict[str, object] = {name: list(column) for name, column in zip(names, columns, strict=True)}
    changed = len((await session.execute(_LOAD, values | {"within": [" ".join(within_of(facts, code)) for code in facts]})).all())
    if changed:
        await session.execute(text("ANALYZE regions"))
    return changed


async def ensure_regions(session: AsyncSession) -> None:
    """Fill an empty table. A newer edition of the facts comes with `saili regions load`."""
    if await session.scalar(select(Region.code).limit(1)) is None:
        await load_facts(session)


async def set_up(session: AsyncSession, code: str) -> dict[Tier, int]:
    """Say that a city's offices publish: the city itself, its areas and their streets get their tiers. Returns how many of each.

    The root may be a municipality, a prefecture, or a county-level city of its own. A statistical zone gets no tier unless it is the root:
    no office of the administration stands there. Raises NotFound for an unknown code, NoCity for a province of several cities and BelowCity
    for a district or street of one: its offices would rank as a city's, and their keys would be those of no office.
    """
    root = await get_region(session, code)
    city = await _city_of(session, root)
    if city is None:
        raise NoCity(name=root.name, code=code)
    if city.code != code:
        raise BelowCity(name=root.name, code=code, city=city.name, city_code=city.code)
    below = within(code)
    tier = case((Region.code == code, Tier.CITY), (Region.kind == RegionKind.STREET, Tier.STREET), else_=Tier.DISTRICT)
    places = Region.code.in_(below) & Region.valid_to.is_(None) & (Region.statistical.is_(False) | (Region.code == code))
    await session.execute(update(Region).where(places).values(tier=tier))
    counts = await session.execute(select(Region.tier, func.count()).where(places).group_by(Region.tier))
    return {tier: count for tier, count in counts if tier}


async def _city_of(session: AsyncSession, region: Region) -> Region | None:
    """The city that a region is or belongs to: a prefecture, a municipality, or what stands alone under a province. None for a province."""
    if region.kind is RegionKind.CITY or (region.parent_code is None and not await _holds_cities(session, region)):
        return region
    if region.parent_code is None:
        return None
    return await _city_of(session, await get_region(session, region.parent_code)) or region


async def _holds_cities(session: AsyncSession, region: Region) -> bool:
    cities = select(Region.code).where(Region.code.in_(within(region.code)), Region.kind == RegionKind.CITY).limit(1)
    return await session.scalar(cities) is not None
