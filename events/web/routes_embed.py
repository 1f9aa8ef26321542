"""The calendar inside street offices' own sites: a slim month for frames, the element that makes a frame, the page that writes the line."""

from datetime import date
from functools import cache

from litestar import Response
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.called import read_names
from events.calendar.filters import Filters, Pairs, parse_query
from events.calendar.month import parse_month
from events.calendar.months_ready import Months, filtered
from events.errors import Fault, Faulty
from events.i18n import Language, translate, words
from events.regions.units import read_units
from events.web.embedding import EMBED_HEADERS, EmbedMonth, Wanted, reader_inside
from events.web.kept_pages import filters_of, held
from events.web.pages import ASSETS, CONTENT_SECURITY_POLICY, LOOKS, Reader, page, query_kept, read, reader_of, render
from events.web.strangers import FILTERED, knowing
from events.web.subscribing import described, filtered_address
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

SCRIPT_SECONDS = 300
SCRIPT_HEADERS = {
    "Cache-Control": f"public, max-age={SCRIPT_SECONDS}",
    # A script of type module is asked for with CORS, and a page may want only what says that it may be used elsewhere.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREVIEWING = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}


@read("/embed/calendar", before_request=knowing(*FILTERED), sync_to_thread=False)
def present(request: AnyRequest, installation: NamedDependency[Installation]) -> ASGIResponse:
    """The current month, with the filters kept."""
    now = clock.now().astimezone(installation.settings.zone)
    query = request.scope["query_string"].decode("latin-1")
    address = f"/embed/calendar/{now:%Y-%m}" + (f"?{query}" if query else "")
    return ASGIResponse(status_code=307, headers={"Location": address, "Cache-Control": "no-store"})


@read("/embed/calendar/{month:str}", before_request=knowing(*FILTERED))
async def month(request: AnyRequest) -> ReadyAnswer:
    """A month as a list, for a frame of any width. Kept ready as the page of the month is."""
    months: Months = request.app.state.months
    scope, reader = request.scope, reader_inside(request)
    key = ("embed", scope["path"], query_kept(request), reader.language)
    if kept := held(request, key):
        return kept
    first, filters = parse_month(request.path_params["month"]), filters_of(request)

    async def make() -> ReadyAnswer:
        return await _make_month(request.app.state.installation, months, first, filters, reader)

    return await months.ready.get(key, [f"{first:%Y-%m}"], make)


async def _make_month(installation: Installation, months: Months, first: date, filters: Filters, reader: Reader) -> ReadyAnswer:
    snapshot = await months.snapshot(first)
    async with installation.reader.connect() as connection:
        where = _titled(described(filters.pairs(), await read_names(connection, filters), reader.language), reader.language)
    values = EmbedMonth(filtered(snapshot, filters), filters, reader, snapshot.read_at).values(where)
    headers = {**EMBED_HEADERS, "Content-Language": reader.language.value}
    html = render("embed_calendar.html", reader, view=values)
    return ReadyAnswer(html.encode(), "text/html; charset=utf-8", snapshot.valid_until, headers.items())


@read("/embed/saili.js", sync_to_thread=False)
def script() -> ReadyAnswer:
    """The element `<saili-calendar>`, at an address that never changes: kept for minutes, then asked whether it is still the same."""
    return _script()


@cache
def _script() -> ReadyAnswer:
    content = (ASSETS / "embed.js").read_bytes()
    return ReadyAnswer(content, "text/javascript; charset=utf-8", clock.now(), SCRIPT_HEADERS.items())


@read("/embed", before_request=knowing(*FILTERED, "month", "language"))
async def embed(request: AnyRequest, installation: NamedDependency[Installation]) -> Response[bytes]:
    """The line that an office puts into its own page, for the filters of the address, and what its readers will see."""
    reader, settings = reader_of(request), installation.settings
    wanted = _wanted(parse_query(request.scope["query_string"]))
    async with installation.reader.connect() as connection:
        names = await read_names(connection, wanted.filters)
        regions = await _regions(connection, wanted.filters, settings.home_region)
    what = described(wanted.filters.pairs(), names, reader.language)
    inside = wanted.language or reader.language
    title = f"{translate(inside, words('赛历'))} · {_titled(described(wanted.filters.pairs(), names, inside), inside)}"
    return page(
        request,
        "embed.html",
        headers=PREVIEWING,
        what=what,
        fields=[*(pair for pair in wanted.filters.pairs() if not regions or pair[0] != "region"), *reader.kept()],
        regions=regions,
        region="".join(wanted.filters.region),
        month=wanted.month or "",
        inside=wanted.language,
        frame=wanted.frame(settings.public_url, title),
        component=wanted.element(settings.public_url),
        preview=wanted.address,
        preview_title=title,
        calendar=filtered_address("/calendar", wanted.filters, reader.kept()),
    )


async def _regions(connection: AsyncConnection, filters: Filters, home: str) -> list[tuple[str, str]]:
    """What one may choose to show: the district at home and its streets, and what the address asks for. Empty where it asks for several."""
    if len(filters.region) > 1:
        return []
    units = await read_units(connection, home)
    near = [(units.code, units.name), *units.below.items()] if units else []
    chosen = [(code, name) for kind, code, name in await read_names(connection, filters) if kind == "region"]
    return [*near, *(one for one in chosen if one not in near)]


def _titled(what: list[tuple[str, str]], language: Language) -> str:
    return " · ".join(value for _, value in what) or translate(language, words("全部活动"))


def _wanted(pairs: Pairs) -> Wanted:
    """What the address asks for. Raises Faulty naming every fault."""
    own = {name: value for name, value in pairs if name in ("month", "language") and value}
    faults: list[Fault] = []
    if "language" in own and own["language"] not in set(Language):
        faults.append(Fault("language", "unknown_value", {"known": "、".join(Language)}))
    try:
        month = f"{parse_month(own['month']):%Y-%m}" if "month" in own else None
    except Faulty as refused:
        faults += refused.faults
    try:
        filters = Filters.parse(pair for pair in pairs if pair[0] not in {*LOOKS, "month", "language"} and pair != ("region", ""))
    except Faulty as refused:
        faults += refused.faults
    if faults:
        raise Faulty(*faults)
    return Wanted(filters, month, Language(own["language"]) if "language" in own else None)


ROUTES = [present, month, script, embed]
