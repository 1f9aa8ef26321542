"""The links that a follower's mails hold. Their tokens are derived when needed and stored nowhere, each good for one thing. Pure."""

from urllib.parse import urlencode
from uuid import UUID

from infra.crypto import Keys


def confirm_token(keys: Keys, subscription_id: UUID) -> str:
    """Proves that who has it reads the mail of the address that was typed in."""
    return keys.token("follow-confirm", subscription_id.bytes)


def leave_token(keys: Keys, subscription_id: UUID) -> str:
    """Ends this one subscription and shows nothing, for it goes to whoever a mail is passed on to."""
    return keys.token("follow-leave", subscription_id.bytes)


def manage_token(keys: Keys, subscription_id: UUID) -> str:
    """Shows and changes everything that the subscription's address follows, while this subscription lasts."""
    return keys.token("follow-manage", subscription_id.bytes)


def confirm_link(public_url: str, keys: Keys, subscription_id: UUID) -> str:
    return f"{public_url}/follow/confirm?{_query(subscription_id, confirm_token(keys, subscription_id))}"


def leave_link(public_url: str, keys: Keys, subscription_id: UUID) -> str:
    """Where RFC 8058's one click is posted: a server posts it, so the token can't be in a fragment."""
    return f"{public_url}/follow/leave?{_query(subscription_id, leave_token(keys, subscription_id))}"


def manage_link(public_url: str, keys: Keys, subscription_id: UUID) -> str:
    """The token is in the fragment, which no browser sends to a server, so it is in no log and no Referer."""
    return f"{public_url}/follow/manage#{subscription_id}.{manage_token(keys, subscription_id)}"


def _query(subscription_id: UUID, token: str) -> str:
    return urlencode({"s": str(subscription_id), "t": token})
