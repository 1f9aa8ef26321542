"""Feeds for calendar programs and for readers of news, at the addresses they keep for years, whatever the Accept header asks for."""

from litestar import Router, get

from events.errors import NotFound
from events.feeds.asked import parse_alarm, parse_asked, parse_news
from events.feeds.feeds_ready import Feeds
from events.feeds.rules import FeedKind, Standard
from events.feeds.tracking import without_tracking
from infra.answers import ReadyAnswer
from infra.web import AnyRequest, open_to_all

MEDIA_TYPE = "text/calendar"


@get("/events.ics", media_type=MEDIA_TYPE)
async def filtered(request: AnyRequest) -> ReadyAnswer:
    """The events that the filters of a month or list find, `status=` aside; `alarm=60` adds a reminder an hour before each."""
    feeds: Feeds = request.app.state.feeds
    query = request.scope["query_string"]
    if held := feeds.held(("feed", query)):
        return held
    asked = parse_asked(query)
    return await feeds.of_filters(("feed", query), asked.filters, asked.alarm)


async def _news(request: AnyRequest, ending: str) -> ReadyAnswer:
    feeds: Feeds = request.app.state.feeds
    key = ending, request.scope["query_string"]
    return feeds.held(key) or await feeds.of_news(key, parse_news(key[1]), ending)


@get("/events.atom", media_type="application/atom+xml")
async def news_as_atom(request: AnyRequest) -> ReadyAnswer:
    """The events of the filters that were published or changed last, as Atom; at most a hundred."""
    return await _news(request, "atom")


@get("/events.rss", media_type="application/rss+xml")
async def news_as_rss(request: AnyRequest) -> ReadyAnswer:
    """The same as RSS 2.0."""
    return await _news(request, "rss")


@get("/events.json", media_type="application/feed+json")
async def news_as_json(request: AnyRequest) -> ReadyAnswer:
    """The same as JSON Feed 1.1."""
    return await _news(request, "json")


@get("/{kind:str}/{file:str}", media_type=MEDIA_TYPE)
async def standard(request: AnyRequest) -> ReadyAnswer:
    """All events of a tier, of a region with what lies below it, or of a series: `/feeds/regions/310110.ics`; `alarm=60` as above."""
    feeds: Feeds = request.app.state.feeds
    kind, file = request.path_params["kind"], request.path_params["file"]
    query = request.scope["query_string"]
    address = (kind, file, query) if query else (kind, file)
    if held := feeds.held(address):
        return held
    key = file.removesuffix(".ics")
    if kind not in set(FeedKind) or key == file:
        raise NotFound
    return await feeds.of_standard(address, Standard(FeedKind(kind), key), parse_alarm(query))


router = Router(
    "/feeds",
    route_handlers=[filtered, news_as_atom, news_as_rss, news_as_json, standard],
    before_request=without_tracking,
    middleware=[open_to_all],
)
