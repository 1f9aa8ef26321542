"""The organiser's side of the registration desk over the API: who has registered, and how many may."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import Actor, Verb
from events.calendar.queries import end_of
from events.calendar.service import reach
from events.competitions.contents import DivisionPatch
from events.competitions.queries import competition_of
from events.competitions.schemas import DivisionOut, division_out
from events.errors import Fault, Faulty, unknown_fields
from events.registrations.queries import list_registrations
from events.registrations.quotas import amend_division, division_patch_faults
from events.registrations.routes import PRIVATE
from events.registrations.schemas import RegistrationPage, line_out
from infra import clock
from infra.cursors import cursor as cursor_of
from infra.cursors import read_cursor
from infra.web import AnyRequest

PAGING = ("cursor", "limit")


@get("/divisions/{division_id:uuid}/registrations", tags=["registrations"])
async def read_registrations(
    request: AnyRequest,
    division_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Response[RegistrationPage]:
    """The registrations of a division by rank, those that ended included, for the desks that run it. `cursor` is a page's `next`."""
    competition = await competition_of(session, division_id)
    await reach(session, actor, Verb.RUN_COMPETITION, competition.event_id)
    after = _rank_in(cursor)
    faults = [*([] if 1 <= limit <= 200 else [Fault("limit", "out_of_range", {"least": 1, "most": 200})])]
    faults += [Fault("cursor", "bad_cursor")] if after is None else []
    faults += unknown_fields(request.query_params, PAGING)
    if after is None or faults:
        raise Faulty(*faults)
    found = await list_registrations(session, division_id, after=after, limit=limit + 1)
    items = [line_out(registration, position, athletes) for registration, position, athletes in found[:limit]]
    return Response(RegistrationPage(items, cursor_of(str(items[-1].rank)) if len(found) > limit else None), headers=PRIVATE)


async def contents(session: AsyncSession, written: DivisionPatch, ids: Mapping[str, UUID]) -> list[Fault]:
    """Every fault of what stands in a patch, for a body whose shape is wrong in places."""
    return await division_patch_faults(session, ids["division_id"], written)


@patch("/divisions/{division_id:uuid}", contents=contents, tags=["competitions"])
async def change_division(
    division_id: FromPath[UUID],
    data: JSONBody[DivisionPatch],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
) -> DivisionOut:
    """Change a division. A larger quota promotes the next teams waiting at once; a smaller one evicts nobody."""
    competition, division = await amend_division(session, actor, division_id, data)
    return division_out(competition, division, clock.now(), over_at=await end_of(session, competition.event_id))


def _rank_in(cursor: str | None) -> int | None:
    """The rank after which the page begins; None for a cursor that is none of ours."""
    if cursor is None:
        return 0
    keys = read_cursor(cursor, 1)
    return int(keys[0]) if keys and keys[0].isascii() and keys[0].isdigit() and len(keys[0]) < 10 else None


handlers = [read_registrations, change_division]
