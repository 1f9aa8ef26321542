from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.banners.models import Banner
from events.banners.rules import BannerShown
from events.regions.models import Region


async def list_banners(connection: AsyncConnection | AsyncSession) -> tuple[BannerShown, ...]:
    """Every banner, those whose time is over too."""
    query = select(Banner.region_code, Region.name, Banner.text, Banner.english, Banner.level, Banner.until)
    rows = await connection.execute(query.outerjoin(Region, Region.code == Banner.region_code).order_by(Banner.region_code))
    return tuple(BannerShown(*row) for row in rows)
