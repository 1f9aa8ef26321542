"""What the page of an event shows: read in four statements, and put into words for one reader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dating.text import read_dates
from events.calendar.entries import Entry, OccurrenceShown, find_entry
from events.calendar.holidays import HolidayShown, holidays_among
from events.calendar.models import EventChange
from events.calendar.rules import OccurrenceStatus, RegistrationState
from events.calendar.short import short_address
from events.calendar.when import when_read
from events.competitions.queries import list_entered
from events.competitions.schemas import CompetitionOut, competition_out
from events.i18n import Language, instant, named, translate, words
from events.notices.queries import Sitting
from events.notices.when import when
from events.posters.subjects import picture_address
from events.web.event_data import description, linked_data
from events.web.event_history import history, moved_from, read_changes, stop_reason
from events.web.event_places import on_map
from events.web.festivals import lunar_date
from events.web.pages import Reader
from events.web.pieces import dates_in_words

# Sessions shown at once; the others unfold.
SHOWN = 12
# Sessions that a page names which is about something else.
FEW = 3
# A text that says days and hours and nothing else: no rain date, no "each time".
PLAIN = re.compile(r"[\d\s年月日号周星期一二三四五六天上下午中晚点时分:：\-—–~～至到、,，;；./()（）]+")
OPEN = (RegistrationState.OPEN, RegistrationState.FULL)


@dataclass(frozen=True, slots=True)
class EventRead:
    """An event as it was read at an instant, with everything that its page tells."""

    entry: Entry
    competitions: Sequence[CompetitionOut]
    changes: Sequence[EventChange]
    holidays: Mapping[date, HolidayShown]
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session in words. `lunar` and `holiday` are of a single day."""

    words: str
    label: str | None
    lunar: str
    holiday: HolidayShown | None
    cancelled: bool
    past: bool


@dataclass(frozen=True, slots=True)
class Places:
    """What is left in the divisions that can be entered now."""

    left: int
    waiting: int
    closes_at: datetime


async def read_event(session: AsyncSession, event_id: UUID, now: datetime, zone: ZoneInfo) -> EventRead | None:
    """The event, if everybody may see it."""
    entry = await find_entry(session, event_id, zone)
    if entry is None:
        return None
    entered = await list_entered(session, event_id)
    competitions = [competition_out(one, divisions, now, zone, over_at=entry.over_at) for one, divisions in entered]
    changes = await read_changes(session, event_id)
    days = {one.on for one in entry.occurrences if one.on == one.until}
    holidays = await holidays_among(session, days) if days else {}
    return EventRead(entry, competitions, changes, holidays, now)


def values(found: EventRead, reader: Reader, public_url: str, zone: ZoneInfo) -> dict[str, Any]:
    """Everything that `event.html` asks for."""
    entry, language, now = found.entry, reader.language, found.at
    if entry.details is None:
        raise ValueError("the entry was read without its details")
    url, short = f"{public_url}/events/{entry.id}", short_address(public_url, entry.details.number)
    sessions = [_session(one, found, language, zone) for one in entry.occurrences]
    picture = picture_address(public_url, entry.id, language)
    about = description(entry, next_in_words(sessions) or dates_in_words(entry, reader))
    moved = moved_from(found.changes, zone) if len(entry.occurrences) == 1 else None
    return {
        "event": entry,
        "url": url,
        "picture": picture,
        "about": about,
        "linked_data": linked_data(entry, found.competitions, url=url, picture=picture, about=about, moved_from=moved),
        "status": entry.status_at(now),
        "registration": entry.registration_at(now),
        "competitions": found.competitions,
        "places": _places(found.competitions),
        "enter": _enter(found.competitions, reader),
        "sessions": _folded(sessions),
        "only": sessions[0] if len(sessions) == 1 else None,
        "original": _original(entry, zone),
        "next": next_in_words(sessions) or dates_in_words(entry, reader),
        "fee": fee_in_words(entry, language),
        "unsaid": _unsaid(entry, language),
        "audience": translate(language, words("、")).join(named(language, one) for one in entry.audience),
        "map": on_map(entry.venue, entry.region.name, language) if entry.venue else None,
        "history": history(found.changes, language, zone),
        "stop_reason": stop_reason(found.changes),
        "feed": feed_of(entry, reader),
        "short": short,
        "qr": qr_of(short),
        "session_words": lambda one: session_in_words(one, language, zone),
        "instant": lambda at: instant(language, at, zone),
    }


def _session(one: OccurrenceShown, found: EventRead, language: Language, zone: ZoneInfo) -> SessionShown:
    single = one.on == one.until
    return SessionShown(
        words=session_in_words(one, language, zone),
        label=one.label,
        lunar=lunar_date(one.on, language) if single else "",
        holiday=found.holidays.get(one.on) if single else None,
        cancelled=one.status is OccurrenceStatus.CANCELLED,
        past=_is_past(one, found.at.astimezone(zone)),
    )


