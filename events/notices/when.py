"""A session's days and hours as a letter says them. Pure."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.calendar.dates import Daypart
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.i18n import Language, day, translate, words
from events.notices.queries import Sitting

DAYPARTS: dict[str, str] = {"morning": words("上午"), "noon": words("中午"), "afternoon": words("下午"), "evening": words("晚上")}


def when(sitting: Sitting, language: Language, zone: ZoneInfo) -> str:
    """`2026年10月5日 周一 09:00–11:00`, `… 上午`, `A – B` over several days, with its label before it and 【已取消】 where it is off."""
    text = _span(sitting, language, zone)
    if sitting.label:
        text = translate(language, "{label}：{text}", label=sitting.label, text=text)
    return translate(language, "【已取消】{text}", text=text) if sitting.cancelled else text


def _span(sitting: Sitting, language: Language, zone: ZoneInfo) -> str:
    first, last = (day(language, on, year=True) for on in (sitting.first_on, sitting.last_on))
    if sitting.starts_at is None:
        part = f" {translate(language, DAYPARTS[sitting.daypart])}" if sitting.daypart else ""
        return f"{first}{part}" if first == last else f"{first} – {last}{part}"
    starts = f"{first} {sitting.starts_at.astimezone(zone):%H:%M}"
    if sitting.ends_at is None:
        return starts if first == last else f"{starts} – {last}"
    ends = f"{sitting.ends_at.astimezone(zone):%H:%M}"
    return f"{starts}–{ends}" if first == last else f"{starts} – {last} {ends}"


def sittings_in(side: dict[str, Any], zone: ZoneInfo) -> Iterator[Sitting]:
    """The sessions that one side of a change tells: a list under `occurrences`, or one session's own fields.

    Where it tells of a postponed event too, its sessions were put off, not cancelled.
    """
    for told in side.get("occurrences") or [side]:
        starts = datetime.fromisoformat(told["starts_at"]) if told.get("starts_at") else None
        first = told.get("first_on") or (starts and starts.astimezone(zone).date().isoformat())
        if not first:
            continue
        yield Sitting(
            first_on=date.fromisoformat(first),
            last_on=date.fromisoformat(told.get("last_on") or first),
            starts_at=starts,
            ends_at=datetime.fromisoformat(told["ends_at"]) if told.get("ends_at") else None,
            daypart=Daypart(told["daypart"]) if told.get("daypart") else None,
            label=told.get("label"),
            cancelled=told.get("status") == OccurrenceStatus.CANCELLED and side.get("status") != EventStatus.POSTPONED,
        )
