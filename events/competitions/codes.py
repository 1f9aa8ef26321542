"""Invitation codes: kept as a keyed hash, compared as people type them."""

import unicodedata
from uuid import UUID

from infra.crypto import Keys


def code_hash(keys: Keys, competition_id: UUID, code: str) -> bytes:
    """The hash that a competition keeps. Full-width letters, case and blanks around the code make no difference."""
    return keys.mac("entry-code", competition_id.bytes, unicodedata.normalize("NFKC", code).strip().casefold())
