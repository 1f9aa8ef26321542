"""Handing a message to the service of a browser's maker (Web Push, RFC 8030), which hands it to the browser. Only workers do it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp
from py_vapid import Vapid
from pywebpush import WebPusher
from yarl import URL

from infra import clock
from infra.crypto import Keys
from infra.mail import Gone, NotAccepted
from infra.settings import Settings
from infra.vapid import allowed, vapid_key

CONNECTIONS, SECONDS, MOST_BYTES = 8, 10.0, 500
# How long a service keeps what it can't deliver yet, and how long one signature is good for (at most 24 h: RFC 8292, section 2).
KEPT, SIGNED = timedelta(days=1), timedelta(hours=12)
GONE, NEVER = (404, 410), (400, 413)


class Urgency(StrEnum):
    """RFC 8030, section 5.3: whether a telephone that saves its battery is woken."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Push:
    """A message to one browser. Of two with one topic (32 characters of base64) that wait at the service, only the newer is delivered."""

    endpoint: str
    p256dh: str
    auth: str
    content: bytes
    topic: str
    urgency: Urgency = Urgency.NORMAL


class Pusher:
    """The way to the services that are allowed, over a few connections. It lives in the event loop that it first sends in.

    pywebpush encrypts and signs. Its own sending blocks, follows redirects to wherever a service says, and bounds neither the time of an
    answer nor its length, so the request is made here.
    """

    def __init__(self, keys: Keys, sender: str, services: Sequence[str]) -> None:
        self._vapid = Vapid(vapid_key(keys))
        self._subject = f"mailto:{sender}"
        self._services = tuple(services)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, push: Push) -> str:
        """Hand a message over; the service's answer. Raises NotAccepted, and Gone when the browser is not to be reached any more."""
        if not allowed(push.endpoint, self._services):
            raise NotAccepted("a service that is not allowed", permanent=True)
        pusher = WebPusher({"endpoint": push.endpoint, "keys": {"p256dh": push.p256dh, "auth": push.auth}})
        try:
            status, answer = await self._post(push, pusher.encode(push.content)["body"])
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotAccepted(f"{type(error).__name__}: {error}", permanent=False) from error
        told = f"{status} {answer}".strip()
        if status in GONE:
            raise Gone(told)
        if not 200 <= status < 300:
            raise NotAccepted(told, permanent=status in NEVER)
        return told

    async def _post(self, push: Push, body: bytes) -> tuple[int, str]:
        """One request, without cookies and wherever a redirect may point; of the answer, only its beginning."""
        headers = {
            **self._signed(push.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(KEPT.total_seconds())),
            "Urgency": push.urgency.value,
            "Topic": push.topic,
        }
        url = URL(push.endpoint, encoded=True)
        async with self._opened().post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, (await answer.content.read(MOST_BYTES)).decode("utf-8", "replace")

    def _signed(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims = {
            "sub": self._subject,
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((clock.now() + SIGNED).timestamp()),
        }
        signed: dict[str, str] = self._vapid.sign(claims)
        return signed

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=SECONDS),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # its connections end in the loop's next turn


def make_pusher(settings: Settings, keys: Keys) -> Pusher | None:
    """None where the operator did not turn pushing on."""
    return Pusher(keys, settings.mail_address, settings.push_services) if settings.push else None
