"""The registration desk's part of the JSON API. Registering needs no API key; managing needs the manage token, or a key that may."""

from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from events.registrations.contents import RegistrationIn
from events.registrations.idempotency import read_key
from events.registrations.networks import client_address, network_of
from events.registrations.schemas import ReceiptOut, receipt_out
from events.registrations.service import register
from infra.installation import Installation
from infra.web import AnyRequest

IdempotencyHeader = Annotated[str | None, HeaderParameter(name="Idempotency-Key", required=False)]


def network_from(request: AnyRequest, installation: Installation) -> str:
    """The network that a request came from; X-Forwarded-For is believed of the proxies that the settings trust."""
    forwarded = ", ".join(request.headers.getall("x-forwarded-for", []))
    peer = request.client.host if request.client else ""
    return network_of(client_address(peer, forwarded, installation.settings.trusted_proxies))


@post("/divisions/{division_id:uuid}/registrations", tags=["registrations"])
async def register_team(
    request: AnyRequest,
    division_id: FromPath[UUID],
    data: JSONBody[RegistrationIn],
    session: NamedDependency[AsyncSession],
    installation: NamedDependency[Installation],
    idempotency_key: IdempotencyHeader = None,
) -> ReceiptOut:
    """Register a team: 201 with its status, and the manage token that is shown this once. Repeated under one Idempotency-Key, the first
    answer again, for 24 hours. The bounds of a roster count athletes; up to 20 coaches, leaders and staff are listed beside them."""
    receipt = await register(
        session,
        installation.keys,
        division_id,
        data,
        key=read_key(idempotency_key),
        network=network_from(request, installation),
        network_limit=installation.settings.network_limit,
    )
    return receipt_out(receipt, installation)


handlers = [register_team]
