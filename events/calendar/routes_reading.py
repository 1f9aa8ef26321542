"""What anybody may read of the calendar, as JSON."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from litestar import get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromQuery
from litestar.response.base import ASGIResponse

from events.calendar.filters import CHECKS, Filters, Pairs, parse_query
from events.calendar.listing import After, Asked, list_entries
from events.calendar.month import parse_month
from events.calendar.months_ready import Months
from events.calendar.names import list_series, list_sports
from events.calendar.schemas_out import EventPage, MonthShown, SeriesPage, SportPage, encode_page
from events.errors import Fault, Faulty, unknown_fields
from infra import clock
from infra.answers import ReadyAnswer
from infra.cursors import cursor as cursor_of
from infra.cursors import read_cursor
from infra.installation import Installation
from infra.web import AnyRequest

MOST_ITEMS = 200
ITEMS = 50
OWN = ("from", "to", "cursor", "limit")


def _described(operation: Operation, *names: str) -> None:
    """The API's description names what a handler reads from the address itself."""
    text = Schema(type=OpenAPIType.STRING)
    operation.parameters = [*(operation.parameters or []), *(Parameter(name=name, param_in="query", schema=text) for name in names)]


@dataclass
class FilteredOperation(Operation):
    def __post_init__(self) -> None:
        _described(self, *CHECKS)


@dataclass
class ListOperation(Operation):
    def __post_init__(self) -> None:
        _described(self, *OWN, *CHECKS)


@get("/calendar/{month:str}", operation_class=FilteredOperation, responses={200: ResponseSpec(MonthShown, generate_examples=False)})
async def month(request: AnyRequest) -> ReadyAnswer:
    """A month and its events. Filters may be repeated, which means or; different ones narrow each other."""
    months: Months = request.app.state.months
    scope = request.scope
    key = (scope["path"], scope["query_string"])
    if (held := months.ready.held(key)) is not None:
        return cast("ReadyAnswer", held)
    first = parse_month(request.path_params["month"])
    return await months.month_answer(key, first, Filters.parse(parse_query(scope["query_string"])))


@get("/events", operation_class=ListOperation, responses={200: ResponseSpec(EventPage, generate_examples=False)})
async def events(request: AnyRequest, installation: NamedDependency[Installation]) -> ASGIResponse:
    """Public events by their first day; those without one come last. `from` and `to` are days that an event touches, both included."""
    asked = parse_asked(parse_query(request.scope["query_string"]))
    settings, now = installation.settings, clock.now()
    async with installation.reader.connect() as connection:
        entries, after = await list_entries(connection, asked, now, settings.zone)
    return ASGIResponse(body=encode_page(entries, after, now, settings.public_url))


def parse_asked(pairs: Pairs) -> Asked:
    """What a list's address asks for. Raises Faulty naming every fault."""
    own: dict[str, Any] = {"from": None, "to": None, "cursor": None, "limit": ITEMS}
    readers = {"from": _day, "to": _day, "cursor": After.parse, "limit": _limit}
    faults: list[Fault] = []
    for name, value in pairs:
        if name in OWN and value:
            own[name] = readers[name](value)
            faults += [_FAULTS[name]] if own[name] is None else []
    if own["from"] and own["to"] and own["from"] > own["to"]:
        faults.append(Fault("to", "dates_reversed"))
    try:
        filters = Filters.parse((name, value) for name, value in pairs if name not in OWN)
    except Faulty as refused:
        faults += refused.faults
    if faults:
        raise Faulty(*faults)
    return Asked(filters, own["from"], own["to"], own["cursor"], own["limit"])


_FAULTS = {
    "from": Fault("from", "bad_date"),
    "to": Fault("to", "bad_date"),
    "cursor": Fault("cursor", "bad_cursor"),
    "limit": Fault("limit", "out_of_range", {"least": 1, "most": MOST_ITEMS}),
}


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == len("2026-05-01") else None
    except ValueError:
        return None


def _limit(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 4 and 1 <= int(value) <= MOST_ITEMS else None


@get("/series")
async def series(
    request: AnyRequest, installation: NamedDependency[Installation], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 100
) -> SeriesPage:
    """Series with their boards, by slug."""
    after = _slug_after(request, cursor, limit)
    async with installation.reader.connect() as connection:
        found, last = await list_series(connection, after=after, limit=limit)
    return SeriesPage(tuple(found), cursor_of(last) if last else None)


@get("/sports")
async def sports(
    request: AnyRequest, installation: NamedDependency[Installation], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 100
) -> SportPage:
    """Sports with their aliases, by slug."""
    after = _slug_after(request, cursor, limit)
    async with installation.reader.connect() as connection:
        found, last = await list_sports(connection, after=after, limit=limit)
    return SportPage(tuple(found), cursor_of(last) if last else None)


def _slug_after(request: AnyRequest, cursor: str | None, limit: int) -> str:
    after = read_cursor(cursor, 1) if cursor else ("",)
    faults = [*([] if after else [_FAULTS["cursor"]]), *([] if 1 <= limit <= MOST_ITEMS else [_FAULTS["limit"]])]
    faults += unknown_fields(request.query_params, ("cursor", "limit"))
    if faults or after is None:
        raise Faulty(*faults)
    return after[0]


handlers = [month, events, series, sports]
