"""What was done to an event, as sentences for people: "Moved from Mon, Oct 5, 2026 to Mon, Oct 12, 2026, reason: rain"."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.models import EventChange
from events.calendar.rules import ChangeKind
from events.i18n import Language, translate, words
from events.notices.when import sittings_in, when

MOST_CHANGES = 50
# Of a change of many sessions, so many are named; and a value so long is not told, but that it was changed.
MOST_SESSIONS, MOST_VALUE = 3, 40
STOPS = (ChangeKind.POSTPONED, ChangeKind.CANCELLED)
SHOWN = (ChangeKind.AMENDED, ChangeKind.PUBLISHED, ChangeKind.MOVED, *STOPS, ChangeKind.OCCURRENCE_CANCELLED, ChangeKind.REMOVED)
LABELS = {
    "title": words("名称"),
    "venue": words("地点"),
    "address": words("地址"),
    "point": words("地图位置"),
    "organiser": words("主办"),
    "undertaker": words("承办"),
    "tier": words("级别"),
    "region": words("地区"),
    "series": words("系列"),
    "board": words("板块"),
    "sport": words("项目"),
    "audience": words("面向"),
    "eligibility": words("参加条件"),
    "bring": words("携带物品"),
    "fee": words("费用"),
    "directions": words("交通"),
    "fuse": words("熔断条件"),
    "contact": words("联系方式"),
    "summary": words("介绍"),
    "source_url": words("来源"),
}
# What stood there before is nobody's business any more (a person's telephone), or no words for people.
UNTOLD = {"contact", "point", "tier", "source_url"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    at: datetime
    sentence: str


async def read_changes(session: AsyncSession, event_id: UUID) -> Sequence[EventChange]:
    """The newest changes that people can have seen, newest first, and the last stop however old it is: one statement."""
    own = select(EventChange.id).where(EventChange.event_id == event_id).order_by(EventChange.at.desc(), EventChange.id.desc())
    newest = own.where(EventChange.kind.in_(SHOWN)).limit(MOST_CHANGES)
    stop = own.where(EventChange.kind.in_(STOPS)).limit(1)
    wanted = select(EventChange).where(or_(EventChange.id.in_(newest), EventChange.id.in_(stop)))
    return (await session.scalars(wanted.order_by(EventChange.at.desc(), EventChange.id.desc()))).all()


def stop_reason(changes: Iterable[EventChange]) -> str | None:
    """Why the event was last postponed or cancelled."""
    return next((change.reason for change in changes if change.kind in STOPS), None)


def moved_from(changes: Iterable[EventChange], zone: ZoneInfo) -> str | None:
    """The start that the last move moved the event away from, as an instant or a day; None when that is not known."""
    moved = next((change for change in changes if change.kind is ChangeKind.MOVED), None)
    earlier = (
        [one.starts_at.astimezone(zone) if one.starts_at else one.first_on for one in sittings_in(moved.before, zone)] if moved else []
    )
    return min((start.isoformat() for start in earlier), default=None)


def history(changes: Sequence[EventChange], language: Language, zone: ZoneInfo) -> list[Told]:
    """The changes since the event was published, newest first."""
    published = next((n for n, change in enumerate(changes) if change.kind is ChangeKind.PUBLISHED), len(changes))
    told = [Told(one.at, sentence) for one in changes[: published + 1] if (sentence := _sentence(one, language, zone))]
    return told[:MOST_CHANGES]


def _sentence(change: EventChange, language: Language, zone: ZoneInfo) -> str:
    """What was done, and why. Empty when nothing that a page shows was changed."""
    clauses = list(_clauses(change, language, zone))
    done = translate(language, words("；")).join(clauses)
    if not done:
        return ""
    done = done[0].upper() + done[1:]
    return translate(language, words("{done}，原因：{reason}"), done=done, reason=change.reason) if change.reason else done


def _clauses(change: EventChange, language: Language, zone: ZoneInfo) -> Iterator[str]:
    before, after = _dates(change.before, language, zone), _dates(change.after, language, zone)
    match change.kind:
        case ChangeKind.PUBLISHED:
            yield translate(language, words("发布"))
        case ChangeKind.POSTPONED:
            yield translate(language, words("延期，原定 {before}"), before=before) if before else translate(language, words("延期"))
        case ChangeKind.CANCELLED:
            yield translate(language, words("取消，原定 {before}"), before=before) if before else translate(language, words("取消"))
        case ChangeKind.OCCURRENCE_CANCELLED:
            yield (
                translate(language, words("取消了 {before} 这一场"), before=before)
                if before
                else translate(language, words("取消其中一场"))
            )
        case ChangeKind.REMOVED:
            yield translate(language, words("撤下"))
        case _:
            yield from _amended(change, before, after, language)


def _amended(change: EventChange, before: str, after: str, language: Language) -> Iterator[str]:
    if before and after and before != after:
        yield translate(language, words("从 {before} 改到 {after}"), before=before, after=after)
    elif after and not before:
        yield translate(language, words("日期定为 {after}"), after=after)
    elif before and not after:
        yield translate(language, words("原定 {before}，新日期待定"), before=before)
    elif change.kind is ChangeKind.MOVED:
        yield translate(language, words("改期"))
    yield from _facts(change.before, change.after, language)


def _facts(before: Mapping[str, Any], after: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What of the event's facts is not as it was, each as a clause; those too long to repeat, together at the end."""
    renewed = []
    for name, label in LABELS.items():
        old, new = _value(before.get(name), language), _value(after.get(name), language)
        if name not in after or before.get(name) == after[name]:
            continue
        said = translate(language, label)
        if name in UNTOLD or max(len(old), len(new)) > MOST_VALUE or "\n" in old + new:
            renewed.append(said)
        elif old and new:
            yield translate(language, words("{label}从“{before}”改为“{after}”"), label=said, before=old, after=new)
        elif new:
            yield translate(language, words("{label}定为“{after}”"), label=said, after=new)
        else:
            yield translate(language, words("删去了{label}“{before}”"), label=said, before=old)
    if renewed:
        yield translate(language, words("更新了{labels}"), labels=translate(language, words("、")).join(renewed))


def _value(value: Any, language: Language) -> str:
    parts = value if isinstance(value, list) else [value] if value is not None else []
    return translate(language, words("、")).join(str(part) for part in parts)


def _dates(side: Mapping[str, Any], language: Language, zone: ZoneInfo) -> str:
    """The sessions of one side of a change in words, else its dates as the office wrote them."""
    told = [when(replace(one, cancelled=False), language, zone) for one in sittings_in({**side}, zone)]
    if not told or (not side.get("occurrences") and side.get("date_text")):
        return str(side.get("date_text") or "")
    listed = translate(language, words("、")).join(told[:MOST_SESSIONS])
    return translate(language, words("{listed} 等 {count} 场"), listed=listed, count=len(told)) if len(told) > MOST_SESSIONS else listed
