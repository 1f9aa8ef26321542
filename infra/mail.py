"""Mail: how a message is built, and the two ways it leaves: a mail server, or a folder of files where none is configured."""

import asyncio
import contextlib
import re
import secrets
import socket
import time
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from infra.settings import Settings

CONNECTIONS = 8
# Seconds: for one command of the server, and how long an idle connection is trusted.
COMMAND_TIMEOUT, IDLE = 10.0, 20.0
WIRE = compat32.clone(linesep="\r\n")
ADDRESS = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")  # visible ASCII without <, > and a second @
LOOPBACK = ("localhost", "127.0.0.1", "::1")
CLOSING = 421
# A refused recipient who is not there: a mailbox that is none or was closed (RFC 3463: X.1.*, X.2.1). A server that says no more than 550,
# 551 or 553 means the same (RFC 5321, section 4.2.3); with another code it may mean us (5.7.*) or a full mailbox (5.2.2).
NOBODY = re.compile(r"5\d\d 5\.(1\.\d+|2\.1)\b|55[013] (?!\d\.\d+\.\d+)")


class NotAccepted(Exception):
    """A mail that was not taken. `permanent` when trying again cannot help: this recipient or this content is refused for good."""

    def __init__(self, answer: str, *, permanent: bool) -> None:
        super().__init__(answer)
        self.permanent = permanent


class Gone(NotAccepted):
    """Refused because there is nobody at the address, and nothing else will arrive there either."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer, permanent=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave: `name` is what stands before the @ of its Message-ID, `content` the whole message with CRLF."""

    name: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text of some type (`calendar`), with the parameters of its Content-Type."""

    name: str
    subtype: str
    content: str
    params: dict[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    async def send(self, mail: Mail) -> str:
        """Hand a mail over; the receiver's answer. Raises NotAccepted."""

    async def close(self) -> None: ...


def make_mailer(settings: Settings) -> Mailer:
    """The mail server of SMTP_URL, or a folder `mail` under the installation's data."""
    return SmtpMailer(settings.smtp_url) if settings.smtp_url else FolderMailer(settings.data / "mail")


def build(
    identity: UUID,
    *,
    at: datetime,
    sender: str,
    to: tuple[str, str],
    subject: str,
    bodies: tuple[str, str],
    language: str,
    attachment: Attachment | None = None,
    leave_link: str | None = None,
) -> Mail:
    """A mail of text with an HTML alternative, byte for byte the same for the same values. `to` is (name, address),
    `bodies` is (text, HTML).

    A `leave_link` is where a POST, of the reader's mail program or its server, ends what the mail is part of (RFC 8058, section 3).

    Auto-Submitted (RFC 3834) keeps holiday replies away. Raises ValueError for an address that can be none. Made with the standard
    library's older classes: the newer ones parse every header that they are given, which costs four times as much.
    """
    from_name, from_address = parseaddr(sender)
    message = MIMEMultipart("mixed", boundary=f"=_{identity.hex}_0")
    message["Message-ID"] = f"<{identity}@{from_address.rpartition('@')[2] or 'localhost'}>"
    message["Date"] = format_datetime(at)
    message["From"] = _mailbox("From", from_name, from_address)
    message["To"] = _mailbox("To", *to)
    message["Subject"] = _encoded("Subject", subject)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language
    text, html = bodies
    parts = [MIMEText(text, "plain", "utf-8"), MIMEText(html, "html", "utf-8")]
    message.attach(MIMEMultipart("alternative", boundary=f"=_{identity.hex}_1", _subparts=parts))
    if attachment:
        message.attach(_attached(attachment))
    return Mail(str(identity), from_address, to[1], _leaving(leave_link) + message.as_bytes(policy=WIRE))


def _leaving(link: str | None) -> bytes:
    """Each on one line, which the library would fold before the link: not every mail program finds it on the next."""
    return f"List-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode() if link else b""


def _attached(attachment: Attachment) -> MIMEText:
    part = MIMEText(attachment.content, attachment.subtype, "utf-8")
    for name, value in attachment.params.items():
        part.set_param(name, value)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def _mailbox(header: str, name: str, address: str) -> str:
    """`name <address>`. The address must be one in ASCII, for it stands in the header as it is and in the server's commands."""
    if not ADDRESS.fullmatch(address):
        raise ValueError(f"no mail address: {address!r}")
    return f"{_encoded(header, name)} <{address}>" if name.strip() else address


