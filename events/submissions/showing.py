"""What was read of a row and what would change, as a person reads it: days and hours of the city, not instants. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.calendar.dates import Daypart, Precision
from events.calendar.when import DraftSession, When
from events.i18n import Language, translate, words
from events.regions.rules import Tier
from events.submissions.reading import RowRead
from events.submissions.stored import Change

MOST_SESSIONS = 4
TIERS = {Tier.CITY: words("市级"), Tier.DISTRICT: words("区级"), Tier.STREET: words("街镇级")}
DAYPARTS = {
    Daypart.MORNING: words("上午"),
    Daypart.NOON: words("中午"),
    Daypart.AFTERNOON: words("下午"),
    Daypart.EVENING: words("晚上"),
}
# What bounds days that are not named.
PRECISIONS = {
    Precision.DEKAD: words("约一旬"),
    Precision.MONTH: words("只到月"),
    Precision.QUARTER: words("只到季度"),
    Precision.HALF_YEAR: words("只到半年"),
    Precision.YEAR: words("只到年"),
}


def read_as(read: RowRead, language: Language, zone: ZoneInfo) -> str:
    """2024-05-04 09:00 · 410105 金水区 · 区级: the row's days, region and tier as they would be stored."""
    draft = read.draft
    place = f"{draft.region_code} {read.place}".strip()
    tier = translate(language, TIERS[draft.tier]) if draft.tier and place else ""
    return " · ".join(filter(None, (_when(draft.when, language, zone), place, tier)))


def change_line(change: Change, language: Language, zone: ZoneInfo) -> str:
    return f"{change.field}: {_value(change.field, change.before, language, zone)} → {_value(change.field, change.after, language, zone)}"


def _when(when: When, language: Language, zone: ZoneInfo) -> str:
    if when.first_on is None or when.last_on is None:
        return translate(language, words("没有日期"))
    if not when.sessions:
        how = translate(language, PRECISIONS[when.precision]) if when.precision in PRECISIONS else str(when.precision)
        return f"{_days(when.first_on, when.last_on)} ({how})"
    shown = [_session(_parts(session), language, zone) for session in when.sessions[:MOST_SESSIONS]]
    if (more := len(when.sessions) - MOST_SESSIONS) > 0:
        shown.append(translate(language, words("另有 {count} 场"), count=more))
    return ", ".join(shown)


def _parts(session: DraftSession) -> tuple[Any, ...]:
    return session.first_on, session.last_on, session.starts_at, session.ends_at, session.daypart, session.label


def _session(parts: Sequence[Any], language: Language, zone: ZoneInfo) -> str:
    """One session of (first day, last day, start, end, daypart, label)."""
    first_on, last_on, starts_at, ends_at, daypart, label = parts
    hours = "–".join(f"{at.astimezone(zone):%H:%M}" for at in (starts_at, ends_at) if at)
    part = translate(language, DAYPARTS[Daypart(daypart)]) if daypart else ""
    return " ".join(filter(None, (_days(first_on, last_on), hours, part, label)))


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _value(field: str, value: object, language: Language, zone: ZoneInfo) -> str:
    if value is None or value == ():
        return "–"
    if field == "sessions" and isinstance(value, tuple):
        return ", ".join(_session(parts, language, zone) for parts in value)
    if field == "tier" and isinstance(value, Tier):
        return translate(language, TIERS[value])
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value if one is not None)
    return str(value)
