"""Events as they are written over the API. A Struct checks shape; what stands in it is read here, and every fault named by its path.

Instants and dates are texts in the Structs, because a decoder stops at the first bad one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

from events.calendar.dates import Daypart, Reading
from events.calendar.dating.text import read_dates
from events.calendar.drafts import MOST_SESSIONS, EventDraft, Point, VenueDraft, clean
from events.calendar.fees import free_by
from events.calendar.rules import Datum
from events.calendar.when import FIRST_YEAR, LAST_YEAR, DraftSession, When, read_instant, timed, when_held, when_read
from events.errors import Fault, Faulty
from events.regions.rules import Tier

MOST_REASON = 500
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

# Stands where a session could not be read, so that the others keep their index in the faults; such a draft is never written.
UNREAD = DraftSession(date(FIRST_YEAR, 1, 1), date(FIRST_YEAR, 1, 1))

Kind = TypeVar("Kind", bound=StrEnum)
Value = TypeVar("Value")


class PointIn(Struct, frozen=True, forbid_unknown_fields=True):
    lon: float
    lat: float
    datum: str


class VenueIn(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    address: str | None = None
    point: PointIn | None = None


class OccurrenceIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Either `starts_at` (and `ends_at`), or `on` (and `until`, `daypart`). `id` says which session of the event it is."""

    id: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    on: str | None = None
    until: str | None = None
    daypart: str | None = None
    label: str | None = None


class EventPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What is absent stays as it is; null empties a field. A fee that is written says whether the event is free, unless `free` does."""

    title: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    tier: str | UnsetType | None = UNSET
    series: str | UnsetType | None = UNSET
    board: str | UnsetType | None = UNSET
    sport: str | UnsetType | None = UNSET
    audience: list[str] | UnsetType = UNSET
    date_text: str | UnsetType = UNSET
    occurrences: list[OccurrenceIn] | UnsetType = UNSET
    venue: VenueIn | UnsetType | None = UNSET
    organiser: str | UnsetType | None = UNSET
    undertaker: str | UnsetType | None = UNSET
    contact: str | UnsetType | None = UNSET
    summary: str | UnsetType | None = UNSET
    eligibility: str | UnsetType | None = UNSET
    bring: str | UnsetType | None = UNSET
    fee: str | UnsetType | None = UNSET
    free: bool | UnsetType | None = UNSET
    directions: str | UnsetType | None = UNSET
    fuse: str | UnsetType | None = UNSET
    source_url: str | UnsetType | None = UNSET


class EventIn(EventPatch, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new event: title, region, and either `date_text` or `occurrences`. The tier follows the region unless given."""

    title: str
    region: str


