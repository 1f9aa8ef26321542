"""Outlines for the map: loaded by an administrator with the number under which they may be published, and taken away again."""

import re

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.ready import MAPS
from events.calendar.revisions import touch
from events.errors import Fault, Faulty, NoRegion
from events.regions.models import RegionMap
from events.regions.outlines import draw
from events.regions.units import read_units
from infra import clock

# 国 (GS) or a province's 审图号, written as the mapping offices do: GS(2024)1234号, 沪S(2023)015号, GS京(2022)0001号.
APPROVAL = re.compile(r"[A-Z\u4e00-\u9fff]{1,6}[(\uff08]\d{4}[)\uff09]\d{1,6}\u53f7?")


async def load_map(session: AsyncSession, region: str, decoded: object, *, approval: str) -> list[str]:
    """Draw the outlines of a region's units, in place of those before. Returns the names of the units that have none.

    Raises NoRegion, Faulty naming every bad feature.
    """
    units = await read_units(await session.connection(), region)
    if units is None or units.code != region:
        raise NoRegion(code=region)
    if not APPROVAL.fullmatch(approval.strip()):
        raise Faulty(Fault("approval", "bad_approval"))
    drawing = draw(decoded, units.below.keys(), units.name)
    row = {"approval": approval.strip(), "width": drawing.width, "height": drawing.height, "shapes": drawing.shapes}
    row["loaded_at"] = clock.now()
    made = insert(RegionMap).values(region_code=region, **row)
    await session.execute(made.on_conflict_do_update(index_elements=[RegionMap.region_code], set_=row))
    await touch(session, [MAPS])
    drawn = {shape["code"] for shape in drawing.shapes}
    return [name for code, name in units.below.items() if code not in drawn]


async def remove_map(session: AsyncSession, region: str) -> bool:
    """Take a region's outlines away, and return whether there were any."""
    gone = await session.scalar(delete(RegionMap).where(RegionMap.region_code == region).returning(RegionMap.region_code))
    await touch(session, [MAPS])
    return gone is not None
