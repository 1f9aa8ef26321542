"""UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then randomness. Made here, because Python has it only from 3.14."""

import secrets
from uuid import UUID

from infra import clock


def new_id() -> UUID:
    """An id that sorts by when it was made, which keeps B-tree inserts together. Never an order of arrival: it is taken before any lock."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
