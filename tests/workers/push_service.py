"""A push service as RFC 8030 has it, on the loopback, and a browser that reads what it is handed."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """What was signed, if the signature is that of the key beside it (RFC 8292, section 3)."""
        assert Vapid.verify(self.headers["authorization"])
        token = self.headers["authorization"].partition("t=")[2].partition(",")[0].split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return claims


@dataclass
class PushService:
    """`answers` are given first, in order; then 201. One that is None is never given: the connection is kept open."""

    received: list[Received] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in head) if name}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                self.received.append(Received(line.decode().split()[1], headers, body))
                answer = self.answers.pop(0) if self.answers else "201 Created\r\nLocation: /message/1"
                if answer is None:
                    await asyncio.Event().wait()
                writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def pushing() -> AsyncIterator[PushService]:
    service, tasks = PushService(), set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(service.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    yield service
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class BrowserOf:
    """One browser: its key pair, its secret, its endpoint at a service."""

    def __init__(self, service: PushService, name: str = "1") -> None:
        self._key, self._secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        self.endpoint = f"{service.origin}/push/{name}"
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {"p256dh": base64url(point), "auth": base64url(self._secret)}

    def subscription(self, **more: Any) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` gives it, and our own language."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys} | more

    def reads(self, received: Received) -> dict[str, Any]:
        """What only this browser can read (RFC 8291)."""
        plain = http_ece.decrypt(received.body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        told: dict[str, Any] = json.loads(plain)
        return told
