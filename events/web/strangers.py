"""Links that others added to: WeChat, mail programs and advertisers put parameters of their own into an address that is shared."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlencode

from litestar import Response
from litestar.status_codes import HTTP_302_FOUND

from events.calendar.filters import CHECKS, parse_query
from events.web.pages import LOOKS, own_path
from infra.web import AnyRequest

# What every view of the calendar knows.
FILTERED = (*CHECKS, *LOOKS)

Before = Callable[[AnyRequest], Awaitable[Response[bytes] | None]]


def knowing(*names: str) -> Before:
    """What stands before a page: an address with parameters that the page doesn't know is led to the same address without them.

    Refused, half of what is shared would be dead. Ignored, every stranger's parameter would be one more address of the same page, for our
    caches and all others; and a filter that is misspelt would look as if it were applied. Once led on, the address bar says what is
    applied, and what is handed on from there is clean. Programs are still refused: nobody reads their address bar.
    """
    known = frozenset(names)

    async def lead_on(request: AnyRequest) -> Response[bytes] | None:
        scope = request.scope
        if not scope["query_string"] or (query := known_part(scope["query_string"], known)) is None:
            return None
        return Response(b"", status_code=HTTP_302_FOUND, headers={"Location": own_path(request) + query, "Cache-Control": "no-store"})

    return lead_on


@lru_cache(maxsize=4_096)
def known_part(query: bytes, known: frozenset[str]) -> str | None:
    """A query string with its question mark, without the parameters that aren't known; None when all of them are. Raises Faulty."""
    pairs = parse_query(query)
    kept = [pair for pair in pairs if pair[0] in known]
    if len(kept) == len(pairs):
        return None
    return f"?{urlencode(kept)}" if kept else ""
