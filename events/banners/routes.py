"""The banners over the API: read by anybody, set and taken away by city and district offices."""

from datetime import datetime

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor
from events.banners.queries import list_banners
from events.banners.rules import Level, shown_at
from events.banners.service import clear_banner, set_banner
from events.calendar.when import read_instant
from events.errors import Fault, Faulty
from infra import clock


class BannerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`region` is the key's own unless it names one below it; `until` is an instant, after which the banner is shown no more."""

    text: str
    english: str | None = None
    region: str | None = None
    level: str = Level.INFO.value
    until: str | None = None


class BannerOut(msgspec.Struct, frozen=True):
    region: str | None
    text: str
    english: str | None
    level: Level
    until: datetime | None


class BannerPage(msgspec.Struct, frozen=True):
    items: list[BannerOut]


@get("/banner", tags=["banner"])
async def read_banners(session: NamedDependency[AsyncSession]) -> BannerPage:
    """What every page of the site shows at its top now, the loudest first."""
    return await _shown(session)


@put("/banner", tags=["banner"])
async def write_banner(data: JSONBody[BannerIn], session: NamedDependency[AsyncSession], actor: NamedDependency[Actor]) -> BannerPage:
    """Tell every visitor something, in place of what the same office told before."""
    until = read_instant(data.until) if data.until is not None else None
    if data.until is not None and until is None:
        raise Faulty(Fault("until", "bad_instant"))
    region = actor.region_code if data.region is None else data.region
    await set_banner(session, actor, data.text, english=data.english, region_code=region, until=until, level=data.level)
    return await _shown(session)


@delete("/banner", status_code=HTTP_204_NO_CONTENT, tags=["banner"])
async def remove_banner(
    session: NamedDependency[AsyncSession], actor: NamedDependency[Actor], region: FromQuery[str | None] = None
) -> None:
    """Take the office's banner away."""
    await clear_banner(session, actor, region_code=actor.region_code if region is None else region)


async def _shown(session: AsyncSession) -> BannerPage:
    banners = shown_at(await list_banners(session), clock.now())
    return BannerPage([BannerOut(one.region_code, one.text, one.english, one.level, one.until) for one in banners])


handlers = [read_banners, write_banner, remove_banner]
