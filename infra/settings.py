"""What an installation may set, read once from the environment at the start. A bad value stops the start with a sentence that names it."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadSetting(Exception):
    """A variable that cannot be used; the text is the sentence to print."""


def _text(value: str) -> str:
    return value


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ValueError("a port between 1 and 65535")
    return int(value)


def _count(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= 1_000_000:
        raise ValueError("a whole number from 1 to 1000000")
    return int(value)


def _yes(value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise ValueError("yes or no")
    return value.lower() == "yes"


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone such as Asia/Shanghai") from error


def _url(*schemes: str) -> Callable[[str], str]:
    """An address of one of these schemes, with a host and a usable port: any other would fail only where it is first used."""

    def read(value: str) -> str:
        wanted = "an address such as " + " or ".join(f"{scheme}://host" for scheme in schemes)
        try:
            parts = urlsplit(value)
            whole = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
        except ValueError as error:  # a port that is no number, half an address in brackets
            raise ValueError(wanted) from error
        if not whole or re.search(r"\s", value):
            raise ValueError(wanted)
        return value.rstrip("/")

    return read


def _any_url(*schemes: str) -> Callable[[str], str]:
    """An address whose rest is for others to judge, for it may name no host, or several."""

    def read(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError("an address that begins with " + " or ".join(f"{s}://" for s in schemes))
        return value.rstrip("/")

    return read


def _database(value: str) -> str:
    return _any_url("postgresql", "postgres")(value)


def _broker(value: str) -> str:
    return value if value == "postgres" else _url("amqp", "amqps")(value)


def _networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("networks such as 10.0.0.0/8, separated by commas") from error


def _secret(value: str) -> bytes:
    if len(value) < 32:
        raise ValueError("at least 32 characters, kept secret and never changed")
    return value.encode()


def _region(value: str) -> str:
    if not value.isdecimal() or len(value) not in (6, 9):
        raise ValueError("a region's code of 6 or 9 digits, such as 310110")
    return value


def _level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _sender(value: str) -> str:
    if not re.fullmatch(r"[!-;=?A-~]+@[!-;=?A-~]+", parseaddr(value)[1]):
        raise ValueError("an address such as Saili <no-reply@example.org>")
    return value


def _services(value: str) -> tuple[str, ...]:
    """Hosts, ends of hosts (`*.example.org`) and whole origins."""
    services = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if not services or not all(re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|https?://[a-z0-9.-]+(:[0-9]+)?", one) for one in services):
        raise ValueError("hosts such as push.example.org or *.example.org, separated by commas")
    return services


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[!-;=?A-~]+@[!-;=?A-~]+", value):
        raise ValueError("an address such as sport@example.org")
    return value


def _setting(name: str, read: Callable[[str], Any], doc: str, default: str | None = None) -> Any:
    return field(metadata={"name": name, "read": read, "doc": doc, "default": default})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, typed. The table in docs/operators.md is held to these lines by a test."""

    host: str = _setting("HOST", _text, "Address that the web server listens on.", "127.0.0.1")
    port: int = _setting("PORT", _port, "Port that the web server listens on.", "8000")
    data: Path = _setting("SAILI_DATA", Path, "Folder for the embedded database, mail, exported feeds and the key.", ".saili")
    database_url: str | None = _setting("DATABASE_URL", _database, "An external PostgreSQL (≥ 15). Unset: the embedded one.")
    pg_bin: Path | None = _setting("PG_BIN", Path, "Folder of a PostgreSQL's programs to use for the embedded database and for backups.")
    broker_url: str = _setting("BROKER_URL", _broker, "`postgres`, or `amqp://…` for RabbitMQ.", "postgres")
    base_url: str | None = _setting("BASE_URL", _url("http", "https"), "The public address, as citizens type it. Unset: http://HOST:PORT.")
    secret_key: bytes | None = _setting(
        "SECRET_KEY", _secret, "Key of manage links, contact hashes and pushes. Unset: made once, kept in SAILI_DATA."
    )
    smtp_url: str | None = _setting("SMTP_URL", _url("smtp", "smtps"), "`smtp://user:password@host:port`. Unset: mail is written as files.")
    mail_from: str = _setting("MAIL_FROM", _sender, "Sender of every mail.", "Saili 赛历 <no-reply@localhost>")
    zone: ZoneInfo = _setting("TIMEZONE", _zone, "The city's time zone.", "Asia/Shanghai")
    home_region: str = _setting(
        "HOME_REGION",
        _region,
        "Region that stands first among the calendar's choices, and where imported rows without one belong.",
        "310110",
    )
    store_url: str | None = _setting(
        "STORE_URL", _any_url("file", "s3", "gs", "az"), "Where feeds are exported to and posters kept. Unset: SAILI_DATA/store."
    )
    demo: bool = _setting("DEMO", _yes, "Whether an empty database is filled with the demonstration.", "yes")
    reports_mail: str | None = _setting(
        "REPORTS_MAIL", _mailbox, "Where citizens' reports of errors go while the event's office has no mailbox. Unset: they are only kept."
    )
    site_host: str | None = _setting("SITE_HOST", _text, "The body that runs this site 主办单位, as the footer names it.")
    site_contact: str | None = _setting("SITE_CONTACT", _text, "A telephone number or an address of that body, for the footer.")
    icp_number: str | None = _setting(
        "ICP_NUMBER", _text, "Number of the ICP filing ICP 备案, such as 沪ICP备00000000号-1, for the footer."
    )
    police_number: str | None = _setting(
        "POLICE_NUMBER", _text, "Number of the police's filing 公安备案, such as 沪公网安备00000000000000号."
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _setting(
        "TRUSTED_PROXIES", _networks, "Networks whose X-Forwarded-For is believed.", ""
    )
    network_limit: int = _setting(
        "NETWORK_LIMIT", _count, "Registrations in one division, and addresses to follow from, that one network may enter an hour.", "500"
    )
    push: bool = _setting(
        "PUSH", _yes, "Whether browsers may ask to be notified of events; messages go through their makers' services abroad.", "no"
    )
    push_services: tuple[str, ...] = _setting(
        "PUSH_SERVICES",
        _services,
        "Hosts of those services; no other is ever called.",
        "fcm.googleapis.com, updates.push.services.mozilla.com, web.push.apple.com, *.notify.windows.com",
    )
    log_level: str = _setting("LOG_LEVEL", _level, "How much is logged.", "INFO")

    @property
    def local_host(self) -> str:
        """Where this machine reaches the web server: the address it listens on, or the loopback where that is every address."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not listened on

    @property
    def local_url(self) -> str:
        return f"http://[{self.local_host}]:{self.port}" if ":" in self.local_host else f"http://{self.local_host}:{self.port}"

    @property
    def public_url(self) -> str:
        """The address in links, without a slash at its end."""
        return self.base_url or self.local_url

    @property
    def at_home(self) -> bool:
        """Whether the public address leads nowhere but to this machine."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def mail_address(self) -> str:
        """The address alone of MAIL_FROM."""
        return parseaddr(self.mail_from)[1]

    def require_secret(self) -> bytes:
        """The installation's key: the one set, or one made at the first start and kept where only its owner can read it."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret-key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"secret-key.{os.getpid()}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(secrets.token_urlsafe(48).encode())
            # A link appears whole, and only one of several processes that start together can make it.
            with suppress(FileExistsError):
                path.hardlink_to(fresh)
            fresh.unlink()
        return path.read_bytes()


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises BadSetting for the first variable that can't be used; an empty one counts as unset."""
    environment = os.environ if environment is None else environment
    return Settings(**{f.name: _read(f.metadata, environment) for f in fields(Settings)})


def _read(setting: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    value = environment.get(setting["name"], "").strip() or setting["default"]
    if value is None:
        return None
    try:
        return setting["read"](value)
    except ValueError as error:
        raise BadSetting(f"{setting['name']} must be {error}; it is {_shown(setting['name'], value)}.") from error


def _shown(name: str, value: str) -> str:
    """A value as it may be printed: never a key or a password."""
    return "not" if name == "SECRET_KEY" or "@" in value else repr(value)
