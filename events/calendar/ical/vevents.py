"""An occurrence as a VEVENT, and VEVENTs as a calendar (RFC 5545, RFC 7986). Pure: the same values give the same bytes.

A VEVENT is rendered once, when what it shows changes, and kept; a calendar joins kept ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Timezone

from events.calendar.ical.content_lines import escaped, folded, quoted
from events.calendar.ical.coordinates import to_wgs84
from events.calendar.rules import Datum, EventStatus, OccurrenceStatus
from events.regions.rules import Tier

RUN_AFTER_DAYS = 7
END = b"END:VEVENT\r\n"
PRODID = "PRODID:-//Saili//Saili//ZH"
DAYPARTS = {"morning": "上午", "noon": "中午", "afternoon": "下午", "evening": "晚上"}
# CSS3 names, as RFC 7986 (section 5.9) wants them.
COLOURS = {Tier.CITY: "firebrick", Tier.DISTRICT: "steelblue", Tier.STREET: "seagreen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    address: str | None = None
    lon: float | None = None
    lat: float | None = None
    datum: Datum | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything a VEVENT shows. Days are inclusive; instants are aware and shown in `zone`; `categories` are names, in order.

    `reason` is why it was stopped, as the office wrote it.
    """

    id: UUID
    sequence: int
    changed_at: datetime
    created_at: datetime
    title: str
    tier: Tier
    url: str
    zone: ZoneInfo
    first_on: date
    last_on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    daypart: str | None = None
    label: str | None = None
    status: OccurrenceStatus = OccurrenceStatus.SCHEDULED
    event_status: EventStatus = EventStatus.PUBLISHED
    removed: bool = False
    reason: str | None = None
    place: Place | None = None
    organiser: str | None = None
    undertaker: str | None = None
    contact: str | None = None
    summary: str | None = None
    eligibility: str | None = None
    bring: str | None = None
    fee: str | None = None
    directions: str | None = None
    categories: tuple[str, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Whether nobody should come on these days: a postponed one has no new ones yet, a withdrawn one looks like a cancelled one."""
        return self.removed or self.event_status is not EventStatus.PUBLISHED or self.status is OccurrenceStatus.CANCELLED

    @property
    def all_day(self) -> bool:
        """Without a minute to start at, and where several days follow a start and no end is known."""
        return self.starts_at is None or (self.ends_at is None and self.last_on > self.first_on)

    @property
    def a_run(self) -> bool:
        """Over a week: it must not make its reader look busy for all of it."""
        return (self.last_on - self.first_on).days >= RUN_AFTER_DAYS


def render(shown: Shown) -> bytes:
    """The VEVENT, folded, with CRLF. Its stamps are the instant of the last change, never now."""
    return b"".join(folded(line) for line in _lines(shown))


def uid(occurrence_id: UUID) -> str:
    """The occurrence's identity in every calendar, for ever: never made from its date."""
    return f"{occurrence_id}@saili"


def _lines(shown: Shown) -> Iterator[str]:
    changed = _utc(shown.changed_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(shown.id)}"
    yield f"DTSTAMP:{changed}"
    yield f"CREATED:{_utc(shown.created_at)}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{shown.sequence}"
    yield f"STATUS:{'CANCELLED' if shown.cancelled else 'CONFIRMED'}"
    yield from _when(shown)
    yield f"SUMMARY:{escaped(_summary(shown))}"
    yield f"DESCRIPTION:{escaped(_description(shown))}"
    if shown.contact:
        yield f"CONTACT:{escaped(shown.contact)}"
    if shown.place:
        yield from _where(shown.place)
    if shown.categories:
        yield "CATEGORIES:" + ",".join(escaped(c) for c in shown.categories)
    yield f"COLOR:{COLOURS[shown.tier]}"
    yield f"URL:{shown.url}"
    yield "END:VEVENT"


def _when(shown: Shown) -> Iterator[str]:
    """All-day ends are exclusive. An end that is not after its start is left out: RFC 5545 (section 3.8.2.2) forbids it."""
    if shown.starts_at is None or shown.all_day:
        yield f"DTSTART;VALUE=DATE:{shown.first_on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{shown.last_on + timedelta(days=1):%Y%m%d}"
    else:
        yield f"DTSTART;TZID={shown.zone.key}:{shown.starts_at.astimezone(shown.zone):%Y%m%dT%H%M%S}"
        if shown.ends_at and shown.ends_at > shown.starts_at:
            yield f"DTEND;TZID={shown.zone.key}:{shown.ends_at.astimezone(shown.zone):%Y%m%dT%H%M%S}"
    yield "TRANSP:TRANSPARENT" if shown.a_run or shown.cancelled else "TRANSP:OPAQUE"


def _summary(shown: Shown) -> str:
    parts = [shown.title, shown.label, DAYPARTS.get(shown.daypart or "")]
    return _prefix(shown) + " ".join(p for p in parts if p)


def _prefix(shown: Shown) -> str:
    if shown.event_status is EventStatus.POSTPONED:
        return "【已延期】"
    return "【已取消】" if shown.cancelled else ""


def _description(shown: Shown) -> str:
    """What people read, why it is off before all else; the link is repeated here because Google hides URL."""
    start = f"{shown.starts_at.astimezone(shown.zone):%H:%M}" if shown.starts_at and shown.all_day else None
    named = (
        ("首日开始", start),
        ("参加条件", shown.eligibility),
        ("携带物品", shown.bring),
        ("费用", shown.fee),
        ("交通", shown.directions),
        ("主办", shown.organiser),
        ("承办", shown.undertaker),
        ("联系", shown.contact),
        ("详情", shown.url),
    )
    lines = [f"{name}：{value}" for name, value in named if value]
    why = f"原因：{shown.reason}" if shown.reason else None
    return "\n\n".join(filter(None, (why, shown.summary, "\n".join(lines))))


def _where(place: Place) -> Iterator[str]:
    """Apple's programs match the two places by text: LOCATION must be the title, a newline and the address of the structured one."""
    location = f"{place.name}\n{place.address}" if place.address else place.name
    yield f"LOCATION:{escaped(location)}"
    if place.lon is None or place.lat is None or place.datum is None:
        return
    lon, lat = to_wgs84(place.lon, place.lat, place.datum)
    address = f";X-ADDRESS={quoted(place.address)}" if place.address else ""
    yield f"GEO:{lat:.6f};{lon:.6f}"
    yield (f"X-APPLE-STRUCTURED-LOCATION;VALUE=URI{address};X-APPLE-RADIUS=100;X-TITLE={quoted(place.name)}:geo:{lat:.6f},{lon:.6f}")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def copied(vevent: bytes, at: datetime, status: str = "CONFIRMED", mark: str = "") -> bytes:
    """A copy for one reader, made at an instant, which is newer than the copy that it takes the place of (RFC 5546, section 2.1.5).

    Who may yet have to come (`TENTATIVE`) or need not any more (`CANCELLED`) keeps the days free, and reads a `mark` before the title, for
    some programs show no status. What is cancelled for everybody stays so.
    """
    off = b"\r\nSTATUS:CANCELLED\r\n" in vevent
    told = {"DTSTAMP": _utc(at)} | ({} if off else {"STATUS": status}) | ({} if off or status == "CONFIRMED" else {"TRANSP": "TRANSPARENT"})
    lines = []
    for line in vevent.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        lines.append(f"SUMMARY:{'' if off else mark}{value}" if name == "SUMMARY" else f"{name}:{told[name]}" if name in told else line)
    return b"".join(map(folded, lines))


def with_alarm(vevent: bytes, minutes: int) -> bytes:
    """A kept VEVENT with a reminder so many minutes before its start. A cancelled one stays silent."""
    if b"\r\nSTATUS:CANCELLED\r\n" in vevent:
        return vevent
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:提醒", f"TRIGGER:-PT{minutes}M", "END:VALARM")
    return vevent.removesuffix(END) + b"".join(map(folded, alarm)) + END


def published_bytes(vevents: Iterable[bytes], *, zone: ZoneInfo) -> bytes:
    """Kept VEVENTs as a file to be added once. It has no name and no hints of refreshing: it becomes part of a calendar that is there."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", PRODID, "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    return b"".join([*map(folded, head), timezone_bytes(zone), *vevents, b"END:VCALENDAR\r\n"])


def calendar_bytes(vevents: Iterable[bytes], *, name: str, zone: ZoneInfo) -> bytes:
    """The VCALENDAR of kept VEVENTs, in the order given. Without any it is still valid: the VTIMEZONE is the one component it needs."""
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        PRODID,
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
        "COLOR:seagreen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    )
    return b"".join([*map(folded, head), timezone_bytes(zone), *vevents, b"END:VCALENDAR\r\n"])


@cache
def timezone_bytes(zone: ZoneInfo) -> bytes:
    """The VTIMEZONE: one STANDARD part where the offset has stood still since 2000, as Outlook likes it; else every change of it."""
    days = [datetime(year, month, 1, tzinfo=zone) for year in range(2000, 2038) for month in range(1, 13)]
    offsets = {day.strftime("%z") for day in days}
    if len(offsets) > 1:
        return bytes(Timezone.from_tzinfo(zone, zone.key).to_ical())
    offset = offsets.pop()
    lines = ("DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", f"TZNAME:{days[0].tzname()}")
    standard = ("BEGIN:STANDARD", *lines, "END:STANDARD")
    return b"".join(map(folded, ("BEGIN:VTIMEZONE", f"TZID:{zone.key}", *standard, "END:VTIMEZONE")))
