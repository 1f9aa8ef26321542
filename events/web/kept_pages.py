"""Pages whose bytes are kept ready for their address, language and print, until a commit changes one of the months that they show."""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from events.calendar.called import Names, called
from events.calendar.filters import Filters, parse_query
from events.calendar.months_ready import Months, Snapshot, filtered
from events.calendar.nearest import Beyond, look_beyond
from events.calendar.ready import MAPS, Kept
from events.i18n import translate, words
from events.regions.units import Units, read_units
from events.web.counts import unnamed
from events.web.map_page import map_values
from events.web.month_page import MonthPage
from events.web.pages import LOOKS, PAGE_HEADERS, Reader, look_of, query_kept, reader_of, render, shared_values
from events.web.pieces import PiecesOfMonth
from events.web.streets_page import street_values
from events.web.turns import Kind, Turns
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.web import AnyRequest

Key = tuple[Hashable, ...]
# Views of a month, as their addresses end, and what a view of streets says beyond what all say.
Extra = Callable[[MonthPage, Units], dict[str, Any]]
VIEWS: dict[str, Extra | None] = {"month": None, "agenda": None, "streets": street_values, "map": map_values}


def key_of(request: AnyRequest) -> Key:
    """What a page is kept by."""
    return "page", request.scope["path"], query_kept(request), look_of(request)


def held(request: AnyRequest, key: Key) -> ReadyAnswer | None:
    """The page, if it is kept and still true."""
    found = request.app.state.months.ready.held(key)
    return found if isinstance(found, ReadyAnswer) else None


def filters_of(request: AnyRequest) -> Filters:
    """The filters in a page's address. Raises Faulty naming every fault."""
    return Filters.parse(pair for pair in parse_query(request.scope["query_string"]) if pair[0] not in LOOKS)


async def keep(
    request: AnyRequest, key: Key, months: Iterable[str], make: Callable[[Reader], Awaitable[ReadyAnswer]], kind: Kind = Kind.VIEW
) -> ReadyAnswer:
    """The page, made in its turn and once for all who ask meanwhile. Raises Busy when too many others are being made."""
    ready: Months = request.app.state.months
    turns: Turns = request.app.state.turns
    reader = reader_of(request)

    async def in_turn() -> ReadyAnswer:
        async with turns.take(kind):
            return await make(reader)

    return await ready.ready.get(key, months, in_turn)


class ReadyPage(ReadyAnswer):
    """A page with what it shows, so that a commit which changed nothing of that needs no new one."""

    __slots__ = ("shows",)

    def __init__(self, template: str, reader: Reader, valid_until: datetime, values: dict[str, Any]) -> None:
        super().__init__(*_rendered(template, reader, valid_until, values))
        self.shows = values | shared_values(reader)

    @property
    def size(self) -> int:
        """With what it shows: measured, 31 kB for a page that shows nothing, and less than a third of its bytes more for one that does."""
        return super().size + 33_000 + self._length // 3

    def until(self, valid_until: datetime) -> "ReadyPage":
        """The same page, true for longer."""
        same = copy(self)
        same.valid_until = valid_until
        return same


def as_answer(template: str, reader: Reader, valid_until: datetime, **values: Any) -> ReadyAnswer:
    """A template as an answer to be kept."""
    return ReadyAnswer(*_rendered(template, reader, valid_until, values))


def same_or_made(before: Kept | None, template: str, reader: Reader, valid_until: datetime, **values: Any) -> ReadyPage:
    """The page that was kept `before` under the same key, where it shows the same; else a new one."""
    if isinstance(before, ReadyPage) and before.shows == values | shared_values(reader):
        return before.until(valid_until)
    return ReadyPage(template, reader, valid_until, values)


