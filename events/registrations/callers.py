"""Who calls: the network that a request came from, by which limits are counted."""

from events.registrations.networks import client_address, network_of
from infra.installation import Installation
from infra.web import AnyRequest


def network_from(request: AnyRequest, installation: Installation) -> str:
    """The network that a request came from; X-Forwarded-For is believed of the proxies that the settings trust."""
    forwarded = ", ".join(request.headers.getall("x-forwarded-for", []))
    peer = request.client.host if request.client else ""
    return network_of(client_address(peer, forwarded, installation.settings.trusted_proxies))
