"""What programs for chat and mail add to every link that they hand on, the addresses of feeds and files among them."""

from functools import lru_cache
from urllib.parse import quote, urlencode

from litestar import Response
from litestar.status_codes import HTTP_308_PERMANENT_REDIRECT

from events.calendar.filters import parse_query
from infra.web import AnyRequest

# WeChat's, then those of others. None of them is the name of anything that a feed can be asked for.
NAMES = frozenset(
    {"from", "isappinstalled", "scene", "clicktime", "enterid", "nsukey"}
    | {"spm", "share_token", "fbclid", "gclid", "dclid", "msclkid", "yclid", "mc_cid", "mc_eid"}
)


async def without_tracking(request: AnyRequest) -> Response[bytes] | None:
    """What stands before a feed: an address with parameters of trackers is led, for good, to the one without them.

    Only those: a subscription lasts for years and nobody sees its address, so a filter that is misspelt is refused when it is added.
    """
    query = request.scope["query_string"]
    if not query or (clean := _clean(query)) is None:
        return None
    headers = {"Location": quote(request.scope["path"]) + clean, "Cache-Control": "public, max-age=3600"}
    return Response(b"", status_code=HTTP_308_PERMANENT_REDIRECT, headers=headers)


@lru_cache(maxsize=4_096)
def _clean(query: bytes) -> str | None:
    """The query string with its question mark, without what trackers added; None where they added nothing. Raises Faulty."""
    pairs = parse_query(query)
    kept = [pair for pair in pairs if not (pair[0] in NAMES or pair[0].startswith("utm_"))]
    if len(kept) == len(pairs):
        return None
    return f"?{urlencode(kept)}" if kept else ""
