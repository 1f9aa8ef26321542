"""Answers whose bytes are kept ready: plain ASGI, because they are the hottest reads there are."""

import gzip
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import mktime_tz, parsedate_tz
from hashlib import blake2b

from litestar.types import Receive, Scope, Send

# The lowest level takes a fifth of the default's time, and the answer is made again at the next change.
GZIP_LEVEL = 1
REVALIDATE = (b"cache-control", b"public, no-cache")


class ReadyAnswer:
    """A 200 with a strong ETag (RFC 9110, section 8.8), compressed for who accepts it, or the 304 that says it is still the same.

    A Last-Modified among its headers answers If-Modified-Since, for who sends no tag (section 13.1.3).

    It is an ASGI application, so a handler returns it as it is. Its body is kept as parts, which many answers may share: joining them takes
    far less than sending them. `valid_until` is when it stops being true although nothing was written.
    """

    __slots__ = ("_compressed", "_length", "_modified", "_parts", "_plain", "_same", "_tag", "valid_until")

    def __init__(
        self, body: bytes | Sequence[bytes], media_type: str, valid_until: datetime, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._parts = (body,) if isinstance(body, bytes) else body
        self._length = sum(map(len, self._parts))
        self.valid_until = valid_until
        self._tag = _tag(self._parts)
        own = [(name.lower().encode(), value.encode()) for name, value in headers]
        names = {name for name, _ in own}
        self._modified = next((value for name, value in own if name == b"last-modified"), None)
        always = [pair for pair in (REVALIDATE, (b"vary", b"Accept-Encoding")) if pair[0] not in names]
        self._same = [*own, *always]
        self._plain = [(b"content-type", media_type.encode()), (b"content-length", str(self._length).encode()), *self._same]
        self._compressed: tuple[bytes, list[tuple[bytes, bytes]]] | None = None

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    @property
    def size(self) -> int:
        """The memory that it may come to hold, in bytes: its own body or references to shared parts, the compressed body, itself."""
        own = self._length if len(self._parts) == 1 else len(self._parts) * 8
        return own + self._length // 5 + 3_000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the ASGI signature
        known, since, gzipped = b"", b"", False
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                gzipped = accepts_gzip(value)
            elif name == b"if-none-match":
                known = value
            elif name == b"if-modified-since":
                since = value
        tag = b'"' + self._tag + (b'-gzip"' if gzipped else b'"')
        if (self._tag in known or known.strip() == b"*") if known else (since and self._unmodified(since)):
            await send({"type": "http.response.start", "status": 304, "headers": [*self._same, (b"etag", tag)]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        body, headers = self._gzipped() if gzipped else (b"".join(self._parts), self._plain)
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, (b"etag", tag)]})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _unmodified(self, since: bytes) -> bool:
        """Whether it is no newer than that; what is no HTTP date is ignored."""
        if self._modified is None or since == self._modified:
            return self._modified is not None
        asked, modified = (parsedate_tz(date.decode("latin-1")) for date in (since, self._modified))
        return asked is not None and modified is not None and mktime_tz(asked) >= mktime_tz(modified)

    def _gzipped(self) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Compressed when first asked for. Without a time inside, so that the same body gives the same bytes."""
        if self._compressed is None:
            body = gzip.compress(b"".join(self._parts), GZIP_LEVEL, mtime=0)
            headers = [pair for pair in self._plain if pair[0] != b"content-length"]
            self._compressed = (body, [*headers, (b"content-length", str(len(body)).encode()), (b"content-encoding", b"gzip")])
        return self._compressed


def _tag(parts: Iterable[bytes]) -> bytes:
    digest = blake2b(digest_size=12)
    for part in parts:
        digest.update(part)
    return digest.hexdigest().encode()


def accepts_gzip(value: bytes) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, section 12.5.3)."""
    for part in value.lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return weight.strip().replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
