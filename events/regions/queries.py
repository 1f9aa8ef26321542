"""Reading regions. `within` is the only way to ask what lies below one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import NoRegion
from events.regions.models import Region
from events.regions.names import ZONE, Names, spellings
from events.regions.rules import Reason, RegionKind, Tier

# What may stand in a column of a path, the likeliest first: offices write a county-level city as the city, a town of 东莞 as the district.
KINDS: dict[str, tuple[RegionKind, ...]] = {
    "province": (RegionKind.PROVINCE,),
    "city": (RegionKind.CITY, RegionKind.PROVINCE, RegionKind.AREA),
    "district": (RegionKind.AREA, RegionKind.CITY, RegionKind.STREET),
    "street": (RegionKind.STREET,),
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """The region that a path of names leads to. Unless it was FOUND, `region` is the nearest one that is sure, or None."""

    region: Region | None
    reason: Reason
    candidates: tuple[Region, ...] = ()
    unread: str | None = None


def within(*codes: str | ScalarSelect[str]) -> Select[str]:
    """The codes of regions, of all below them, and of those they took over: `Event.region_code.in_(within("310110"))`.

    This is the only way to ask for what lies within. A code may be a query for one.
    """
    known = [code for code in codes if isinstance(code, str)]
    return select(Region.code).where(Region.within.overlap(known if len(known) == len(codes) else array(codes)))


async def get_region(session: AsyncSession, code: str) -> Region:
    """The region of a code. Raises NoRegion, which is a NotFound."""
    if (found := await find_region(session, code)) is None:
        raise NoRegion(code=code)
    return found


async def find_region(session: AsyncSession, code: str) -> Region | None:
    return await session.get(Region, code)


async def list_regions(
    session: AsyncSession, *, tiers: Sequence[Tier] = (), within_codes: Sequence[str] = (), after: str = "", limit: int = 200
) -> Sequence[Region]:
    """Regions by code, those after `after`, at most `limit`; of one of the tiers, and within one of the regions, when given."""
    wanted = select(Region).where(Region.code > after).order_by(Region.code).limit(limit)
    if tiers:
        wanted = wanted.where(Region.tier.in_(tiers))
    if within_codes:
        wanted = wanted.where(Region.code.in_(within(*within_codes)))
    return (await session.scalars(wanted)).all()


async def resolve_path(session: AsyncSession, names: Names) -> Resolution:
    """The region that a path names, each name sought within those above it. A street's name alone never decides: 3,743 are not unique."""
    sure: Region | None = None
    scope: list[Region] = []
    for level, name in names.given():
        found = await _called(session, level, name, scope)
        if not found:
            reason = Reason.AMBIGUOUS if len(scope) > 1 else Reason.ANCESTOR if scope else Reason.UNKNOWN
            return Resolution(sure, reason, tuple(scope) if len(scope) > 1 else (), name)
        if level == "street" and not scope:
            return Resolution(None, Reason.AMBIGUOUS, tuple(found), name)
        scope = found
        sure = scope[0] if len(scope) == 1 else sure
    if len(scope) > 1:
        return Resolution(sure, Reason.AMBIGUOUS, tuple(scope), name)
    return Resolution(sure, Reason.FOUND if sure else Reason.UNKNOWN)


async def _called(session: AsyncSession, level: str, name: str, scope: Sequence[Region]) -> list[Region]:
    """Those that `name` fits best in a column, within any of the scope. All spellings but a zone's share the first two characters."""
    kinds = [kind for kind in KINDS[level] if scope or level == "street" or kind is not RegionKind.STREET]
    alike = func.left(Region.name, 2) == name[:2]
    wanted = select(Region).where(Region.kind.in_(kinds))
    if scope:
        codes = {code for region in scope for code in (region.code, region.successor_code) if code}
        wanted = wanted.where(Region.code.in_(within(*codes)))
        alike = or_(alike, Region.statistical & (Region.kind == RegionKind.AREA)) if ZONE.search(name) else alike
    fits = [(fit, region) for region in await session.scalars(wanted.where(alike)) if (fit := _fit(name, region, kinds, level))]
    best = min((fit for fit, _ in fits), default=None)
    return sorted((region for fit, region in fits if fit == best), key=lambda region: region.code)


def _fit(name: str, region: Region, kinds: Sequence[RegionKind], level: str) -> tuple[int, int, bool, bool] | None:
    """How well a name fits a region, the smaller the better; None when it is not called so."""
    if level == "city" and region.kind is RegionKind.PROVINCE and not region.name.endswith("市"):
        return None
    strength = spellings(region.name, region.kind, statistical=region.statistical).get(name)
    return None if strength is None else (strength, kinds.index(region.kind), region.valid_to is not None, region.statistical)
