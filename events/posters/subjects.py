"""What a poster is of, and under which digest it is known. Pure but for the sheets, which it reads once."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

from events.i18n import Language
from events.posters.rules import PosterKind

SHEETS = Path(__file__).parent / "sheets"
# Laid there by `make assets`.
FONTS = Path(__file__).parents[1] / "web" / "built" / "fonts"

Form = Literal["pdf", "png"]


@dataclass(frozen=True, slots=True)
class Make:
    """How a kind is made: its sheet, its form, and the pixels to 72 points of a picture."""

    sheet: Path
    form: Form
    media_type: str
    ppi: int = 72


MAKES = {
    PosterKind.SHEET: Make(SHEETS / "a3.typ", "pdf", "application/pdf"),
    PosterKind.PHONE: Make(SHEETS / "phone.typ", "png", "image/png", 216),
    PosterKind.PICTURE: Make(SHEETS / "picture.typ", "png", "image/png", 216),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A month (`2026-05`) with filters (a query string), or an event, as one kind of poster in one language."""

    kind: PosterKind
    language: Language
    month: str | None = None
    filters: str = ""
    event_id: UUID | None = None

    def digest(self, public_url: str, site_host: str | None = None) -> bytes:
        """Of all that a poster is made of beside the calendar: another address, body or design of the site makes another."""
        parts = (self.kind, self.language, self.month or "", self.filters, str(self.event_id or ""), public_url, site_host or "", design())
        return hashlib.sha256("\0".join(parts).encode()).digest()


@cache
def design() -> str:
    """A digest of the sheets."""
    found = hashlib.sha256()
    for path in sorted(SHEETS.glob("*.typ")):
        found.update(path.read_bytes())
    return found.hexdigest()


def store_path(poster_id: UUID, tag: str, kind: PosterKind) -> str:
    """Where the bytes lie in the store."""
    return f"posters/{poster_id}-{tag}.{MAKES[kind].form}"


def picture_address(public_url: str, event_id: UUID, language: Language) -> str:
    """The address of an event's picture, for `og:image` (1200 × 630). It always answers with a picture while the event is public."""
    return f"{public_url}/events/{event_id}/picture.png?lang={language.value}"
