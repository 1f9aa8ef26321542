"""Dates, tiers and filters in words, short enough for a poster, and texts that fit where they stand. Pure."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from babel.dates import format_date, format_skeleton

from events.calendar.called import Names, called
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.filters import Filters
from events.calendar.holidays import HolidayShown
from events.calendar.rules import EventStatus, OccurrenceStatus
from events.i18n import Language, translate, words
from events.regions.rules import Tier

TIER_MARKS = {Tier.CITY: words("市"), Tier.DISTRICT: words("区"), Tier.STREET: words("街")}
DAYPARTS: dict[str, str] = {"morning": words("上午"), "noon": words("中午"), "afternoon": words("下午"), "evening": words("晚上")}
# Sessions of one day that are told apart in a line.
MOST_TIMES = 3
# A word that a line can't hold is broken where this stands; nothing is drawn of it.
BREAK = "\u200b"
_LONG_WORD = re.compile(r"[!-~]{13,}")


def day(language: Language, on: date, *, weekday: bool = True) -> str:
    """5月2日 周六, Sat, May 2."""
    if language is Language.ZH:
        return f"{on.month}月{on.day}日" + (f" {format_date(on, 'EEE', locale=language.locale)}" if weekday else "")
    return format_skeleton("MMMEd" if weekday else "MMMd", _at(on), locale=language.locale)


def month_name(language: Language, on: date) -> str:
    """2026年5月, May 2026."""
    return format_skeleton("yMMMM", _at(on), locale=language.locale)


def month_figure(language: Language, on: date) -> str:
    """A month by itself: 5月, May."""
    return f"{on.month}月" if language is Language.ZH else format_date(on, "LLLL", locale=language.locale)


def weekday_names(language: Language) -> list[str]:
    """Monday first: 周一 …, Mon …."""
    return [format_date(date(2024, 1, n), "EEE", locale=language.locale) for n in range(1, 8)]


def _at(on: date) -> datetime:
    return datetime.combine(on, time())


def hours(one: OccurrenceShown, language: Language) -> str:
    """When a session begins on its day: 19:30, 上午, or nothing where no more than the day is known."""
    if one.starts_at:
        return f"{one.starts_at:%H:%M}"
    return translate(language, DAYPARTS[one.daypart]) if one.daypart else ""


def times(sessions: Sequence[OccurrenceShown], language: Language) -> str:
    """When the sessions of a day begin, those that were cancelled left out while others stand: 9:00、14:00, and 9:00 等 4 场 where they are
    many or not told apart by their hours."""
    standing = _standing(sessions)
    said = [hours(one, language) for one in standing]
    if len(said) == 1:
        return said[0]
    if all(said) and len(set(said)) == len(said) <= MOST_TIMES:
        return translate(language, words("、")).join(said)
    if first := next(filter(None, said), ""):
        return translate(language, words("{time} 等 {count} 场"), time=first, count=len(said))
    return translate(language, words("{count} 场"), count=len(said))


def labels(sessions: Sequence[OccurrenceShown], language: Language) -> str:
    """What the sessions of a day are called, where there is room for it."""
    said = list(dict.fromkeys(one.label for one in _standing(sessions) if one.label))
    return translate(language, words("、")).join(said) if len(said) <= MOST_TIMES else ""


def _standing(sessions: Sequence[OccurrenceShown]) -> Sequence[OccurrenceShown]:
    return [one for one in sessions if one.status is not OccurrenceStatus.CANCELLED] or sessions


def dates(entry: Entry, language: Language) -> str:
    """An event's dates as a whole: as its office wrote them, else its first and last day."""
    if entry.date_text:
        return entry.date_text
    if entry.first_on is None or entry.last_on is None:
        return translate(language, words("日期未定"))
    first = day(language, entry.first_on)
    return first if entry.first_on == entry.last_on else f"{first} – {day(language, entry.last_on)}"


def holiday(found: HolidayShown, language: Language) -> str:
    return translate(language, found.name) + translate(language, words("（班）") if found.workday else words("（休）"))


def stopped(entry: Entry, sessions: Sequence[OccurrenceShown], language: Language) -> str:
    """That an event or all of these sessions of it are off, in a word; nothing where they are on."""
    if entry.status is EventStatus.CANCELLED:
        return translate(language, words("已取消"))
    if entry.status is EventStatus.POSTPONED:
        return translate(language, words("已延期"))
    off = sessions and all(one.status is OccurrenceStatus.CANCELLED for one in sessions)
    return translate(language, words("本场取消")) if off else ""


def narrowed(filters: Filters, names: Names, language: Language) -> str:
    """What was filtered for, by names. `names` has those that the database knows, by filter and value."""
    parts = []
    for name, value in filters.pairs():
        if name == "q":
            parts.append(translate(language, words("“{text}”"), text=value))
        else:
            parts.append(called(language, name, value, names))
    if not filters.region:
        parts.insert(0, translate(language, words("全部地区")))
    return " · ".join(parts)


def fitted(text: str, most: int) -> str:
    """The text cut to so many characters, and able to break inside words that no line could hold."""
    text = " ".join(text.split())
    cut = text if len(text) <= most else text[: most - 1].rstrip() + "…"
    return _LONG_WORD.sub(lambda found: BREAK.join(_pieces(found[0])), cut)


def _pieces(word: str) -> list[str]:
    return [word[n : n + 8] for n in range(0, len(word), 8)]