def _is_past(one: OccurrenceShown, now: datetime) -> bool:
    """From its end on, else from the day after its last one."""
    return one.ends_at <= now if one.ends_at else one.until < now.date()


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


def times_in_words(entry: Entry, reader: Reader, zone: ZoneInfo) -> list[str]:
    """When an event takes place, a few sessions at the most; as the office wrote it where no day is known."""
    held = [one for one in entry.occurrences if one.status is OccurrenceStatus.SCHEDULED] or entry.occurrences
    lines = [session_in_words(one, reader.language, zone) + (f" · {one.label}" if one.label else "") for one in held]
    if len(lines) > FEW:
        lines = [*lines[:FEW], translate(reader.language, words("共 {count} 场"), count=len(lines))]
    return lines or [dates_in_words(entry, reader)]


def _folded(sessions: Sequence[SessionShown]) -> dict[str, Sequence[SessionShown]]:
    """A dozen at once, from the next one on; what is over and what comes later unfolds."""
    ahead = next((n for n, one in enumerate(sessions) if not one.past), len(sessions))
    first = max(min(ahead, len(sessions) - SHOWN), 0)
    return {"earlier": sessions[:first], "shown": sessions[first : first + SHOWN], "later": sessions[first + SHOWN :]}


def next_in_words(sessions: Sequence[SessionShown]) -> str:
    """The next session that takes place, else the last one that did, else any; nothing without sessions."""
    ahead = [one for one in sessions if not one.past and not one.cancelled]
    held = [one for one in sessions if not one.cancelled]
    chosen = next(iter(ahead or held[-1:] or sessions[:1]), None)
    return chosen.words if chosen else ""


def fee_in_words(entry: Entry, language: Language) -> str:
    """The fee as the office wrote it, else whether there is none; empty where nothing was said."""
    said = entry.details.fee if entry.details else None
    known = {True: words("免费"), False: words("收费")}
    return said or (translate(language, known[entry.free]) if entry.free is not None else "")


def _unsaid(entry: Entry, language: Language) -> str:
    """What people will ask and the office has not said, as a list in words."""
    details = entry.details
    asked = (
        (words("参加条件"), (details and details.eligibility) or entry.audience),
        (words("携带物品"), details and details.bring),
        (words("联系方式"), details and details.contact),
    )
    return translate(language, words("、")).join(translate(language, name) for name, said in asked if not said)


def _places(competitions: Sequence[CompetitionOut]) -> Places | None:
    """The places of what can be entered now; None where nothing can."""
    now_open = [(one, division) for one in competitions for division in one.divisions if division.state in OPEN]
    if not now_open:
        return None
    left, waiting = (sum(getattr(division, name) for _, division in now_open) for name in ("places_left", "waitlisted"))
    return Places(left, waiting, max(one.registration_closes_at for one, _ in now_open))


def _enter(competitions: Sequence[CompetitionOut], reader: Reader) -> str:
    """Where the first button leads: to the form, or, with a choice of divisions, to the choice. Empty where nothing can be entered."""
    now_open = [(one, division) for one in competitions for division in one.divisions if division.state in OPEN]
    if len(now_open) == 1:
        return f"/divisions/{now_open[0][1].id}/register{reader.language_query}"
    return f"#c-{now_open[0][0].id}" if now_open else ""


def _original(entry: Entry, zone: ZoneInfo) -> str:
    """The dates as the office wrote them, where they say more than the sessions: what the text reads as is not shown twice."""
    if not entry.date_text or not entry.occurrences or not entry.first_on:
        return ""
    if not PLAIN.fullmatch(entry.date_text):
        return entry.date_text
    read = read_dates(entry.date_text, year=entry.first_on.year)
    told = [(one.first_on, one.last_on, one.starts_at, one.ends_at, one.daypart) for one in when_read(read, zone).sessions]
    shown = [(one.on, one.until, one.starts_at, one.ends_at, one.daypart) for one in entry.occurrences]
    return "" if read.unread is None and told == shown else entry.date_text


def qr_of(address: str) -> Markup:
    """The address as a picture that a telephone reads, drawn into the page."""
    return Markup(segno.make(address, error="m").svg_inline(scale=4, omitsize=True))  # noqa: S704 - drawn here from our own address


def feed_of(entry: Entry, reader: Reader) -> dict[str, str]:
    """The narrowest feed that keeps this event in a reader's calendar, its series, else its region; and the page to subscribe on."""
    name, pair = (entry.series.name, ("series", entry.series.slug)) if entry.series else (entry.region.name, ("region", entry.region.code))
    return {"name": named(reader.language, name), "page": "/subscribe?" + urlencode([pair, *reader.kept()])}
