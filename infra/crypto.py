"""Keyed hashes: what must be compared but never read back (manage tokens, contacts, bodies under an idempotency key)."""

import base64
import hashlib
import hmac
import secrets


class Keys:
    """One secret of the installation, and a separate key derived from it for each purpose (RFC 5869's idea, one HMAC deep)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def mac(self, purpose: str, *parts: str | bytes) -> bytes:
        """32 bytes that only this installation can make. Parts are length-prefixed: ("ab", "c") is not ("a", "bc")."""
        key = hmac.digest(self._secret, purpose.encode(), "sha256")
        message = b"".join(len(b := p.encode() if isinstance(p, str) else p).to_bytes(4, "big") + b for p in parts)
        return hmac.digest(key, message, "sha256")

    def token(self, purpose: str, *parts: str | bytes) -> str:
        """The same as 43 characters that may stand in a URL."""
        return base64.urlsafe_b64encode(self.mac(purpose, *parts)).rstrip(b"=").decode()

    def __repr__(self) -> str:
        return "Keys(…)"


def same(a: str, b: str) -> bool:
    """Whether two tokens are equal, in a time that does not tell how far they agree."""
    return hmac.compare_digest(a.encode(), b.encode())


def random_token() -> str:
    """256 random bits, for a URL or a header."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a random token. It has 256 bits of entropy, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()
