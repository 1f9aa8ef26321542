"""The registration desk over the API. Registering needs no API key; managing needs the manage token, or a key that may."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.competitions.contents import ReasonIn
from events.competitions.models import Division
from events.errors import Fault, Faulty, LeadersOwn, NotFound, Unauthenticated
from events.regions.models import Region
from events.registrations.access import reach_registration
from events.registrations.amending import amend, patch_faults
from events.registrations.contents import Bounds, RegistrationIn, RegistrationPatch, region_code, registration_faults, void_faults
from events.registrations.idempotency import read_key
from events.registrations.links import ManageLinkIn, ask_again, rotate
from events.registrations.models import Registration
from events.registrations.queries import list_roster, waitlist_position
from events.registrations.schemas import Accepted, ReceiptOut, RegistrationOut, receipt_out, registration_out
from events.registrations.service import Receipt, register
from events.registrations.withdrawals import void, withdraw
from infra.installation import Installation
from infra.web import AnyRequest, bearer, network_from

IdempotencyHeader = Annotated[str | None, HeaderParameter(name="Idempotency-Key", required=False)]


async def contents(session: AsyncSession, written: RegistrationIn, ids: Mapping[str, UUID]) -> list[Fault]:
    """Every fault of what stands in a registration, for a body whose shape is wrong in places."""
    division = await session.get(Division, ids["division_id"])
    known = await session.scalar(select(exists().where(Region.code == region_code(written.unit_region))))
    bounds = Bounds(division.roster_min, division.roster_max) if division else None
    return registration_faults(written, bounds, region_known=bool(known))


async def patch_contents(session: AsyncSession, written: RegistrationPatch, ids: Mapping[str, UUID]) -> list[Fault]:
    """The same of a registration that is changed."""
    return await patch_faults(session, ids["registration_id"], written)


@post("/divisions/{division_id:uuid}/registrations", contents=contents, tags=["registrations"])
async def register_team(
    request: AnyRequest,
    division_id: FromPath[UUID],
    data: JSONBody[RegistrationIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
    idempotency_key: IdempotencyHeader = None,
) -> ReceiptOut:
    """Register a team: its status, and the manage token, which is shown this once.

    Repeated under one Idempotency-Key, the first answer again, for 24 hours. The division's bounds of a roster count athletes; up to 20
    coaches, leaders and staff are listed beside them.
    """
    network, limit = network_from(request, installation), installation.settings.network_limit
    key = read_key(idempotency_key)
    receipt = await register(session, installation.keys, division_id, data, key=key, network=network, network_limit=limit)
    return receipt_out(receipt, installation)


@get("/registrations/{registration_id:uuid}", tags=["registrations"])
async def read_registration(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[RegistrationOut]:
    """A registration, for its leader (manage token) or its organiser (API key)."""
    found, _ = await reach_registration(session, installation.keys, registration_id, bearer(request))
    return await _as_read(session, found)


@patch("/registrations/{registration_id:uuid}", contents=patch_contents, tags=["registrations"])
async def amend_registration(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    data: JSONBody[RegistrationPatch],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[RegistrationOut]:
    """Change the fields that are sent: a leader while the window is open, an organiser at any time. The rank stays."""
    _, desk = await reach_registration(session, installation.keys, registration_id, bearer(request))
    return await _as_read(session, await amend(session, installation.keys, registration_id, data, by_desk=desk is not None))


@delete("/registrations/{registration_id:uuid}", status_code=HTTP_200_OK, tags=["registrations"])
async def withdraw_registration(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[RegistrationOut]:
    """Withdraw: the place goes to the next team waiting. The rank is lost; registering again goes last.

    Needs the manage token: a desk voids a registration instead, and says why.
    """
    found, desk = await reach_registration(session, installation.keys, registration_id, bearer(request))
    if desk is not None:
        raise LeadersOwn
    await withdraw(session, registration_id)
    return await _as_read(session, found)


@post("/registrations/{registration_id:uuid}/void", status_code=HTTP_200_OK, tags=["registrations"])
async def void_registration(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[RegistrationOut]:
    """The organiser takes the place back, with a reason that the team reads; the next team waiting gets it. Needs an API key."""
    found, desk = await reach_registration(session, installation.keys, registration_id, bearer(request))
    if desk is None:
        raise Unauthenticated
    if faults := void_faults(data):
        raise Faulty(*faults)
    await void(session, registration_id, reason=data.reason.strip())
    return await _as_read(session, found)


@post("/registrations/{registration_id:uuid}/rotate-token", status_code=HTTP_200_OK, tags=["registrations"])
async def rotate_token(
    request: AnyRequest,
    registration_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Response[ReceiptOut]:
    """A new manage token in place of every one given before. Needs the manage token itself: a desk has no business with it."""
    found, desk = await reach_registration(session, installation.keys, registration_id, bearer(request))
    if desk is not None:
        raise NotFound
    generation = await rotate(session, registration_id, generation=found.generation)
    receipt = Receipt(found.id, found.number, found.status, await waitlist_position(session, found))
    return Response(receipt_out(receipt, installation, generation=generation), headers=PRIVATE)


@post("/divisions/{division_id:uuid}/manage-links", status_code=HTTP_202_ACCEPTED, tags=["registrations"])
async def ask_for_link(
    division_id: FromPath[UUID],
    data: JSONBody[ManageLinkIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
) -> Accepted:
    """Send the manage link again to the leader's e-mail. The answer is the same for contacts known and unknown."""
    await ask_again(session, installation.keys, data, division_id=division_id)
    return Accepted()


async def _as_read(session: AsyncSession, found: Registration) -> Response[RegistrationOut]:
    shown = registration_out(found, await waitlist_position(session, found), await list_roster(session, found.id))
    return Response(shown, headers=PRIVATE)


# Names and telephones of people: no cache may keep them.
PRIVATE = {"Cache-Control": "no-store"}

handlers = [
    register_team,
    read_registration,
    amend_registration,
    withdraw_registration,
    void_registration,
    rotate_token,
    ask_for_link,
]
