"""How a connection is read: by uvicorn's own protocol, which would keep a head of any size and wait for it for ever, held to bounds."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra.web import MOST_HEADERS, MOST_QUERY

# A little over what the application refuses in words. One more piece, as the network brought it, is read before it is counted.
MOST_HEAD = MOST_HEADERS + MOST_QUERY + 4_096
HEAD_SECONDS = 15.0


class BoundedHeads(HttpToolsProtocol):
    """Whoever sends a longer head is told so in a word, and the connection is closed; also that of who takes longer over it."""

    # The bytes of the head that is coming; None while none is.
    _head: int | None = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
            if self._head - len(data) > MOST_HEAD:
                self.send_400_response("Request head too large.")
                return
        super().data_received(data)
        if self._head is not None and self._waiting is None:  # the beginning of one, on a connection that has had others
            self._wait()

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        self._stop_waiting()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
