"""What the web application stands on: the one transaction of a request, RFC 9457 problems, headers that every answer carries."""

import asyncio
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import ClientException, HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from infra.installation import Installation
from infra.networks import client_address, network_of
from infra.shape import ShapeFault, mended, shape_faults

MAX_BODY = 1_000_000
# Bytes of a path with its query, and of all headers: what is kept ready is kept by its address.
MOST_QUERY, MOST_HEADERS = 8_192, 32_768
# Seconds that a body may pause, and that it may take as a whole.
BODY_PAUSE, BODY_WHOLE = 15.0, 30.0
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
PROBLEM = "application/problem+json"

AnyRequest = Request[Any, Any, Any]

# What a refusal reads of a request.
READ = (b"accept", b"accept-language", b"host")
# Named by no route.
NO_METHOD = "NONE"

NOSNIFF = (b"x-content-type-options", b"nosniff")
# Of what leads on: pages, and what sends a browser elsewhere.
LEADING: tuple[tuple[bytes, bytes], ...] = (
    # No page's address is told to anybody, for some hold codes; but under `no-referrer` a page's own forms would come from nowhere
    # (`Origin: null`, Fetch, section 3.2), and who posted them could not be told.
    (b"referrer-policy", b"strict-origin"),
    (b"permissions-policy", b"geolocation=(self)"),
)


class SlowBody(ClientException):
    """The body didn't come in time. The rest of it may still come, so the connection can't be used again (RFC 9110, section 15.5.9)."""

    status_code = HTTPStatus.REQUEST_TIMEOUT.value

    def __init__(self) -> None:
        super().__init__(headers={"Connection": "close"})


class BrokenOff(ClientException):
    """Whoever sent the body went away before its end. Nobody reads the answer, and nothing of ours has failed."""


async def read_body(request: AnyRequest) -> None:
    """What stands before every handler: the whole body, kept with the request. A transaction that was begun before it would keep its
    connection to the database waiting for as long as the sender pleases."""
    if request.method not in BODILESS:
        await request.body()


def bearer(request: AnyRequest) -> str:
    """The token of `Authorization: Bearer …` (RFC 6750, section 2.1), or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def network_from(request: AnyRequest, installation: Installation) -> str:
    """The network that a request came from; X-Forwarded-For is believed of the proxies that the settings trust."""
    forwarded = ", ".join(request.headers.getall("x-forwarded-for", []))
    peer = request.client.host if request.client else ""
    return network_of(client_address(peer, forwarded, installation.settings.trusted_proxies))


def problem(
    status: int, code: str, title: str, detail: str, *, errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """An RFC 9457 problem. `code` is stable and made for programs; `title` and `detail` are sentences for people."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, "errors": errors or []}
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def body_faults(request: AnyRequest) -> Iterator[ShapeFault]:
    """Each fault of shape in the JSON body that the handler's `data` refused. Empty when the fault lies elsewhere (a path, a query)."""
    handler = request.route_handler
    field = getattr(handler, "parsed_data_field", None)
    body = ScopeState.from_scope(request.scope).json
    if field is None or not isinstance(body, dict | list | str | int | float | bool | None):
        return iter(())
    return shape_faults(body, field.annotation)


def mended_body(request: AnyRequest) -> Any:
    """The JSON body that the handler's `data` refused, made into its type as far as it goes (`infra.shape.mended`)."""
    field = request.route_handler.parsed_data_field
    return mended(ScopeState.from_scope(request.scope).json, field.annotation if field else Any)


