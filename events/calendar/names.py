"""The names that filters choose from: series with their boards, and sports. Few, and paged all the same."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.entries import Named, Place
from events.calendar.models import Board, Series, Sport
from events.calendar.schemas_out import SeriesShown, SportShown
from events.regions.models import Region

T = TypeVar("T", SeriesShown, SportShown)


async def list_series(connection: AsyncConnection, *, after: str, limit: int) -> tuple[list[SeriesShown], str | None]:
    """Series by slug, after `after`, with their boards in their order; and the slug that the next page begins after."""
    in_order = (aggregate_order_by(column, Board.position, Board.slug) for column in (Board.slug, Board.name))
    wanted = (
        select(Series.slug, Series.name, Region.code, Region.name, *map(array_agg, in_order))
        .join(Region, Region.code == Series.region_code)
        .outerjoin(Board, Board.series_id == Series.id)
        .where(Series.slug > after)
        .group_by(Series.id, Region.code)
        .order_by(Series.slug)
        .limit(limit + 1)
    )
    found = [
        SeriesShown(slug, name, Place(code, region), tuple(Named(s, n) for s, n in zip(slugs, names, strict=True) if s is not None))
        for slug, name, code, region, slugs, names in await connection.execute(wanted)
    ]
    return _page(found, limit)


async def list_sports(connection: AsyncConnection, *, after: str, limit: int) -> tuple[list[SportShown], str | None]:
    """Sports by slug, after `after`; and the slug that the next page begins after."""
    columns = (Sport.slug, Sport.name, Sport.name_en, Sport.aliases)
    wanted = select(*columns).where(Sport.slug > after).order_by(Sport.slug).limit(limit + 1)
    rows = await connection.execute(wanted)
    return _page([SportShown(slug, name, name_en, tuple(aliases)) for slug, name, name_en, aliases in rows], limit)


def _page(found: list[T], limit: int) -> tuple[list[T], str | None]:
    return found[:limit], found[limit - 1].slug if len(found) > limit else None
