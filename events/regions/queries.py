"""Reading regions. `within` is the only way to ask what lies below one."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import NotFound
from events.regions.models import Region
from events.regions.rules import Tier


def within(code: str) -> Select[tuple[str]]:
    """The codes of a region, of all below it, and of those they took over: `Event.region_code.in_(within(code))`."""
    return select(Region.code).where(Region.within.contains([code]))


async def get_region(session: AsyncSession, code: str) -> Region:
    """The region of a code. Raises NotFound."""
    if (found := await find_region(session, code)) is None:
        raise NotFound
    return found


async def find_region(session: AsyncSession, code: str) -> Region | None:
    return await session.get(Region, code)


async def list_regions(
    session: AsyncSession, *, tier: Tier | None = None, within_code: str | None = None, after: str = "", limit: int = 200
) -> Sequence[Region]:
    """Regions by code, those after `after`, at most `limit`; of one tier, and within one region, when given."""
    wanted = select(Region).where(Region.code > after).order_by(Region.code).limit(limit)
    if tier:
        wanted = wanted.where(Region.tier == tier)
    if within_code:
        wanted = wanted.where(Region.code.in_(within(within_code)))
    return (await session.scalars(wanted)).all()
