"""Mail that was written as files because no SMTP server is set, as a list and as letters."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

NEWEST = 200
MOST_NAME = 100
_LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a letter: plain text, or an address that may be followed."""

    text: str
    link: bool


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    at: datetime
    to: str
    subject: str
    pieces: tuple[Piece, ...] = ()
    attachments: tuple[str, ...] = ()


def list_letters(folder: Path, zone: ZoneInfo) -> list[Letter]:
    """The newest letters of the folder, heads only."""
    newest = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:NEWEST]
    return [_letter(path.name, _parse(path, heads_only=True), zone) for path in newest]


def find_letter(folder: Path, name: str, zone: ZoneInfo) -> Letter | None:
    """One letter of the folder, by its file's name; None for any name that isn't a file of this very folder."""
    path = folder / name
    if Path(name).name != name or not name.endswith(".eml") or len(name) > MOST_NAME or not path.is_file():
        return None
    message = _parse(path, heads_only=False)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    pieces = tuple(Piece(part, bool(_LINK.fullmatch(part))) for part in _LINK.split(text) if part)
    attachments = tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments())
    return _letter(name, message, zone, pieces, attachments)


def _parse(path: Path, *, heads_only: bool) -> EmailMessage:
    with path.open("rb") as file:
        message = BytesParser(policy=policy.default).parse(file, headersonly=heads_only)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    return message


def _letter(name: str, message: EmailMessage, zone: ZoneInfo, pieces: tuple[Piece, ...] = (), attachments: tuple[str, ...] = ()) -> Letter:
    at = parsedate_to_datetime(str(message["Date"])).astimezone(zone)
    return Letter(name, at, str(message["To"]), str(message["Subject"]), pieces, attachments)