class ReasonIn(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class MoveIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A new start, or a new day: a session moved to another day keeps its daypart, unless it gets another or, by null, none."""

    reason: str
    starts_at: str | None = None
    ends_at: str | None = None
    on: str | None = None
    until: str | None = None
    daypart: str | UnsetType | None = UNSET


def drafted(body: EventPatch, zone: ZoneInfo, *, today: date, year: int | None = None) -> tuple[EventDraft, frozenset[str]]:
    """The draft that a body writes, and which of the draft's fields it writes. A new event needs a date.

    A date written without its year is of the year that the title names, else of `year`, else it is the next one from today on.
    """
    faults: list[Fault] = []
    values = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}
    written = {_NAMES.get(name, name): _READERS.get(name, _same)(value, name, faults) for name, value in values.items()}
    if isinstance(body, EventIn) or not values.keys().isdisjoint({"date_text", "occurrences"}):
        written["when"] = _when(values, zone, [year] if year else [today.year, today.year + 1], today, faults)
    if "fee" in values and "free" not in values:
        written["free"] = free_by(values["fee"])
    written = {name: value for name, value in written.items() if name not in ("date_text", "occurrences")}
    return EventDraft(**written, faults=tuple(faults)), frozenset(written)


def reason_of(body: ReasonIn | MoveIn) -> str:
    """The reason, which is asked for and shown. Raises Faulty."""
    faults: list[Fault] = []
    if not (reason := clean(body.reason, "reason", MOST_REASON, faults, lines=True)):
        faults.append(Fault("reason", "empty"))
    if faults or reason is None:
        raise Faulty(*faults)
    return reason


def moved_to(body: MoveIn, zone: ZoneInfo) -> tuple[DraftSession, str]:
    """Where a session is moved to, and why. Raises Faulty with everything that is wrong."""
    faults: list[Fault] = []
    daypart = None if body.daypart is UNSET else body.daypart
    written = OccurrenceIn(starts_at=body.starts_at, ends_at=body.ends_at, on=body.on, until=body.until, daypart=daypart)
    session = _session(written, "", zone, faults)
    try:
        reason = reason_of(body)
    except Faulty as refusal:
        raise Faulty(*faults, *refusal.faults) from None
    if session is None or faults:
        raise Faulty(*faults)
    return session, reason


def _when(values: dict[str, Any], zone: ZoneInfo, years: Sequence[int], today: date, faults: list[Fault]) -> When:
    text, occurrences = values.get("date_text"), values.get("occurrences")
    if text is not None and occurrences is not None:
        faults.append(Fault("occurrences", "both_dates"))
    elif text is not None and (text := clean(text, "date_text", 500, faults)):
        readings = [read_dates(text, context=[values.get("title", "")], year=year) for year in years]
        # 5月2日(周六) is of the year in which that day is a Saturday.
        agreeing = [r for r in readings if "weekday_mismatch" not in r.notes] or readings
        reading = next((r for r in agreeing if r.last_on is None or r.last_on >= today), agreeing[0])
        faults.extend(_text_faults(reading))
        return when_read(reading, zone)
    elif occurrences and len(occurrences) <= MOST_SESSIONS:
        return when_held([_session(o, f"occurrences[{i}]", zone, faults) or UNREAD for i, o in enumerate(occurrences)])
    elif occurrences:
        faults.append(Fault("occurrences", "too_large", {"most": MOST_SESSIONS}))
    else:
        faults.append(Fault("occurrences" if occurrences is not None else "date_text", "no_date"))
    return When()


def _text_faults(reading: Reading) -> Iterator[Fault]:
    """What a text leaves unsaid or says twice: whoever writes one event is there to say it anew, as nobody is behind a file's row."""
    if reading.unread:
        yield Fault("date_text", "unread_date", {"unread": reading.unread})
    elif "reversed" in reading.notes:
        yield Fault("date_text", "dates_reversed")
    elif "weekday_mismatch" in reading.notes:
        yield Fault("date_text", "weekday_mismatch")


def _session(written: OccurrenceIn, path: str, zone: ZoneInfo, faults: list[Fault]) -> DraftSession | None:
    """A session as written; None when it has no usable start."""
    by_minute = {"starts_at": written.starts_at, "ends_at": written.ends_at}
    by_day = {"on": written.on, "until": written.until, "daypart": written.daypart}
    if (written.starts_at is None) == (written.on is None) or any(
        v is not None for v in (by_day if written.starts_at is not None else by_minute).values()
    ):
        faults.append(Fault(path or "starts_at", "one_of", {"names": "starts_at, on"}))
        return None
    at = f"{path}." if path else ""
    id_ = _read(_uuid, written.id, f"{at}id", "bad_identifier", faults)
    if written.starts_at is not None:
        starts = _read(_instant, written.starts_at, f"{at}starts_at", "bad_instant", faults)
        ends = _read(_instant, written.ends_at, f"{at}ends_at", "bad_instant", faults)
        return replace(timed(starts, ends, zone), label=written.label, id=id_) if starts else None
    on = _read(_date, written.on, f"{at}on", "bad_date", faults)
    until = _read(_date, written.until, f"{at}until", "bad_date", faults)
    daypart = _one_of(Daypart, written.daypart, f"{at}daypart", faults)
    return DraftSession(on, until or on, None, None, daypart, written.label, id_) if on else None


def _read(read: Callable[[str], Value], text: str | None, path: str, code: str, faults: list[Fault]) -> Value | None:
    try:
        return None if text is None else read(text)
    except ValueError:
        faults.append(Fault(path, code))
        return None


def _uuid(text: str) -> UUID:
    return UUID(text)


def _instant(text: str) -> datetime:
    if (at := read_instant(text)) is None:
        raise ValueError
    return at


def _date(text: str) -> date:
    if not DATE.fullmatch(text):
        raise ValueError
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _one_of(kind: type[Kind], text: str | None, path: str, faults: list[Fault]) -> Kind | None:
    if text is None or text in [k.value for k in kind]:
        return kind(text) if text is not None else None
    faults.append(Fault(path, "unknown_value", {"known": ", ".join(kind)}))
    return None


def _same(value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ARG001 - a reader of nothing
    return value


def _tier(value: str | None, path: str, faults: list[Fault]) -> Tier | None:
    return _one_of(Tier, value, path, faults)


def _sports(value: str | None, path: str, faults: list[Fault]) -> tuple[str, ...]:  # noqa: ARG001 - looked up by the service
    return (value,) if value is not None else ()


def _venue(value: VenueIn | None, path: str, faults: list[Fault]) -> VenueDraft | None:
    if value is None:
        return None
    point = None
    if value.point:
        # An unknown datum stands for any, so that the figures beside it are judged too.
        datum = _one_of(Datum, value.point.datum, f"{path}.point.datum", faults) or Datum.WGS84
        point = Point(value.point.lon, value.point.lat, datum)
    return VenueDraft(value.name, value.address, point)


_NAMES = {"region": "region_code", "sport": "sports"}
_READERS: dict[str, Callable[[Any, str, list[Fault]], Any]] = {
    "tier": _tier,
    "sport": _sports,
    "venue": _venue,
    "audience": lambda value, *_: tuple(value),
}
