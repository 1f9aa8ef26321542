"""Web Push as a browser writes and reads it: `PushSubscription.toJSON()` (W3C Push API, section 8), and what we add."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from events.errors import Fault
from events.i18n import Language
from infra.vapid import allowed, is_browser_key

MOST_KEY = 200


class PushKey(msgspec.Struct, frozen=True):
    """The key to subscribe with (`applicationServerKey`)."""

    key: str


class BrowserKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    p256dh: str
    auth: str


class PushIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"expiration": "expirationTime"}):
    """A browser that wants to be told. `expirationTime` is taken and not used: a service says itself when an endpoint has gone."""

    endpoint: str
    keys: BrowserKeys
    expiration: float | None = None
    language: str = Language.ZH.value


class EndpointIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser by its endpoint, which nobody else knows (RFC 8030, section 8.3)."""

    endpoint: str


class FollowedByPush(msgspec.Struct, frozen=True):
    """The events that a browser follows."""

    events: list[UUID]


def push_faults(written: PushIn, services: Iterable[str]) -> list[Fault]:
    """Everything wrong with it; `services` are those that the operator allows."""
    faults = [] if allowed(written.endpoint, services) else [Fault("endpoint", "bad_endpoint")]
    keys = written.keys
    if max(len(keys.p256dh), len(keys.auth)) > MOST_KEY or not is_browser_key(keys.p256dh, keys.auth):
        faults.append(Fault("keys", "bad_push_key"))
    if written.language not in list(Language):
        faults.append(Fault("language", "unknown_value", {"known": "、".join(Language)}))
    return faults
