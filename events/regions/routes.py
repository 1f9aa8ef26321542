"""GET /api/v1/regions."""

import re
from collections.abc import Iterator

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Fault, Faulty, unknown_fields
from events.regions.queries import list_regions
from events.regions.rules import Tier
from events.regions.schemas import Regions, region_out
from infra.cursors import cursor as cursor_of
from infra.cursors import read_cursor
from infra.web import AnyRequest

CODE = re.compile(r"[0-9]{6}|[0-9]{9}")


@get("/regions")
async def regions(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    tier: FromQuery[list[str] | None] = None,
    within: FromQuery[list[str] | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 100,
) -> Regions:
    """Regions by code. `tier` and `within` may be repeated, which means or; `cursor` is the `next` of the page before."""
    tiers, codes = tier or [], within or []
    after = read_cursor(cursor, 1) if cursor else ("",)
    unknown = unknown_fields(request.query_params, ("tier", "within", "cursor", "limit"))
    faults = [*_faults(tiers, codes, limit), *([] if after else [Fault("cursor", "bad_cursor")]), *unknown]
    if faults or after is None:
        raise Faulty(*faults)
    found = await list_regions(session, tiers=[Tier(t) for t in tiers], within_codes=codes, after=after[0], limit=limit + 1)
    page = found[:limit]
    return Regions([region_out(region) for region in page], cursor_of(page[-1].code) if len(found) > limit else None)


def _faults(tiers: list[str], codes: list[str], limit: int) -> Iterator[Fault]:
    known = list(Tier)
    if any(tier not in known for tier in tiers):
        yield Fault("tier", "unknown_value", {"known": ", ".join(known)})
    if any(not CODE.fullmatch(code) for code in codes):
        yield Fault("within", "bad_identifier")
    if not 1 <= limit <= 200:
        yield Fault("limit", "out_of_range", {"least": 1, "most": 200})


handlers = [regions]
