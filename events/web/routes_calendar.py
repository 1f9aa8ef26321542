"""The calendar's pages: its views, and what has no day."""

import re
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse

from events.calendar.filters import Filters
from events.calendar.listing import After, Asked, list_entries
from events.calendar.month import parse_month
from events.i18n import translate, words
from events.web.kept_pages import held, key_of, month_view
from events.web.pages import page, read, reader_of
from events.web.pieces import Showing
from events.web.strangers import FILTERED, knowing
from events.web.week_page import week_view
from events.web.year_page import year_view
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

# Lists end with the events that have no day: the place where those begin.
DATELESS = After(None, UUID(int=0))
STRANGERS = knowing(*FILTERED)


@read("/calendar", before_request=STRANGERS, sync_to_thread=False)
def calendar(request: AnyRequest, installation: NamedDependency[Installation]) -> ASGIResponse:
    """The current month, with the filters kept."""
    now = clock.now().astimezone(installation.settings.zone)
    query = request.scope["query_string"].decode("latin-1")
    return ASGIResponse(
        status_code=307, headers={"Location": f"/calendar/{now:%Y-%m}" + (f"?{query}" if query else ""), "Cache-Control": "no-store"}
    )


@read("/calendar/{month:str}", before_request=STRANGERS)
async def month_page(request: AnyRequest) -> ReadyAnswer:
    """A month, or a year (`/calendar/2026`). The bytes are kept ready until a commit changes the month.

    What it needs comes from the application's state: two dependencies of a handler cost more than sending the page.
    """
    key = key_of(request)
    if kept := held(request, key):
        return kept
    text = request.path_params["month"]
    if re.fullmatch(r"[0-9]{4}", text):
        return await year_view(request, key, text)
    return await month_view(request, key, parse_month(text), "month")


@read(["/calendar/{month:str}/agenda", "/calendar/{month:str}/streets", "/calendar/{month:str}/map"], before_request=STRANGERS)
async def month_views(request: AnyRequest) -> ReadyAnswer:
    """A month in another view: day by day, by street, on a map."""
    key = key_of(request)
    if kept := held(request, key):
        return kept
    return await month_view(request, key, parse_month(request.path_params["month"]), request.scope["path"].rpartition("/")[2])


@read("/calendar/week/{day:str}", before_request=STRANGERS)
async def week_page(request: AnyRequest) -> ReadyAnswer:
    """The week that a day is in."""
    key = key_of(request)
    return held(request, key) or await week_view(request, key, request.path_params["day"])


@read("/calendar/undated")
async def undated(request: AnyRequest, installation: NamedDependency[Installation]) -> Response[bytes]:
    """Events whose dates nobody knows at all: they are in no month."""
    settings, now, reader = installation.settings, clock.now().astimezone(installation.settings.zone), reader_of(request)
    async with installation.reader.connect() as connection:
        entries, _ = await list_entries(connection, Asked(Filters(), after=DATELESS, limit=200), now, settings.zone)
    showing = Showing(reader, now, {})
    items = [showing.item(entry) for entry in entries]
    title = translate(reader.language, words("日期未定"))
    text = translate(reader.language, words("这些活动的资料里没有写明日期，或没有写明年份。"))
    return page(request, "listing.html", title=title, text=text, items=items, more=None)


ROUTES = [calendar, undated, month_page, month_views, week_page]
