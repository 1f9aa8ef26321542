"""The page of subscribing to exactly what is filtered."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from events.calendar.called import read_names
from events.calendar.filters import parse_query
from events.feeds.asked import Asked, subscribable
from events.feeds.feeds_ready import Feeds
from events.feeds.queries import count_ahead
from events.feeds.rules import window
from events.i18n import translate, words
from events.web.guides import Device, devices_of, ordered
from events.web.pages import LOOKS, PAGE_HEADERS, Reader, look_of, query_kept, read, reader_of, render
from events.web.strangers import FILTERED, knowing
from events.web.subscribing import addresses, alarms, described, filtered_address, page_address, picture_of
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation
from infra.settings import Settings
from infra.web import AnyRequest

HEADERS = {**PAGE_HEADERS, "Vary": f"{PAGE_HEADERS['Vary']}, User-Agent"}


@read("/subscribe", before_request=knowing(*FILTERED, "alarm"))
async def subscribe(request: AnyRequest) -> ReadyAnswer:
    """Every way to subscribe to what the address filters, the reader's own device first. Kept ready for each of them."""
    feeds: Feeds = request.app.state.feeds
    installation: Installation = request.app.state.installation
    query = request.scope["query_string"]
    devices = devices_of(request.headers.get("user-agent", ""))
    key = ("subscribe", query_kept(request), look_of(request), devices)
    held = feeds.held(key)
    if held is not None:
        return held
    asked, left_out = subscribable([pair for pair in parse_query(query) if pair[0] not in LOOKS])
    reader = reader_of(request)

    async def make() -> ReadyAnswer:
        async with installation.reader.connect() as connection:
            return await _make_page(connection, installation.settings, reader, asked, devices, left_out=left_out)

    return await feeds.ready.get(key, feeds.months(), make)


async def _make_page(
    connection: AsyncConnection, settings: Settings, reader: Reader, asked: Asked, devices: tuple[Device, ...], *, left_out: bool
) -> ReadyAnswer:
    now, zone = clock.now(), settings.zone
    days = window(clock.today(zone), zone)
    what = described(asked.filters.pairs(), await read_names(connection, asked.filters), reader.language)
    name = " · ".join([translate(reader.language, words("赛历")), *(value for _, value in what)])
    html = render(
        "subscribe.html",
        reader,
        what=what,
        ahead=await count_ahead(connection, asked.filters, days, now=now, zone=zone),
        left_out=left_out,
        address=addresses(asked, name, settings.public_url),
        alarms=alarms(asked.alarm, reader.language),
        fields=[*asked.filters.pairs(), *reader.kept()],
        code=picture_of(settings.public_url + page_address(asked, reader.kept())),
        guides=ordered(devices),
        own=len(devices),
        wechat=Device.WECHAT in devices,
        calendar=filtered_address("/calendar", asked.filters, reader.kept()),
        embed=filtered_address("/embed", asked.filters, reader.kept()),
    )
    return _answer(html, reader, days.valid_until)


def _answer(html: str, reader: Reader, valid_until: datetime) -> ReadyAnswer:
    headers = [*HEADERS.items(), ("Content-Language", reader.language.value), *reader.cookies()]
    return ReadyAnswer(html.encode(), "text/html; charset=utf-8", valid_until, headers)


ROUTES = [subscribe]
