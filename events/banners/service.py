"""An office sets its banner, or takes it away. It flushes and never commits."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Place, Verb
from events.accounts.service import authorise
from events.banners.board import Board
from events.banners.models import Banner
from events.banners.rules import read_banner
from events.calendar.changes import signature
from events.calendar.revisions import touch
from events.calendar.rules import tier_of
from events.errors import Faulty, Forbidden
from events.regions.queries import get_region
from infra import clock
from infra.ids import new_id


async def set_banner(
    session: AsyncSession,
    actor: Actor,
    text: str,
    *,
    english: str | None = None,
    region_code: str | None = None,
    until: datetime | None = None,
    level: str = "info",
) -> None:
    """Tell every visitor something, in place of what the same office told before. Without a region it is the whole site's, which only
    whoever runs the installation may set. Raises NoRegion, Forbidden, Faulty."""
    await _authorise(session, actor, region_code)
    said, other, loud, faults = read_banner(text, english, level, until, clock.now())
    if faults:
        raise Faulty(*faults)
    row = {"text": said, "english": other, "level": loud, "until": until, "set_by": signature(actor), "set_at": clock.now()}
    written = insert(Banner).values(id=new_id(), region_code=region_code, **row)
    await session.execute(written.on_conflict_do_update(constraint="uq_banners_region_code", set_=row))
    await touch(session, [Board.name])


async def clear_banner(session: AsyncSession, actor: Actor, *, region_code: str | None = None) -> bool:
    """Take an office's banner away; whether there was one. Raises NoRegion, Forbidden."""
    await _authorise(session, actor, region_code)
    gone = await session.scalar(delete(Banner).where(Banner.region_code.is_not_distinct_from(region_code)).returning(Banner.id))
    await touch(session, [Board.name])
    return gone is not None


async def _authorise(session: AsyncSession, actor: Actor, region_code: str | None) -> None:
    if region_code is None:
        if not actor.operator:
            raise Forbidden
        return
    region = await get_region(session, region_code)
    authorise(actor, Verb.SET_BANNER, Place(region.tier or tier_of(region.kind), frozenset(region.within)))
