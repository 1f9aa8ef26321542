"""The calendar's pages: the month, and what has no day."""

from datetime import date, datetime
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse
from markupsafe import Markup
from sqlalchemy import select

from events.calendar.entries import Entry
from events.calendar.filters import Filters, parse_query
from events.calendar.listing import After, Asked, list_entries
from events.calendar.month import parse_month
from events.calendar.months_ready import Months, Snapshot, filtered
from events.calendar.nearest import nearest_months
from events.i18n import translate, words
from events.regions.models import Region
from events.web.month_page import MonthPage, Pieces, dates_in_words
from events.web.pages import LOOKS, PAGE_HEADERS, Reader, look_of, macro, page, read, reader_of, render
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

# Lists end with the events that have no day: the place where those begin.
DATELESS = After(None, UUID(int=0))


class PiecesOfMonth(dict[tuple[object, ...], tuple[Entry, Markup]]):
    """What was rendered of a month's events for readers of one language. Its size is a guess made when it is begun, a generous one."""

    def __init__(self, events: int, valid_until: datetime) -> None:
        super().__init__()
        self.size = 10_000 + 1_800 * events
        self.valid_until = valid_until


@read("/calendar", sync_to_thread=False)
def calendar(request: AnyRequest, installation: NamedDependency[Installation]) -> ASGIResponse:
    """The current month, with the filters kept."""
    now = clock.now().astimezone(installation.settings.zone)
    query = request.scope["query_string"].decode("latin-1")
    return ASGIResponse(
        status_code=307, headers={"Location": f"/calendar/{now:%Y-%m}" + (f"?{query}" if query else ""), "Cache-Control": "no-store"}
    )


@read("/calendar/{month:str}")
async def month_page(request: AnyRequest) -> ReadyAnswer:
    """A month. The bytes are kept ready for its address and the reader's language, until a commit changes the month.

    What it needs comes from the application's state: two dependencies of a handler cost more than sending the page.
    """
    months: Months = request.app.state.months
    scope = request.scope
    key = ("page", scope["path"], scope["query_string"], look_of(request))
    held = months.ready.held(key)
    if isinstance(held, ReadyAnswer):
        return held
    first, reader = parse_month(request.path_params["month"]), reader_of(request)
    filters = Filters.parse(pair for pair in parse_query(scope["query_string"]) if pair[0] not in LOOKS)

    async def make() -> ReadyAnswer:
        return await _make_page(request.app.state.installation, months, first, filters, reader)

    return await months.ready.get(key, [f"{first:%Y-%m}"], make)


async def _make_page(installation: Installation, months: Months, first: date, filters: Filters, reader: Reader) -> ReadyAnswer:
    snapshot = await months.snapshot(first)
    view = filtered(snapshot, filters)
    pieces = await _pieces(months, snapshot, reader)
    settings, now = installation.settings, snapshot.read_at
    async with installation.reader.connect() as connection:
        wanted = select(Region.code, Region.name).where(Region.code.in_({*filters.region, settings.home_region}))
        names = {row.code: row.name for row in await connection.execute(wanted)}
        dated = any(day.events for day in view.days) or view.runs
        near = [] if dated else await nearest_months(connection, first, filters, now, settings.zone)
    where = "、".join(names.get(code, code) for code in filters.region) or translate(reader.language, words("全部地区"))
    made = MonthPage(view, snapshot.view, filters, reader, now, pieces)
    home = (settings.home_region, names.get(settings.home_region, settings.home_region))
    values = made.values(where=where, home=home, public_url=settings.public_url, nearest=near)
    headers = {**PAGE_HEADERS, "Content-Language": reader.language.value}
    return ReadyAnswer(
        render("month.html", reader, view=values).encode(),
        "text/html; charset=utf-8",
        snapshot.valid_until,
        [*headers.items(), *reader.cookies()],
    )


async def _pieces(months: Months, snapshot: Snapshot, reader: Reader) -> Pieces:
    """Kept beyond a change of the month, for each piece is held against its event; begun anew when the month has more events or fewer."""

    async def begin() -> PiecesOfMonth:
        return PiecesOfMonth(events, snapshot.valid_until)

    events = len(snapshot.pieces)
    return await months.ready.get(("pieces", snapshot.view.first, reader.language, reader.chosen, events), (), begin, material=True)


@read("/calendar/undated")
async def undated(request: AnyRequest, installation: NamedDependency[Installation]) -> Response[bytes]:
    """Events whose dates nobody knows at all: they are in no month."""
    settings, now, reader = installation.settings, clock.now().astimezone(installation.settings.zone), reader_of(request)
    async with installation.reader.connect() as connection:
        entries, _ = await list_entries(connection, Asked(Filters(), after=DATELESS, limit=200), now, settings.zone)
    make = macro("pieces.html", "item", reader.language)
    address = "/events/{}" + reader.language_query
    items = [
        make(entry, None, address.format(entry.id), dates_in_words(entry, reader), entry.status_at(now), entry.registration_at(now))
        for entry in entries
    ]
    title = translate(reader.language, words("日期未定"))
    text = translate(reader.language, words("这些活动的资料里没有写明日期，或没有写明年份。"))
    return page(request, "listing.html", title=title, text=text, items=items, more=None)


ROUTES = [calendar, undated, month_page]
