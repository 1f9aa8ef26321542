"""News as Atom (RFC 4287) and as RSS 2.0. Pure: built as a tree, so that any text is escaped."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from events.feeds.news import Item, News

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
LANGUAGE = "zh-CN"
# An Atom feed must say when it was changed, and one that never had anything in it was changed at no instant.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_ATOM_NAMES = "http://www.w3.org/2005/Atom"


def atom(news: News) -> bytes:
    """The feed as Atom. An entry's id is the event's own, whatever address the site moves to."""
    feed = Element("feed", {"xmlns": _ATOM_NAMES, "xml:lang": LANGUAGE})
    _say(feed, "id", news.address("atom"))
    _say(feed, "title", news.name)
    _say(feed, "updated", _instant(news.updated_at or NEVER))
    _say(SubElement(feed, "author"), "name", "赛历")
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": news.address("atom")})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": news.page})
    for item in news.items:
        _entry(feed, item)
    return _bytes(feed)


def rss(news: News) -> bytes:
    """The feed as RSS 2.0, with the one element of Atom that its readers ask for: where it lies."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": _ATOM_NAMES})
    channel = SubElement(root, "channel")
    _say(channel, "title", news.name)
    _say(channel, "link", news.page)
    _say(channel, "description", f"{news.name}：新发布和有变更的活动")
    _say(channel, "language", LANGUAGE)
    if news.updated_at:
        _say(channel, "lastBuildDate", _mail_date(news.updated_at))
    SubElement(channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": news.address("rss")})
    for item in news.items:
        _item(channel, item)
    return _bytes(root)


def _entry(feed: Element, item: Item) -> None:
    entry = SubElement(feed, "entry")
    _say(entry, "id", item.id.urn)
    _say(entry, "title", item.title)
    _say(entry, "updated", _instant(item.updated_at))
    if item.published_at:
        _say(entry, "published", _instant(item.published_at))
    _say(SubElement(entry, "author"), "name", item.author)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
    for category in item.categories:
        SubElement(entry, "category", {"term": category})
    _say(entry, "content", _html(item.lines)).set("type", "html")


def _item(channel: Element, item: Item) -> None:
    one = SubElement(channel, "item")
    _say(one, "title", item.title)
    _say(one, "link", item.url)
    _say(one, "guid", item.id.urn).set("isPermaLink", "false")
    _say(one, "pubDate", _mail_date(item.published_at or item.updated_at))
    for category in item.categories:
        _say(one, "category", category)
    _say(one, "description", _html(item.lines))


def _say(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = text
    return element


def _html(lines: Iterable[str]) -> str:
    """The lines as HTML, which both formats carry as text: what people wrote is escaped once for each of the two."""
    return str(Markup("<br>").join(line.replace("\r", "") for line in "\n".join(lines).split("\n")))


def _bytes(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _mail_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
