"""How a connection is read: by uvicorn's own protocol, which would keep a head of any size, held to a bound."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra.web import MOST_HEADERS, MOST_QUERY

# A little over what the application refuses in words. One more piece, as the network brought it, is read before it is counted.
MOST_HEAD = MOST_HEADERS + MOST_QUERY + 4_096


class BoundedHeads(HttpToolsProtocol):
    """Whoever sends a longer head is told so in a word, and the connection is closed."""

    _head: int | None = 0

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
            if self._head - len(data) > MOST_HEAD:
                self.send_400_response("Request head too large.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()
