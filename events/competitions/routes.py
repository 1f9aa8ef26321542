"""Competitions over the API, and what an event shows and suffers together with them: reading one event, postponing, cancelling."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.queries import get_actor
from events.accounts.rules import Actor, Verb, may
from events.accounts.service import PREFIX
from events.calendar.entries import find_entry
from events.calendar.models import Event
from events.calendar.queries import end_of, get_event, place_of
from events.calendar.rules import PUBLIC, EventStatus
from events.calendar.schemas_out import encode_full
from events.competitions import stops
from events.competitions.contents import CompetitionIn, ReasonIn, competition_faults, reason_faults
from events.competitions.models import Competition
from events.competitions.queries import get_competition, list_competitions, list_divisions
from events.competitions.schemas import CompetitionOut, competition_out
from events.competitions.service import last_midnight, open_competition
from events.errors import Fault, Faulty, NotFound
from infra import clock
from infra.installation import Installation, settings_of
from infra.web import AnyRequest, bearer


async def provide_viewer(request: AnyRequest, session: NamedDependency[AsyncSession]) -> Actor | None:
    """The desk whose API key came along, None for the public. Raises Unauthenticated for a key that is no good."""
    key = bearer(request)
    return await get_actor(session, key) if key.startswith(PREFIX) else None


VIEWER = {"viewer": Provide(provide_viewer)}


async def visible_statuses(session: AsyncSession, viewer: Actor | None, event_id: UUID) -> Iterable[EventStatus]:
    """The statuses in which an event may be seen: a draft by the desks that may touch it, the rest by everybody. Raises NotFound."""
    if viewer is None:
        return PUBLIC
    place = await place_of(session, await get_event(session, event_id))
    return EventStatus if any(may(viewer, verb, place) for verb in Verb) else PUBLIC


@get("/events/{event_id:uuid}", dependencies=VIEWER, tags=["events"])
async def read_event(
    event_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    viewer: NamedDependency[Actor | None],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """One event with its competitions. A draft is not found, unless the key may touch it."""
    return await _event_as_read(session, viewer, installation, event_id)


@post("/events/{event_id:uuid}/postpone", status_code=HTTP_200_OK, tags=["events"])
async def postpone_event(
    event_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """The dates no longer hold: sign-ups close at once, and every team is told."""
    await stops.postpone(session, actor, event_id, reason=_reason_of(data))
    return await _event_as_read(session, actor, installation, event_id)


@post("/events/{event_id:uuid}/cancel", status_code=HTTP_200_OK, tags=["events"])
async def cancel_event(
    event_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> Response[bytes]:
    """The event will not be: sign-ups close at once, and every team is told."""
    await stops.cancel(session, actor, event_id, reason=_reason_of(data))
    return await _event_as_read(session, actor, installation, event_id)


async def contents(session: AsyncSession, written: CompetitionIn, ids: Mapping[str, UUID]) -> list[Fault]:
    """Every fault of what stands in a competition, for a body whose shape is wrong in places."""
    event = await session.get(Event, ids["event_id"])
    return competition_faults(written, ends_at=last_midnight(event, settings_of(session).zone) if event else None)


@post("/events/{event_id:uuid}/competitions", contents=contents, tags=["competitions"])
async def create_competition(
    event_id: FromPath[UUID],
    data: JSONBody[CompetitionIn],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    installation: NamedDependency[Installation],
) -> Response[CompetitionOut]:
    """Open a competition with 1 to 40 divisions. An invitation code is kept as a hash and never shown again."""
    made = await open_competition(session, actor, installation.keys, event_id, data, zone=installation.settings.zone)
    return Response(await _as_read(session, made, installation), headers={"Location": f"/api/v1/competitions/{made.id}"})


@get("/competitions/{competition_id:uuid}", dependencies=VIEWER, tags=["competitions"])
async def read_competition(
    competition_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    viewer: NamedDependency[Actor | None],
    installation: NamedDependency[Installation],
) -> CompetitionOut:
    """A competition and the places of its divisions, seen by whoever may see its event."""
    competition = await get_competition(session, competition_id)
    event = await get_event(session, competition.event_id)
    if event.status not in await visible_statuses(session, viewer, event.id):
        raise NotFound
    return await _as_read(session, competition, installation)


async def _event_as_read(session: AsyncSession, viewer: Actor | None, installation: Installation, event_id: UUID) -> Response[bytes]:
    settings = installation.settings
    entry = await find_entry(session, event_id, settings.zone, statuses=await visible_statuses(session, viewer, event_id))
    if entry is None:
        raise NotFound
    competitions = await list_competitions(session, event_id)
    return Response(encode_full(entry, competitions, clock.now(), settings.public_url), media_type="application/json")


async def _as_read(session: AsyncSession, competition: Competition, installation: Installation) -> CompetitionOut:
    divisions, over_at = await list_divisions(session, competition.id), await end_of(session, competition.event_id)
    return competition_out(competition, divisions, clock.now(), installation.settings.zone, over_at=over_at)


def _reason_of(written: ReasonIn) -> str:
    if faults := reason_faults(written):
        raise Faulty(*faults)
    return written.reason.strip()


handlers = [read_event, postpone_event, cancel_event, create_competition, read_competition]