def _encoded(header: str, value: str) -> str:
    """A person's words in a header (RFC 2047): always encoded, so that nothing in them is read as anything else."""
    return Header(one_line(value), "utf-8", header_name=header).encode()


def one_line(text: str) -> str:
    """Text as it may stand in a header: control characters and line ends are spaces, so that nothing a person wrote starts a header."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split())


class FolderMailer:
    """Each mail as an `.eml` file named after its Message-ID: a repeat replaces the file, and a reader never sees half of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, mail: Mail) -> str:
        return await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Mail) -> str:
        name = f"{mail.name}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self.folder / f".{name}.{secrets.token_hex(4)}"
            part.write_bytes(mail.content)
            part.replace(self.folder / name)
        except OSError as error:
            raise NotAccepted(f"{type(error).__name__}: {error.strerror}", permanent=False) from error
        return name

    async def close(self) -> None:
        """Nothing is held open."""


class SmtpMailer:
    """A mail server, over a few connections that are kept while they are used.

    `smtps://` speaks TLS from the first byte. `smtp://` upgrades by STARTTLS when the server offers it; with a password the upgrade and a
    good certificate are required, unless the server is on this machine.
    """

    def __init__(self, url: str, *, connections: int = CONNECTIONS) -> None:
        parts = urlsplit(url)
        secret = bool(parts.username) and parts.hostname not in LOOPBACK
        tls = parts.scheme == "smtps"
        self._options: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": tls,
            "start_tls": None if tls or not secret else True,
            "validate_certs": tls or secret,
            "local_hostname": socket.gethostname(),
            "timeout": COMMAND_TIMEOUT,
        }
        self._free = asyncio.Semaphore(connections)
        self._kept: list[tuple[float, aiosmtplib.SMTP]] = []

    async def send(self, mail: Mail) -> str:
        try:
            async with self._free:
                return await self._transfer(mail)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _not_accepted(error) from error

    async def _transfer(self, mail: Mail) -> str:
        """Over a kept connection, and once more over a fresh one when the server had let the kept one go."""
        if kept := self._take():
            with contextlib.suppress(aiosmtplib.SMTPServerDisconnected):
                async with self._lending(kept):
                    return await _give(kept, mail)
        fresh = self.connection()
        await fresh.connect()
        async with self._lending(fresh):
            return await _give(fresh, mail)

    def connection(self) -> aiosmtplib.SMTP:
        """A new one, not yet connected."""
        return aiosmtplib.SMTP(**self._options)

    def _take(self) -> aiosmtplib.SMTP | None:
        while self._kept:
            since, connection = self._kept.pop()
            if connection.is_connected and time.monotonic() - since < IDLE:
                return connection
            connection.close()
        return None

    @contextlib.asynccontextmanager
    async def _lending(self, connection: aiosmtplib.SMTP) -> AsyncIterator[None]:
        """Keep the connection after an answer, be it a refusal. One that broke off is closed: its next answer may be an old one."""
        try:
            yield
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
            self._kept.append((time.monotonic(), connection))
            raise
        except BaseException:
            connection.close()
            raise
        self._kept.append((time.monotonic(), connection))

    async def close(self) -> None:
        while self._kept:
            _, connection = self._kept.pop()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=0.5)
            connection.close()


async def _give(connection: aiosmtplib.SMTP, mail: Mail) -> str:
    """One mail transaction; the server's answer. A server that says 421 is closing the connection (RFC 5321, section 3.8)."""
    try:
        _, answer = await connection.sendmail(mail.sender, [mail.recipient], mail.content)
    except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
        refusal = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
        if refusal.code == CLOSING:
            raise aiosmtplib.SMTPServerDisconnected(f"{refusal.code} {refusal.message}") from error
        raise
    return answer


def _not_accepted(error: Exception) -> NotAccepted:
    """For good is only a 5xx about this recipient or this content (RFC 5321, section 4.2.1), or an address that can be none.

    The rest, a bad password or a refused sender among it, is the installation's fault and passes when that is mended.
    """
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            first = error.recipients[0]
            answer = f"{first.code} {first.message}"
            return Gone(answer) if NOBODY.match(answer) else NotAccepted(answer, permanent=first.code >= 500)
        case aiosmtplib.SMTPDataError():
            return NotAccepted(f"{error.code} {error.message}", permanent=error.code >= 500)
        case aiosmtplib.SMTPResponseException():
            return NotAccepted(f"{error.code} {error.message}", permanent=False)
    return NotAccepted(f"{type(error).__name__}: {error}", permanent=isinstance(error, ValueError))
