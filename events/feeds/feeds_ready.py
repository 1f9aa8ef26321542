"""Feeds kept ready, and the last good bytes of each for when the database fails: a calendar program deletes whatever an answer lacks."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import cast
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from events.calendar.filters import Filters
from events.calendar.ready import Ready
from events.calendar.revisions import months_between, read_touched
from events.errors import Busy, Faulty, NotFound
from events.feeds.queries import find_standard
from events.feeds.rules import Standard, window
from events.feeds.service import Feed, make_feed, make_news
from infra import clock
from infra.answers import ReadyAnswer
from infra.database import passes
from infra.settings import Settings
from infra.storage import Store, StoreFailed

log = logging.getLogger(__name__)

MOST_BYTES = 32 * 1024 * 1024
RETRY_SECONDS = 60
# Caches on the way may answer for a minute, and for a week when this server can't.
CACHING = "public, max-age=60, stale-if-error=604800"


class Feeds:
    """The way to feeds as answers. Made anew once after each change, however many ask meanwhile."""

    def __init__(self, ready: Ready, reader: AsyncEngine, store: Store, settings: Settings) -> None:
        self.ready = ready
        self._reader = reader
        self._store = store
        self._zone, self._public_url = settings.zone, settings.public_url
        self._good: OrderedDict[Hashable, ReadyAnswer] = OrderedDict()
        self._size = 0

    def held(self, key: Hashable) -> ReadyAnswer | None:
        """What is kept under an address and still true."""
        return cast("ReadyAnswer | None", self.ready.held(key))

    async def of_filters(self, key: Hashable, filters: Filters, alarm: int | None) -> ReadyAnswer:
        """The feed of what filters find. While the database fails: its last good bytes. Raises Busy where there are none."""
        return await self._get(key, "events.ics", lambda connection: make_feed(connection, filters, self._zone, alarm=alarm))

    async def of_news(self, key: Hashable, filters: Filters, ending: str) -> ReadyAnswer:
        """What is new of what filters find, as Atom, RSS or JSON Feed; while the database fails, as a calendar's feed. Raises Busy."""
        return await self._get(
            key, f"events.{ending}", lambda connection: make_news(connection, filters, self._zone, ending, self._public_url)
        )

    async def of_standard(self, key: Hashable, standard: Standard, alarm: int | None = None) -> ReadyAnswer:
        """A standard feed, as fresh as any; while the database fails, its last good bytes or the exported ones, which have no reminders.

        Raises NotFound, Busy.
        """
        try:
            filters = Filters.parse([standard.filter])
        except Faulty:  # what can't be a key can't be looked up either
            raise NotFound from None

        async def make(connection: AsyncConnection) -> Feed:
            if not await find_standard(connection, standard):
                raise NotFound
            return await make_feed(connection, filters, self._zone, alarm=alarm)

        try:
            return await self._get(key, f"{standard.key}.ics", make)
        except Busy:
            if alarm is None and (exported := await self._exported(standard)):
                return exported
            raise

    async def _get(self, key: Hashable, name: str, make: Callable[[AsyncConnection], Awaitable[Feed]]) -> ReadyAnswer:
        async def answer() -> ReadyAnswer:
            async with self._reader.connect() as connection:
                # Not the last change of what it carries: that stays as it is, or is older, when an event leaves the feed.
                touched_at = await read_touched(connection, self.months())
                feed = await make(connection)
            midnight = feed.valid_until - timedelta(days=1)
            return self._good_answer(key, name, replace(feed, changed_at=max(touched_at or midnight, midnight)))

        try:
            return await self.ready.get(key, self.months(), answer)
        except Exception as error:
            if not passes(error):
                raise
            log.warning("a feed can't be made: %s", type(error).__name__)
            if last := self._good.get(key):
                return last
            raise Busy(retry_after=RETRY_SECONDS) from error

    def months(self) -> list[str]:
        """The months that a feed shows: a change of any of them makes it anew."""
        days = window(clock.today(self._zone), self._zone)
        return months_between(days.first_on, days.last_on)

    def _good_answer(self, key: Hashable, name: str, feed: Feed) -> ReadyAnswer:
        """The feed as an answer; the last one again when nothing differs, so that it isn't compressed once more."""
        last = self._good.pop(key, None)
        if last and last.body == feed.body and last.valid_until == feed.valid_until:
            self._good[key] = last
            return last
        answer = self._good[key] = as_answer(name, feed)
        self._size += answer.size - (last.size if last else 0)
        while self._size > MOST_BYTES and len(self._good) > 1:
            self._size -= self._good.popitem(last=False)[1].size
        return answer

    async def _exported(self, standard: Standard) -> ReadyAnswer | None:
        try:
            stored = await self._store.find(standard.path)
        except StoreFailed:
            return None
        return as_answer(f"{standard.key}.ics", Feed(stored.body, stored.written_at, clock.now())) if stored else None


def as_answer(name: str, feed: Feed) -> ReadyAnswer:
    """The feed with its headers: shown in place, saved under its name (RFC 6266; the second form is for names that are not ASCII)."""
    file = quote(name, safe="")
    headers = [("Content-Disposition", f"inline; filename=\"{file}\"; filename*=UTF-8''{file}"), ("Cache-Control", CACHING)]
    if feed.changed_at:
        headers.append(("Last-Modified", format_datetime(feed.changed_at.astimezone(UTC), usegmt=True)))
    return ReadyAnswer(feed.body, feed.media_type, feed.valid_until, headers)
