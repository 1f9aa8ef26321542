"""Which network a request came from, so that a flood from one has a limit. Pure."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


def client_address(peer: str, forwarded: str, trusted: Iterable[IPv4Network | IPv6Network]) -> str:
    """The address nearest to the client that a trusted proxy vouches for.

    `forwarded` is X-Forwarded-For, to which each proxy appends the address it was called from; read from its end, for as long as the one
    who wrote an entry is trusted. Anybody can send the header, so entries further left prove nothing.
    """
    trusted = tuple(trusted)
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address, trusted) and _is_address(hops[-1]):
        address = hops.pop()
    return address


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, or the /64 of an IPv6 address, which is what one household or school is given."""
    if not _is_address(address):
        return "unknown"
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, trusted: Iterable[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)
