"""Making feeds: joining kept VEVENTs into a calendar, and exporting the standard ones to the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.filters import Filters
from events.calendar.ical.vevents import calendar_bytes, published_bytes, with_alarm
from events.errors import Busy, NotFound
from events.feeds import json_feed, queries
from events.feeds.atom import ATOM, RSS, atom, rss
from events.feeds.models import FeedExport
from events.feeds.news import News, item_of, plain
from events.feeds.rules import Standard, window
from infra import clock
from infra.installation import Installation
from infra.storage import Store, open_store

MEDIA_TYPE = "text/calendar; charset=utf-8"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed, the last change in it, and the midnight from which its window is another."""

    body: bytes
    changed_at: datetime | None
    valid_until: datetime
    media_type: str = MEDIA_TYPE


# The formats of news by the ending of their address: the media type, and who writes it.
NEWS: dict[str, tuple[str, Callable[[News], bytes]]] = {
    "atom": (ATOM, atom),
    "rss": (RSS, rss),
    "json": (json_feed.MEDIA_TYPE, json_feed.json_feed),
}


async def make_feed(connection: AsyncConnection, filters: Filters, zone: ZoneInfo, *, alarm: int | None = None) -> Feed:
    """The feed of what the filters find, with a reminder so many minutes before each start when one is asked for."""
    now = clock.now()
    days = window(clock.today(zone), zone)
    carried = await queries.read_carried(connection, filters, days, now=now, zone=zone)
    vevents = carried.vevents if alarm is None else [with_alarm(vevent, alarm) for vevent in carried.vevents]
    body = calendar_bytes(vevents, name=await queries.read_name(connection, filters), zone=zone)
    return Feed(body, carried.changed_at, days.valid_until)


async def make_news(connection: AsyncConnection, filters: Filters, zone: ZoneInfo, ending: str, public_url: str) -> Feed:
    """What was published or changed last of what the filters find, in the format of an ending."""
    days = window(clock.today(zone), zone)
    found = await queries.read_news(connection, filters, days, now=clock.now(), zone=zone)
    items = tuple(item_of(entry, published_at, public_url) for entry, published_at in found)
    news = News(plain(await queries.read_name(connection, filters)), items, public_url, filters.query())
    media_type, written = NEWS[ending]
    return Feed(written(news), news.updated_at, days.valid_until, media_type)


async def make_event_file(
    connection: AsyncConnection | AsyncSession, event_id: UUID, session_id: UUID | None, zone: ZoneInfo
) -> tuple[str, bytes]:
    """An event's title and its calendar file, of all its sessions or of one, for who adds it once.

    A cancelled session is in it as cancelled: who added it before and adds it again gets it struck out. Raises NotFound where there is
    nothing to be added: no such event or session, a draft, or no day yet; and Busy while a worker has yet to render what was imported.
    """
    found = await queries.read_sessions(connection, event_id, session_id)
    if not found:
        raise NotFound
    vevents = [vevent for _, vevent in found if vevent]
    if len(vevents) < len(found):
        raise Busy(retry_after=RETRY_SECONDS)
    return found[0][0], published_bytes(vevents, zone=zone)


async def export_feeds(installation: Installation, *, event_ids: Sequence[UUID] | None = None) -> int:
    """Write the standard feeds that hold these events (all of them when None) to the store, and say how many had changed.

    Idempotent. Raises StoreFailed; what was written until then is whole and stays.
    """
    store = open_store(installation.settings)
    async with installation.sessions() as session:
        standards = await queries.list_standard(session, event_ids)
    return sum([await _export(installation, store, standard) for standard in standards])


async def _export(installation: Installation, store: Store, standard: Standard) -> bool:
    """Write one feed if its bytes are not those of the last time. One writer a feed: else old bytes could land after new ones."""
    async with installation.sessions.begin() as session:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(standard.path, 0))))
        feed = await make_feed(await session.connection(), Filters.parse([standard.filter]), installation.settings.zone)
        digest = sha256(feed.body).digest()
        known = await session.scalar(select(FeedExport.digest).where(FeedExport.path == standard.path))
        if digest == known:
            return False
        await store.put(standard.path, feed.body, content_type=MEDIA_TYPE)
        row = {"digest": digest, "exported_at": clock.now()}
        written = insert(FeedExport).values(path=standard.path, **row)
        await session.execute(written.on_conflict_do_update(index_elements=["path"], set_=row))
    return True
