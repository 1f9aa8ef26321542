"""The token that lets a team's leader manage a registration. It is derived when needed and stored nowhere."""

from uuid import UUID

from infra.crypto import Keys


def manage_token(keys: Keys, registration_id: UUID, generation: int) -> str:
    """HMAC(server key, registration, generation): raising the generation ends every token given before."""
    return keys.token("manage", registration_id.bytes, str(generation))


def manage_link(public_url: str, registration_id: UUID, token: str) -> str:
    """The leader's page. The token is in the fragment, which no browser sends to a server, so it is in no log and no Referer."""
    return f"{public_url}/registrations/manage#{registration_id}.{token}"
