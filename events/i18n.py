"""Words in the reader's language. Chinese sentences are the message ids; a language is a folder of catalogues under `locales/`.

A catalogue (`locales/en/*.po`, GNU gettext) is read as it is when first asked for: nothing is compiled, so nothing can be stale.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

# The categories of plural forms, in the order in which catalogues list them.
PLURALS = ("zero", "one", "two", "few", "many", "other")
# How much of an Accept-Language header is read, and kept.
MOST_ACCEPTED = 200
LOCALES = Path(__file__).parent / "locales"


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"

    @property
    def locale(self) -> Locale:
        """The Babel locale that formats dates and numbers."""
        return _locale(self)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language.value, sep="-")


def words(chinese: str) -> str:
    """Mark a sentence for the catalogues where it is written, and leave it as it is."""
    return chinese


def translate(language: Language, chinese: str, **values: object) -> str:
    """The sentence in the language, its {places} filled; where its words depend on a number, on that of {count}.

    A sentence that a catalogue lacks stays Chinese; a test fails on one.
    """
    sentence = catalogue(language).get(chinese, chinese)
    if not isinstance(sentence, str):
        sentence = sentence[_form(language, values["count"])]
    if isinstance(count := values.get("count"), int):
        values["count"] = _number(language, count)
    return sentence.format(**values) if values else sentence


def named(language: Language, name: str) -> str:
    """The name of a region, series, sport or audience in the language, where its catalogue (`names.po`) has one; else as it is written."""
    found = catalogue(language).get(name)
    return found if isinstance(found, str) else name


@lru_cache(maxsize=4_096)
def _number(language: Language, number: int) -> str:
    """A number as the language writes it. Each page has dozens, mostly small ones, and each takes 50 µs."""
    return format_decimal(number, locale=language.locale)


# Every page of a month asks for the same few dozen.
@lru_cache(maxsize=4_096)
def day(language: Language, on: date, *, year: bool = False, weekday: bool = True) -> str:
    """A date in words: 5月2日 周六, Sat, May 2."""
    at, locale = datetime.combine(on, time()), language.locale
    if weekday and language is Language.ZH:  # the locale's own pattern runs the two together: 5月2日周六
        return f"{day(language, on, year=year, weekday=False)} {format_date(on, 'EEE', locale=locale)}"
    return format_skeleton(f"{'y' if year else ''}MMMd{'E' if weekday else ''}", at, locale=locale)


def instant(language: Language, at: datetime, zone: ZoneInfo) -> str:
    """A day and an hour on the city's clock: 2026年12月18日 周五 18:00."""
    here = at.astimezone(zone)
    return f"{day(language, here.date(), year=True)} {here:%H:%M}"


def _form(language: Language, count: Any) -> int:
    """Which of a message's plural forms a number takes (CLDR), in the order of the catalogue: one before other."""
    rule = language.locale.plural_form
    return [tag for tag in PLURALS if tag in rule.tags or tag == "other"].index(rule(count))


@cache
def catalogue(language: Language) -> dict[str, str | tuple[str, ...]]:
    """Every message id of a language with its translation, or with its plural forms. Chinese, which the ids are written in, has none."""
    found: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALES / language.value).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language.locale):
                if not message.id or not message.string:
                    continue
                if isinstance(message.string, str):
                    found[str(message.id)] = message.string
                else:
                    found[message.id[0]] = tuple(message.string)
    return found


def spoken(environment: Mapping[str, str]) -> Language:
    """The language of a terminal, by the first of gettext's variables that is set; without Chinese in it, English."""
    said = next((value for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return Language.ZH if said.lower().startswith("zh") else Language.EN


def negotiate(accept_language: str) -> Language:
    """The language asked for in an Accept-Language header (RFC 9110, section 12.5.4): the best weighted that we have, else Chinese."""
    return _negotiated(accept_language[:MOST_ACCEPTED])


@lru_cache(maxsize=1_024)
def _negotiated(accept_language: str) -> Language:
    best, chosen = 0.0, Language.ZH
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        quality = _quality(weight)
        if quality > best and (match := {"zh": Language.ZH, "en": Language.EN}.get(primary)):
            best, chosen = quality, match
    return chosen


def _quality(weight: str) -> float:
    try:
        return min(max(float(weight), 0.0), 1.0) if weight else 1.0
    except ValueError:
        return 0.0