def _rendered(
    template: str, reader: Reader, valid_until: datetime, values: dict[str, Any]
) -> tuple[bytes, str, datetime, list[tuple[str, str]]]:
    """What a ReadyAnswer is made of."""
    headers = {**PAGE_HEADERS, "Content-Language": reader.language.value}
    body = render(template, reader, **values).encode()
    return body, "text/html; charset=utf-8", valid_until, [*headers.items(), *reader.cookies()]


def where_of(reader: Reader, filters: Filters, names: Names) -> str:
    """The regions that were chosen, in words."""
    said = [called(reader.language, "region", code, names) for code in filters.region]
    return translate(reader.language, words("、")).join(said) or translate(reader.language, words("全部地区"))


async def month_view(request: AnyRequest, key: Key, first: date, view: str) -> ReadyAnswer:
    """One of the views of a month."""
    filters = filters_of(request)

    async def make(reader: Reader) -> ReadyAnswer:
        months: Months = request.app.state.months
        made, valid_until = await _make(request.app.state.installation, months, first, filters, reader, view)
        return same_or_made(months.ready.outdated(key), f"{view}.html", reader, valid_until, view=made)

    return await keep(request, key, [f"{first:%Y-%m}", *([MAPS] if view == "map" else [])], make)


async def _make(
    installation: Installation, months: Months, first: date, filters: Filters, reader: Reader, view: str
) -> tuple[dict[str, Any], datetime]:
    """What the view's template shows, and until when."""
    snapshot = await months.snapshot(first)
    shown = filtered(snapshot, filters)
    pieces = await _pieces(months, snapshot, reader)
    settings, now, extra = installation.settings, snapshot.read_at, VIEWS[view]
    named = tuple(sorted({*filters.region, settings.home_region}))
    lacking = unnamed(snapshot.index, filters)
    # A district's streets are shown; of a chosen street, its neighbours too.
    asked = filters.region[0] if extra and len(filters.region) == 1 else settings.home_region
    units, beyond = Units(asked, asked, {}, None), Beyond()
    look = bool(lacking.pairs()) or not (shown.runs or any(day.held for day in shown.days))
    if extra or not look:
        units = await _units(installation, months, asked, named, snapshot.valid_until)
        units = units if units.name != asked else replace(units, name=called(reader.language, "region", asked, {}))
    if look:
        lacking = lacking if extra else replace(lacking, region=named)
        async with installation.reader.connect() as connection:
            beyond = await look_beyond(connection, first, filters, lacking, now, settings.zone)
    names = {("region", code): name for code, name in units.names.items()} | dict(beyond.names)
    home = (settings.home_region, names.get(("region", settings.home_region), settings.home_region))
    path = "" if view == "month" else f"/{view}"
    made = MonthPage(shown, snapshot.index, filters, reader, pieces=pieces, names=names, home=home, view_path=path)
    values = made.values(where=where_of(reader, filters, names), public_url=settings.public_url, nearest=beyond.months)
    return values | (extra(made, units) if extra else {}), snapshot.valid_until


@dataclass(frozen=True, slots=True)
class _KeptUnits:
    units: Units
    valid_until: datetime
    size: int = 20_000


async def _units(installation: Installation, months: Months, code: str, named: tuple[str, ...], valid_until: datetime) -> Units:
    """Regions hardly ever change: they are read anew when a map is loaded, and with the next day."""

    async def make() -> _KeptUnits:
        async with installation.reader.connect() as connection:
            return _KeptUnits(await read_units(connection, code, named=named) or Units(code, code, {}, None), valid_until)

    return (await months.ready.get(("units", code, named), [MAPS], make, material=True)).units


async def _pieces(months: Months, snapshot: Snapshot, reader: Reader) -> PiecesOfMonth:
    """Kept beyond a change of the month, for each piece is held against its event; begun anew when the month has more events or fewer."""

    async def begin() -> PiecesOfMonth:
        return PiecesOfMonth(events, snapshot.valid_until)

    events = len(snapshot.pieces)
    return await months.ready.get(("pieces", snapshot.view.first, reader.language, reader.chosen, events), (), begin, material=True)
