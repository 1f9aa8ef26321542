"""News as JSON Feed 1.1 (jsonfeed.org). Pure."""

from datetime import datetime

import msgspec

from events.feeds.news import Item, News

MEDIA_TYPE = "application/feed+json"
_encode = msgspec.json.Encoder().encode


class _Author(msgspec.Struct, frozen=True):
    name: str


class _Item(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    url: str
    title: str
    content_text: str
    date_modified: datetime
    date_published: datetime | None = None
    authors: tuple[_Author, ...] = ()
    tags: tuple[str, ...] = ()


class _Feed(msgspec.Struct, frozen=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    language: str
    items: tuple[_Item, ...]


def json_feed(news: News) -> bytes:
    """The feed; an item's id is the event's own, as in the other formats."""
    address = news.address("json")
    return _encode(_Feed("https://jsonfeed.org/version/1.1", news.name, news.page, address, "zh-CN", tuple(map(_item, news.items))))


def _item(item: Item) -> _Item:
    return _Item(
        id=item.id.urn,
        url=item.url,
        title=item.title,
        content_text="\n".join(item.lines),
        date_modified=item.updated_at,
        date_published=item.published_at,
        authors=(_Author(item.author),),
        tags=item.categories,
    )
