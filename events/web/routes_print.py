"""A month to print in large type, on A4, in black and white: a page of the reader's own browser, day by day."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from events.calendar.called import read_names
from events.calendar.filters import Filters
from events.calendar.month import parse_month
from events.calendar.months_ready import Months, filtered
from events.i18n import translate, words
from events.posters.contents import live_address, sections
from events.posters.wording import narrowed
from events.web.kept_pages import filters_of, held
from events.web.pages import PAGE_HEADERS, Reader, look_of, month_name, query_kept, read, reader_of, render
from events.web.strangers import FILTERED, knowing
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest


@read("/calendar/{month:str}/print", before_request=knowing(*FILTERED))
async def print_page(request: AnyRequest) -> ReadyAnswer:
    """The month with the filters of its address. Kept ready like the month's own page."""
    months: Months = request.app.state.months
    scope = request.scope
    key = ("print", scope["path"], query_kept(request), look_of(request))
    if kept := held(request, key):
        return kept
    first, filters, reader = parse_month(request.path_params["month"]), filters_of(request), reader_of(request)

    async def make() -> ReadyAnswer:
        return await _make(request.app.state.installation, months, first, filters, reader)

    return await months.ready.get(key, [f"{first:%Y-%m}"], make)


async def _make(installation: Installation, months: Months, first: date, filters: Filters, reader: Reader) -> ReadyAnswer:
    snapshot = await months.snapshot(first)
    async with installation.reader.connect() as connection:
        names = {(field, key): name for field, key, name in await read_names(connection, filters)}
    view, public_url = filtered(snapshot, filters), installation.settings.public_url
    live = live_address(public_url, first, filters, reader.language)
    values: dict[str, Any] = {
        "title": month_name(reader.language, first),
        "narrowed": narrowed(filters, names, reader.language),
        "count": translate(reader.language, words("{count} 项活动"), count=len(view.entries())),
        "sections": list(sections(view, reader.language, lambda text, _: text)),
        "filtered": bool(filters.pairs()),
        "qr": Markup(segno.make(live, error="m").svg_inline(border=2, omitsize=True)),  # noqa: S704 - drawn here from our own link
        "live": live,
        "host": urlsplit(public_url).netloc,
        "standing": f"{snapshot.read_at:%Y-%m-%d %H:%M}",
    }
    headers = {**PAGE_HEADERS, "Content-Language": reader.language.value}
    body = render("print.html", reader, sheet=values).encode()
    return ReadyAnswer(body, "text/html; charset=utf-8", snapshot.valid_until, [*headers.items(), *reader.cookies()])


ROUTES = [print_page]
