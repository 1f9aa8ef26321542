"""The page of an event, and its short address."""

from datetime import timedelta
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import Event
from events.calendar.months_ready import Months
from events.calendar.revisions import page_of
from events.calendar.rules import PUBLIC
from events.calendar.short import number_of
from events.errors import NotFound
from events.feeds.tracking import without_tracking
from events.web.event_file import event_file
from events.web.event_page import read_event, values
from events.web.kept_pages import held
from events.web.pages import LOOKS, PAGE_HEADERS, Reader, look_of, query_kept, read, reader_of, render
from events.web.strangers import knowing
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

# Places change with every team, and no counter is raised for it: that would make all teams of an event queue behind one row.
FRESH = timedelta(seconds=1)


_strangers = knowing(*LOOKS)


async def _lead_on(request: AnyRequest) -> Response[bytes] | None:
    """From a shared address to the one without what others added; a file is asked for by programs, as feeds are."""
    return await (without_tracking if request.scope["path"].endswith(".ics") else _strangers)(request)


@read("/events/{name:str}", before_request=_lead_on)
async def event(request: AnyRequest) -> ASGIApp:
    """An event's page, or its calendar file where the address ends in .ics: a route knows no endings.

    An id can be written in many ways, and one of them is the address (RFC 9562, section 4): what is kept ready names it in its links.
    """
    name: str = request.path_params["name"]
    try:
        event_id = UUID(name.removesuffix(".ics"))
    except ValueError:
        raise NotFound from None
    path = f"/events/{event_id}{'.ics' if name.endswith('.ics') else ''}"
    if request.url.path != path:
        return _for_good(request, path)
    if not name.endswith(".ics"):
        return await _page(request, event_id)
    installation: Installation = request.app.state.installation
    async with AsyncSession(installation.reader) as session:
        return await event_file(request, event_id, session, installation)


async def _page(request: AnyRequest, event_id: UUID) -> ReadyAnswer:
    """The bytes are kept ready for a second, in this process until it commits a change of the event, if that is sooner."""
    months: Months = request.app.state.months
    key = ("event", event_id, query_kept(request), look_of(request))
    if kept := held(request, key):
        return kept
    reader = reader_of(request)

    async def make() -> ReadyAnswer:
        return await _make_page(request.app.state.installation, event_id, reader)

    return await months.ready.get(key, [page_of(event_id)], make)


async def _make_page(installation: Installation, event_id: UUID, reader: Reader) -> ReadyAnswer:
    settings, now = installation.settings, clock.now()
    async with AsyncSession(installation.reader) as session:
        found = await read_event(session, event_id, now, settings.zone)
    if found is None:
        raise NotFound
    body = render("event.html", reader, **values(found, reader, settings.public_url, settings.zone)).encode()
    headers = {**PAGE_HEADERS, "Content-Language": reader.language.value}
    return ReadyAnswer(body, "text/html; charset=utf-8", now + FRESH, [*headers.items(), *reader.cookies()])


@read("/e/{code:str}")
async def short(request: AnyRequest, code: FromPath[str], installation: NamedDependency[Installation]) -> ASGIResponse:
    """From the short address to the event, for good, with what the reader chose kept."""
    number = number_of(code)
    if number is None:
        raise NotFound
    async with installation.reader.connect() as connection:
        found = await connection.scalar(select(Event.id).where(Event.number == number, Event.status.in_(PUBLIC)))
    if found is None:
        raise NotFound
    return _for_good(request, f"/events/{found}")


def _for_good(request: AnyRequest, path: str) -> ASGIResponse:
    """Another address of ours has what was asked for (RFC 9110, section 15.4.9)."""
    query = request.scope["query_string"].decode("latin-1")
    location = path + (f"?{query}" if query else "")
    return ASGIResponse(status_code=308, headers={"Location": location, "Cache-Control": "public, max-age=3600"})


ROUTES = [event, short]