class Application(Litestar):
    """Litestar, with what stands before every route of it and also where there is none.

    It answers HEAD wherever it answers GET: the same status and headers, and no body (RFC 9110, section 9.3.2). OPTIONS, which Litestar
    answers for one handler of several, and the refusal of a method list all that the address has (sections 9.3.7 and 15.5.6). Every answer
    has the headers that cost nothing and close a door each. A body is waited for in time (SlowBody). An address or headers that no
    browser sends are refused before anything looks at them.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == ScopeType.HTTP:
            method = scope["method"]
            if method == "HEAD":
                scope, send = {**scope, "method": "GET"}, _without_body(send)
            elif method == "OPTIONS":
                scope, send = {**scope, "method": NO_METHOD}, _as_options(send)
            elif method != "GET":
                receive = _in_time(receive)
            send = _with_headers(send)
            if len(scope["path"]) + len(scope["query_string"]) > MOST_QUERY:
                await self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, scope, receive, send)
                return
            if sum([len(name) + len(value) for name, value in scope["headers"]]) > MOST_HEADERS:
                await self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def _refuse(self, status: HTTPStatus, scope: Any, receive: Any, send: Any) -> None:
        """As any refusal, by the start of the path and by what the client reads."""
        headers = [(name, value) for name, value in scope["headers"] if name in READ and len(value) < MOST_QUERY]
        short: Any = {
            **scope,
            "path": scope["path"][:100],
            "query_string": b"",
            "headers": headers,
            "app": self,
            "litestar_app": self,
            "state": {},
        }
        request: AnyRequest = Request(short, receive, send)
        answer: Response[Any] = self.exception_handlers[HTTPException](request, HTTPException(status_code=status.value))
        await answer.to_asgi_response(app=None, request=request)(short, receive, send)


def _in_time(receive: Receive) -> Receive:
    """The body, or SlowBody or BrokenOff; what comes after it, the end of the connection, may be waited for without end."""
    deadline, more = 0.0, True

    async def receiving() -> Any:
        nonlocal deadline, more
        if not more:
            return await receive()
        now = asyncio.get_running_loop().time()
        deadline = deadline or now + BODY_WHOLE
        try:
            async with asyncio.timeout_at(min(now + BODY_PAUSE, deadline)):
                message = await receive()
        except TimeoutError:
            raise SlowBody from None
        if message["type"] == "http.disconnect":
            raise BrokenOff
        more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    return receiving


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sending


def _as_options(send: Send) -> Send:
    """The refusal of a method that nothing has, which lists those that the address has, as the answer to OPTIONS. Other answers stay."""
    listed = False

    async def sending(message: Message) -> None:
        nonlocal listed
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
            listed = True
            kept = [(name, value) for name, value in message["headers"] if not name.startswith(b"content-")]
            message = {"type": "http.response.start", "status": HTTPStatus.NO_CONTENT.value, "headers": kept}
        elif listed and message["type"] == "http.response.body":
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return sending


# For what is no page: nothing that is in it may load anything, and nobody may frame it.
CONTENT_POLICY = b"content-security-policy"
NOTHING = (CONTENT_POLICY, b"default-src 'none'; frame-ancestors 'none'")


def _with_headers(send: Send) -> Send:
    """What closes doors. An answer without a page's policy has no link and no script; each header more costs a short answer a twentieth."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            status, headers = message["status"], [*message["headers"], NOSNIFF]
            page = CONTENT_POLICY in [name for name, _ in headers]
            if page or 300 <= status < 400:
                headers += LEADING
            if not page:
                headers.append(NOTHING)
            if status == HTTPStatus.METHOD_NOT_ALLOWED:
                headers = [(name, _whole(value) if name == b"allow" else value) for name, value in headers]
            message["headers"] = headers
        await send(message)

    return sending


def _whole(allow: bytes) -> bytes:
    """The methods of an address, with the two that it has through the application."""
    methods = {*allow.decode().split(", "), "OPTIONS"}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods)).encode()


def open_to_all(app: ASGIApp) -> ASGIApp:
    """What GET answers here may be read by scripts of any site: it is the same for everybody, and no browser sends its cookies along.

    Methods that write, and requests with an Authorization header, need a browser's preflight, which nobody answers for them.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET":
            await app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"access-control-allow-origin", b"*")]
            await send(message)

        await app(scope, receive, sending)

    return answer
