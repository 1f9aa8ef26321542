"""UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 12 of their fraction (section 6.2, method 3), then randomness.

Made here, because Python has it only from 3.14.
"""

import secrets
from uuid import UUID

from infra import clock


def new_id() -> UUID:
    """An id that sorts by when it was made, which keeps B-tree inserts together. Never an order of arrival: it is taken before any lock."""
    at = clock.now()
    milliseconds, fraction = int(at.timestamp()) * 1000 + at.microsecond // 1000, at.microsecond % 1000 * 4096 // 1000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
