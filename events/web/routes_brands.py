"""The wall of one street, one brand 一街一品: every street of a district with its brand, and those that have none yet."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from litestar.response.base import ASGIResponse

from events.calendar.brands import NAMED, Brand, Held, read_brands
from events.calendar.ready import EVERY
from events.errors import NoRegion
from events.i18n import translate, words
from events.regions.units import read_units
from events.web.beside import query_of
from events.web.kept_pages import as_answer, held, keep, key_of
from events.web.pages import LOOKS, Reader, read
from events.web.strangers import knowing
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

_PREFIX = re.compile(rf"^[“「]?{NAMED}[”」]?\s*[·：:\-—]*\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class BrandOfWall:
    """A brand on its street's card: what the wall's own title or the card's says already is left out."""

    title: str
    last: Held | None
    next: Held | None
    organiser: str | None
    series: str | None


@dataclass(frozen=True, slots=True)
class StreetOfWall:
    name: str
    address: str
    brands: list[BrandOfWall]


@read("/brands", before_request=knowing(*LOOKS), sync_to_thread=False)
def brands(request: AnyRequest) -> ASGIResponse:
    """The wall of the home district."""
    home, query = request.app.state.installation.settings.home_region, request.url.query
    return ASGIResponse(
        status_code=307, headers={"Location": f"/brands/{home}" + (f"?{query}" if query else ""), "Cache-Control": "no-store"}
    )


@read("/brands/{region:str}", before_request=knowing(*LOOKS))
async def wall(request: AnyRequest) -> ReadyAnswer:
    """The wall of a district, or of the districts of a city. Any commit may change it, so any outdates it."""
    key = key_of(request)
    if kept := held(request, key):
        return kept
    region = request.path_params["region"]

    async def make(reader: Reader) -> ReadyAnswer:
        return await _make(request.app.state.installation, region, reader)

    return await keep(request, key, [EVERY], make)


async def _make(installation: Installation, region: str, reader: Reader) -> ReadyAnswer:
    zone = installation.settings.zone
    now = clock.now().astimezone(zone)
    async with installation.engine.connect() as connection:
        # One snapshot of the database for all statements.
        await connection.execution_options(isolation_level="REPEATABLE READ")
        units = await read_units(connection, region) if region.isascii() and region.isdecimal() and len(region) in (6, 9) else None
        if units is None:
            raise NoRegion(code=region[:9])
        found = await read_brands(connection, list(units.below), now.date())
    month = f"/calendar/{now:%Y-%m}"
    streets = [
        StreetOfWall(name, month + query_of([("region", code), *reader.kept()]), [_shown(brand, name) for brand in found.get(code, [])])
        for code, name in units.below.items()
    ]
    gaps = sum(not street.brands for street in streets)
    counted = words("{count} 个街镇，{gaps} 个还没有") if gaps else words("{count} 个街镇，每个都有")
    summary = translate(reader.language, counted, count=len(streets), gaps=gaps)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), zone)
    return as_answer("brands.html", reader, midnight, unit=units.name, summary=summary, streets=streets)


def _shown(brand: Brand, street: str) -> BrandOfWall:
    event = brand.next or brand.last
    return BrandOfWall(
        title=_PREFIX.sub("", event.title) if event else brand.name,
        last=brand.last,
        next=brand.next,
        organiser=event.organiser if event and street not in (event.organiser or "") else None,
        series=brand.name if event and NAMED not in brand.name else None,
    )


ROUTES = [brands, wall]
