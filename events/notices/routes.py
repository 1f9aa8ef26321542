"""Following events by a browser's notifications, for the script of our own pages.

An endpoint is its browser's secret, so whoever names it is that browser.
"""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from events.errors import Fault, NotFound
from events.notices.pushing import follow_by_push, leave_by_push, list_followed_by_push
from events.notices.schemas import EndpointIn, FollowedByPush, PushIn, PushKey, push_faults
from infra.installation import Installation, settings_of
from infra.vapid import public_key
from infra.web import AnyRequest, network_from

PRIVATE = {"Cache-Control": "private, no-store"}


async def contents(session: AsyncSession, written: PushIn, _: Mapping[str, UUID]) -> list[Fault]:
    """What can be judged of a browser's subscription whose shape is wrong in places."""
    return push_faults(written, settings_of(session).push_services)


@get("/push", tags=["notices"], sync_to_thread=False)
def push_key(installation: NamedDependency[Installation]) -> PushKey:
    """The key that a browser subscribes with; 404 where the operator has not turned notifications on."""
    if not installation.settings.push:
        raise NotFound
    return PushKey(public_key(installation.keys))


@put("/events/{event_id:uuid}/push", status_code=HTTP_204_NO_CONTENT, contents=contents, tags=["notices"])
async def follow_event(
    request: AnyRequest,
    event_id: FromPath[UUID],
    data: JSONBody[PushIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> None:
    """Notify this browser of changes of the event, and when its sign-ups open."""
    await follow_by_push(session, installation, event_id, data, network=network_from(request, installation))


@post("/events/{event_id:uuid}/push/leave", status_code=HTTP_204_NO_CONTENT, tags=["notices"])
async def leave_event(
    event_id: FromPath[UUID],
    data: JSONBody[EndpointIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> None:
    """Notify this browser of the event no more."""
    await leave_by_push(session, installation, event_id, data.endpoint)


@post("/push/followed", status_code=HTTP_200_OK, tags=["notices"])
async def followed_events(
    data: JSONBody[EndpointIn], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[FollowedByPush]:
    """The events that this browser is notified of."""
    return Response(FollowedByPush(await list_followed_by_push(session, installation, data.endpoint)), headers=PRIVATE)


handlers = [push_key, follow_event, leave_event, followed_events]
