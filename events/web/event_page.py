"""What the page of an event shows beside the event itself: its sessions in words, what may be entered, what has been changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.models import EventChange
from events.calendar.queries import end_of
from events.calendar.rules import ChangeKind
from events.competitions.models import Competition
from events.competitions.queries import list_divisions
from events.competitions.schemas import CompetitionOut, competition_out
from events.i18n import Language, translate, words
from events.notices.queries import Change, Sitting
from events.notices.when import sittings_in, when
from events.notices.wording import Difference, differences
from events.web.pages import Reader
from infra import clock

MOST_CHANGES = 50
DONE = {
    ChangeKind.AMENDED: words("内容有修改"),
    ChangeKind.PUBLISHED: words("发布"),
    ChangeKind.MOVED: words("改期"),
    ChangeKind.POSTPONED: words("延期"),
    ChangeKind.CANCELLED: words("取消"),
    ChangeKind.OCCURRENCE_CANCELLED: words("取消其中一场"),
    ChangeKind.REMOVED: words("撤下"),
}


def session_in_words(one: OccurrenceShown, language: Language, zone: ZoneInfo) -> str:
    """A session's day and hours, without its label."""
    sitting = Sitting(
        first_on=one.on,
        last_on=one.until,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        daypart=one.daypart,
        label=None,
        cancelled=False,
    )
    return when(sitting, language, zone)


def instant(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """A date and time on the city's clock."""
    return format_datetime(at.astimezone(zone), "yyyy-MM-dd HH:mm", locale=language.locale)


async def history(session: AsyncSession, event_id: UUID, language: Language, zone: ZoneInfo) -> list[dict[str, Any]]:
    """What was done to the event since it was published, the newest first: when, a sentence, the reason."""
    shown = EventChange.event_id == event_id, EventChange.kind.in_(DONE)
    rows = await session.scalars(
        select(EventChange).where(*shown).order_by(EventChange.at.desc(), EventChange.id.desc()).limit(MOST_CHANGES)
    )
    return [{"at": row.at, "sentence": _sentence(row, language, zone), "reason": row.reason} for row in rows]


def _sentence(row: EventChange, language: Language, zone: ZoneInfo) -> str:
    done = translate(language, DONE[row.kind])
    if row.kind is ChangeKind.PUBLISHED:
        return done
    if row.kind is ChangeKind.OCCURRENCE_CANCELLED:
        off = "、".join(when(replace(one, cancelled=False), language, zone) for one in sittings_in(row.before, zone))
        return translate(language, words("取消了 {session} 这一场"), session=off) if off else done
    change = Change(row.kind, row.reason, row.before, row.after)
    told = [_changed(one, language) for one in differences(change, language, zone)]
    return translate(language, words("{done}：{told}"), done=done, told="；".join(told)) if told else done


def _changed(one: Difference, language: Language) -> str:
    before, after = "、".join(one.before), "、".join(one.after)
    return translate(language, words("{label}从 {before} 改为 {after}"), label=one.label, before=before, after=after)


async def stop_reason(session: AsyncSession, event_id: UUID) -> str | None:
    """Why the event was last postponed or cancelled."""
    stops = EventChange.kind.in_((ChangeKind.POSTPONED, ChangeKind.CANCELLED))
    found: str | None = await session.scalar(
        select(EventChange.reason).where(EventChange.event_id == event_id, stops).order_by(EventChange.at.desc()).limit(1)
    )
    return found


async def competitions(session: AsyncSession, event_id: UUID, zone: ZoneInfo) -> list[CompetitionOut]:
    """Everything that can be entered, with its divisions."""
    rows: Sequence[Competition] = (
        await session.scalars(select(Competition).where(Competition.event_id == event_id).order_by(Competition.created_at, Competition.id))
    ).all()
    over_at, now = await end_of(session, event_id), clock.now()
    return [competition_out(one, await list_divisions(session, one.id), now, zone, over_at=over_at) for one in rows]


def feed_of(entry: Entry, reader: Reader) -> dict[str, str]:
    """The narrowest feed that keeps this event in a reader's calendar, its series, else its region; and the page to subscribe on."""
    name, pair = (entry.series.name, ("series", entry.series.slug)) if entry.series else (entry.region.name, ("region", entry.region.code))
    return {"name": name, "page": "/subscribe?" + urlencode([pair, *reader.kept()])}
