"""What is new in the calendar, as items of a news feed: the events that were published or changed last. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.calendar.dates import Daypart
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.feeds.rules import MOST_SESSIONS_TOLD

# XML 1.0 (section 2.2) allows no other characters, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STOPPED = {EventStatus.CANCELLED: "【已取消】", EventStatus.POSTPONED: "【已延期】"}
_DAYPARTS = {Daypart.MORNING: "上午", Daypart.NOON: "中午", Daypart.AFTERNOON: "下午", Daypart.EVENING: "晚上"}


@dataclass(frozen=True, slots=True)
class Item:
    """An event as news. `lines` are sentences for people, as text; `published_at` is None where the history doesn't say."""

    id: UUID
    url: str
    title: str
    lines: tuple[str, ...]
    author: str
    categories: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """A feed of news, newest first. `updated_at` is None as long as there is nothing in it; `query` are its filters."""

    name: str
    items: tuple[Item, ...]
    public_url: str
    query: str

    @property
    def updated_at(self) -> datetime | None:
        return max((item.updated_at for item in self.items), default=None)

    @property
    def page(self) -> str:
        """Where people read the same."""
        return f"{self.public_url}/calendar{self._asked}"

    def address(self, ending: str) -> str:
        """Where this very feed lies, which is also its identity."""
        return f"{self.public_url}/feeds/events.{ending}{self._asked}"

    @property
    def _asked(self) -> str:
        return f"?{self.query}" if self.query else ""


def item_of(entry: Entry, published_at: datetime | None, public_url: str) -> Item:
    """The event as it is news: read at no instant, so that the same rows give the same bytes. The entry was read with its details."""
    summary = entry.details.summary if entry.details else None
    return Item(
        id=entry.id,
        url=f"{public_url}/events/{entry.id}",
        title=plain(_STOPPED.get(entry.status, "") + entry.title),
        lines=tuple(map(plain, filter(None, (*_facts(entry), summary)))),
        author=plain(entry.organiser or entry.region.name),
        categories=tuple(plain(one.name) for one in (entry.series, entry.board, entry.sport) if one),
        published_at=published_at,
        updated_at=max((entry.changed_at, *(one.changed_at for one in entry.occurrences))),
    )


def plain(text: str) -> str:
    """The text without what XML can't hold."""
    return _NOT_IN_XML.sub("", text)


def _facts(entry: Entry) -> Iterable[str]:
    place = " ".join(filter(None, (entry.venue.name, entry.venue.address))) if entry.venue else None
    named = (("时间", _when(entry)), ("地点", place), ("地区", entry.region.name), ("主办", entry.organiser), ("承办", entry.undertaker))
    return (f"{name}：{value}" for name, value in named if value)


def _when(entry: Entry) -> str:
    if not entry.occurrences:
        return entry.date_text or ""
    told = [_session(one, entry.status) for one in entry.occurrences[:MOST_SESSIONS_TOLD]]
    more = len(entry.occurrences) - len(told)
    return "；".join(told) + (f"；共 {len(entry.occurrences)} 场" if more else "")


def _session(one: OccurrenceShown, status: EventStatus) -> str:
    """A session's days and hours, and that it alone is off."""
    first = f"{one.on:%Y-%m-%d}"
    days = first if one.on == one.until else f"{first} 至 {one.until:%Y-%m-%d}"
    hours = f"{one.starts_at:%H:%M}" if one.starts_at else _DAYPARTS[one.daypart] if one.daypart else None
    off = "（本场取消）" if one.status is OccurrenceStatus.CANCELLED and status is EventStatus.PUBLISHED else None
    return " ".join(filter(None, (days, hours, one.label))) + (off or "")
