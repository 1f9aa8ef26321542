"""An event for other programs: the schema.org data in its page, and what a shared link shows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from markupsafe import Markup

from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.rules import EventStatus, OccurrenceStatus, RegistrationState
from events.competitions.schemas import CompetitionOut
from events.web.event_places import wgs84_of

SCHEMA = "https://schema.org"
STATUSES = {EventStatus.POSTPONED: "EventPostponed", EventStatus.CANCELLED: "EventCancelled"}
MOST_SESSIONS = 50
MOST_DESCRIPTION = 160
# What could end the element that the data stands in, or be read as a line end by a script.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def description(entry: Entry, dates: str) -> str:
    """When and where in a line, then what the office says of it."""
    summary = entry.details.summary if entry.details else None
    parts = [dates, entry.venue.name if entry.venue else None, entry.organiser, summary]
    text = " · ".join(" ".join(part.split()) for part in parts if part)
    return text if len(text) <= MOST_DESCRIPTION else text[: MOST_DESCRIPTION - 1] + "…"


def linked_data(
    entry: Entry, competitions: Sequence[CompetitionOut], *, url: str, picture: str, about: str, moved_from: str | None
) -> Markup:
    """The event as schema.org's SportsEvent, in JSON-LD that is safe inside a script element.

    Without a session there is no startDate: a month or a dekad is no day, and none is made up. A postponed event keeps its old one.
    """
    data = {"@context": SCHEMA, **_event(entry, url=url, about=about, moved_from=moved_from), "image": picture}
    if offers := [*_offers(entry, competitions, url)]:
        data["offers"] = offers
    text = msgspec.json.encode(_known(data)).decode()
    return Markup("".join(_ESCAPED.get(character, character) for character in text))  # noqa: S704 - JSON without a character of markup


def _event(entry: Entry, *, url: str, about: str, moved_from: str | None) -> dict[str, Any]:
    stands = [one for one in entry.occurrences if one.status is OccurrenceStatus.SCHEDULED] or [*entry.occurrences]
    place = _place(entry)
    status = STATUSES.get(entry.status) or ("EventRescheduled" if moved_from else "EventScheduled")
    return {
        "@type": "SportsEvent",
        "name": entry.title,
        "url": url,
        "description": about,
        "eventStatus": f"{SCHEMA}/{status}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "startDate": min((_start(one) for one in stands), default=None),
        "endDate": max((_end(one) for one in stands), default=None),
        "previousStartDate": moved_from,
        "sport": entry.sport.name if entry.sport else None,
        "isAccessibleForFree": entry.free,
        "location": place,
        "organizer": _organisation(entry.organiser),
        "superEvent": {"@type": "EventSeries", "name": entry.series.name} if entry.series else None,
        "subEvent": [_session(entry, one, place) for one in entry.occurrences[:MOST_SESSIONS]] if len(entry.occurrences) > 1 else None,
    }


def _session(entry: Entry, one: OccurrenceShown, place: Mapping[str, Any] | None) -> dict[str, Any]:
    off = one.status is OccurrenceStatus.CANCELLED
    status = STATUSES.get(entry.status) or ("EventCancelled" if off else "EventScheduled")
    name = f"{entry.title} {one.label}" if one.label else entry.title
    days = {"startDate": _start(one), "endDate": _end(one)}
    return _known({"@type": "SportsEvent", "name": name, "eventStatus": f"{SCHEMA}/{status}", **days, "location": place})


def _start(one: OccurrenceShown) -> str:
    return _written(one.starts_at or one.on)


def _end(one: OccurrenceShown) -> str:
    return _written(one.ends_at or one.until)


def _written(at: datetime | date) -> str:
    return at.isoformat()


def _place(entry: Entry) -> dict[str, Any] | None:
    if entry.venue is None:
        return None
    address = {"@type": "PostalAddress", "streetAddress": entry.venue.address, "addressLocality": entry.region.name, "addressCountry": "CN"}
    point = wgs84_of(entry.venue)
    geo = {"@type": "GeoCoordinates", "latitude": round(point[1], 6), "longitude": round(point[0], 6)} if point else None
    return _known({"@type": "Place", "name": entry.venue.name, "address": _known(address), "geo": geo})


def _organisation(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None


def _offers(entry: Entry, competitions: Sequence[CompetitionOut], url: str) -> Iterator[dict[str, Any]]:
    """A place in each division. A price is said only where there is none: what a fee's text asks of whom is for people to read."""
    price = {"price": "0", "priceCurrency": "CNY"} if entry.free else {}
    for competition in competitions:
        for division in competition.divisions:
            yield {
                "@type": "Offer",
                "name": f"{competition.title} {division.name}",
                "url": f"{url}#c-{competition.id}",
                "availability": f"{SCHEMA}/{'InStock' if division.state is RegistrationState.OPEN else 'SoldOut'}",
                "validFrom": competition.registration_opens_at.isoformat(),
                "availabilityEnds": competition.registration_closes_at.isoformat(),
                **price,
            }
    if price and not competitions:
        yield {"@type": "Offer", "url": url, **price}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
