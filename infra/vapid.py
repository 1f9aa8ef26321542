"""Web Push: the key that we sign with (VAPID, RFC 8292), what a browser gives us to reach it by, and which services we call at all."""

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.crypto import Keys

CURVE = ec.SECP256R1()
# The order of its group (SEC 2, section 2.4.2).
ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
MOST_CHARACTERS = 1_000
# A host as it stands in the world's names, and no other way to write one (RFC 1123, section 2.1).
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def vapid_key(keys: Keys) -> ec.EllipticCurvePrivateKey:
    """The installation's key pair. Derived from its secret, so that every process has the same, and a backup of the secret is one of this.

    512 bits are brought into the range of the group, by which no value is likelier than another (FIPS 186-5, section A.2.1).
    """
    bits = int.from_bytes(keys.mac("vapid", "high") + keys.mac("vapid", "low"), "big")
    return ec.derive_private_key(bits % (ORDER - 1) + 1, CURVE)


def public_key(keys: Keys) -> str:
    """What a browser subscribes with: the uncompressed point, in base64 for URLs."""
    point = vapid_key(keys).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def allowed(endpoint: str, services: Iterable[str]) -> bool:
    """Whether we may call this address, which a stranger gave us: an https address, on its usual port, of a host that the operator allows.

    A service is a host, `*.` and the end of one, or a whole origin (`http://127.0.0.1:9000`), which allows just that.
    """
    if len(endpoint) > MOST_CHARACTERS or not endpoint.isascii() or any(c <= " " or c in "\\\x7f" for c in endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        origin = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment:
        return False
    return any(_is_of(origin, service) for service in services)


def _is_of(origin: tuple[str, str, int | None], service: str) -> bool:
    scheme, host, port = origin
    if "://" in service:
        named = urlsplit(service)
        return origin == (named.scheme, named.hostname, named.port)
    if scheme != "https" or port not in (None, 443) or not HOST.fullmatch(host):
        return False
    return host.endswith(service[1:]) if service.startswith("*.") else host == service


def is_browser_key(p256dh: str, auth: str) -> bool:
    """Whether these can be a browser's public key, a point of the curve, and its secret of 16 bytes (RFC 8291, section 3)."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except (ValueError, binascii.Error):
        return False


def _decoded(text: str) -> bytes:
    text = text.rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
