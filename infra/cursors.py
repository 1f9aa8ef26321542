"""Cursors of keyset paging: where the last page ended, as text that a client hands back and does not read."""

import base64
import binascii
import json


def cursor(*keys: str) -> str:
    """The keys of a page's last row, as base64url."""
    return base64.urlsafe_b64encode(json.dumps(keys, ensure_ascii=False).encode()).rstrip(b"=").decode()


def read_cursor(text: str, count: int) -> tuple[str, ...] | None:
    """The `count` keys in a cursor, or None when it is none of ours: cut, made up, or from another list."""
    try:
        keys = json.loads(base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(keys, list) or len(keys) != count or not all(isinstance(key, str) and _is_text(key) for key in keys):
        return None
    return tuple(keys)


def _is_text(key: str) -> bool:
    """Whether the database can compare with it: JSON also writes a NUL, and half of a pair of surrogates."""
    return "\0" not in key and not any("\ud800" <= character <= "\udfff" for character in key)
