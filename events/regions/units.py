"""The units that an office's part of the city is divided into: the streets of a district, the districts of a city."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from events.regions.models import Region, RegionMap
from events.regions.rules import RegionKind


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of a region's units as an administrator loaded them, and the number under which the map was approved 审图号."""

    approval: str
    width: int
    height: int
    shapes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Units:
    """A region with what lies directly below it (code: name, by code), its outlines, and the names of other regions that were asked for."""

    code: str
    name: str
    below: dict[str, str]
    outlines: Outlines | None
    names: dict[str, str] = field(default_factory=dict)


async def read_units(connection: AsyncConnection, code: str, *, named: tuple[str, ...] = ()) -> Units | None:
    """The units of a region; of the one above it, when it is a street itself. None when there is no such region. In one statement.

    Units that no longer exist, and development zones that only statistics know, are left out.
    """
    above = select(Region.parent_code).where(Region.code == code, Region.kind == RegionKind.STREET).scalar_subquery()
    of: ColumnElement[str] = func.coalesce(above, literal(code))
    below = and_(Region.parent_code == of, Region.valid_to.is_(None), Region.statistical.is_(False))
    wanted = (
        select(
            Region.code, Region.name, Region.parent_code, of.label("of"), Region.valid_to, Region.statistical,
            RegionMap.approval, RegionMap.width, RegionMap.height, RegionMap.shapes,
        )
        .outerjoin(RegionMap, and_(RegionMap.region_code == Region.code, Region.code == of))
        .where(or_(below, Region.code == of, Region.code.in_(named)))
        .order_by(Region.code)
    )  # fmt: skip
    rows = (await connection.execute(wanted)).all()
    whole = next((row for row in rows if row.code == row.of), None)
    if whole is None:
        return None
    outlines = Outlines(whole.approval, whole.width, whole.height, whole.shapes) if whole.approval else None
    inside = {row.code: row.name for row in rows if row.parent_code == whole.code and row.valid_to is None and not row.statistical}
    return Units(whole.code, whole.name, inside, outlines, {row.code: row.name for row in rows if row.code in named})
