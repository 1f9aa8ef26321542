"""Feeds for calendar programs, at the addresses they keep for years. Whatever the Accept header asks for, they are text/calendar."""

from dataclasses import dataclass

from litestar import Router, get

from events.calendar.filters import Filters, parse_query
from events.errors import Fault, Faulty, NotFound
from events.feeds.feeds_ready import Feeds
from events.feeds.rules import MOST_ALARM_MINUTES, FeedKind, Standard
from infra.answers import ReadyAnswer
from infra.web import AnyRequest

MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a feed asks for."""

    filters: Filters
    alarm: int | None


@get("/events.ics", media_type=MEDIA_TYPE)
async def filtered(request: AnyRequest) -> ReadyAnswer:
    """The events that the filters of a month or list find, `status=` aside; `alarm=60` adds a reminder an hour before each."""
    feeds: Feeds = request.app.state.feeds
    query = request.scope["query_string"]
    if held := feeds.held(("feed", query)):
        return held
    asked = parse_asked(query)
    return await feeds.of_filters(("feed", query), asked.filters, asked.alarm)


@get("/{kind:str}/{file:str}", media_type=MEDIA_TYPE)
async def standard(request: AnyRequest) -> ReadyAnswer:
    """All events of a tier, of a region with what lies below it, or of a series: `/feeds/regions/310110.ics`."""
    feeds: Feeds = request.app.state.feeds
    kind, file = request.path_params["kind"], request.path_params["file"]
    if held := feeds.held((kind, file)):
        return held
    key = file.removesuffix(".ics")
    if kind not in set(FeedKind) or key == file:
        raise NotFound
    return await feeds.of_standard((kind, file), Standard(FeedKind(kind), key))


def parse_asked(query: bytes) -> Asked:
    """What a feed's query string asks for. Raises Faulty naming every fault.

    A feed is kept for years, so what changes by itself is no part of it: `status` is left out, and `registration` refused, because an
    event that leaves a feed is deleted from its reader's calendar, and who asked for open ones only wouldn't notice why.
    """
    pairs = [(name, value) for name, value in parse_query(query) if name != "status"]
    alarms = [value for name, value in pairs if name == "alarm" and value]
    faults = [Fault("alarm", "out_of_range", {"least": 0, "most": MOST_ALARM_MINUTES}) for value in alarms if not _minutes(value)]
    try:
        filters = Filters.parse((name, value) for name, value in pairs if name != "alarm")
    except Faulty as refused:
        faults += refused.faults
        filters = Filters()
    if filters.registration:
        faults.append(Fault("registration", "not_a_subscription"))
    if faults:
        raise Faulty(*faults)
    return Asked(filters, int(alarms[-1]) if alarms else None)


def _minutes(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 5 and int(value) <= MOST_ALARM_MINUTES


router = Router("/feeds", route_handlers=[filtered, standard])
