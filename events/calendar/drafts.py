"""An event as an office drafts it, and everything that can be wrong with one, by its path. Pure: the service looks references up."""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from events.calendar.rules import Datum
from events.calendar.when import DraftSession, When
from events.errors import Fault
from events.regions.rules import Tier

# The most characters of each text, and those that may run over several lines.
LENGTHS: dict[str, int] = {
    "title": 200,
    "organiser": 300,
    "undertaker": 300,
    "contact": 300,
    "summary": 5000,
    "eligibility": 2000,
    "bring": 1000,
    "fee": 500,
    "directions": 1000,
    "fuse": 2000,
    "source_url": 2000,
    "tier_as_written": 40,
}
LINES = {"summary", "contact", "eligibility", "bring", "fee", "directions", "fuse"}
MOST_LABEL, MOST_NAME, MOST_VENUE, MOST_ADDRESS, MOST_DATE_TEXT = 100, 100, 200, 300, 500
MOST_AUDIENCES, MOST_AUDIENCE, MOST_SPORTS, MOST_SESSIONS, MOST_DAYS = 10, 40, 10, 400, 366

# Signs without anything to see: the empty Braille pattern, the fillers of Hangul.
BLANK = {*"\u2800\u3164\u115f\u1160\uffa0"}
# Marks that turn the direction of what follows: a title could be made to read as another.
TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


UNDATED = When()


@dataclass(frozen=True, slots=True)
class Point:
    lon: float
    lat: float
    datum: Datum


@dataclass(frozen=True, slots=True)
class VenueDraft:
    """A place as written. Without a point, the venue keeps the one it has."""

    name: str
    address: str | None = None
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event as written by hand or read from a file; series, board and sports by slug. `faults` is what was found wrong while reading it.

    Without a tier, the region's is taken. `sports` are all that it is filtered by, the first shown. `free` is None where nobody has said.
    """

    title: str = ""
    region_code: str = ""
    when: When = UNDATED
    tier: Tier | None = None
    tier_as_written: str | None = None
    tier_guessed: bool = False
    series: str | None = None
    board: str | None = None
    sports: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    venue: VenueDraft | None = None
    organiser: str | None = None
    undertaker: str | None = None
    contact: str | None = None
    summary: str | None = None
    eligibility: str | None = None
    bring: str | None = None
    fee: str | None = None
    free: bool | None = None
    directions: str | None = None
    fuse: str | None = None
    source_url: str | None = None
    source: str | None = None
    source_key: str | None = None
    demo: bool = False
    faults: tuple[Fault, ...] = ()


# What can be amended: everything that is written.
WRITTEN = frozenset(f.name for f in fields(EventDraft)) - {"faults"}


def checked(draft: EventDraft, only: Collection[str] = WRITTEN) -> tuple[EventDraft, list[Fault]]:
    """The draft with its texts trimmed, and every fault of what it writes (`only` those fields), first those found while reading it."""
    faults = [*draft.faults]
    texts: dict[str, Any] = {}
    for name, most in LENGTHS.items():
        if name in only:
            texts[name] = clean(getattr(draft, name), name, most, faults, lines=name in LINES)
    if "title" in only and not texts["title"] and not any(f.path == "title" for f in faults):
        faults.append(Fault("title", "empty"))
    texts["title"] = texts.get("title") or ""
    draft = replace(_with_names(draft), **texts)
    if "source_url" in only and draft.source_url and not _is_address(draft.source_url):
        faults.append(Fault("source_url", "bad_url"))
    if "audience" in only:
        draft = replace(draft, audience=_audience(draft.audience, faults))
    if "sports" in only and len(draft.sports) > MOST_SPORTS:
        faults.append(Fault("sport", "too_large", {"most": MOST_SPORTS}))
    if "venue" in only and draft.venue:
        draft = replace(draft, venue=_venue(draft.venue, faults))
    if "when" in only:
        draft = replace(draft, when=_when(draft.when, faults))
    return draft, faults


def _with_names(draft: EventDraft) -> EventDraft:
    """What the draft refers to by code or slug; one that can't be a text in the database becomes one that is not found."""
    named: list[Any] = [
        name if name is None or (len(name) <= MOST_NAME and all(map(_is_text, name))) else "?"
        for name in (draft.region_code, draft.series, draft.board, *draft.sports)
    ]
    region, series, board, *sports = named
    return replace(draft, region_code=region, series=series, board=board, sports=tuple(sports))


def clean(text: str | None, path: str, most: int, faults: list[Fault], *, lines: bool = False) -> str | None:
    """The text trimmed, None when nothing is left of it; a fault when it is too long or holds what no text should.

    What is too long is looked at, and given back, no further than it may reach.
    """
    if text is None:
        return None
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        faults.append(Fault(path, "too_long", {"most": most}))
    if any(not _is_text(c) for c in text[:most] if not (lines and c in "\n\t")):
        faults.append(Fault(path, "bad_text"))
    return text[:most] if any(_is_seen(c) for c in text[:most]) else None


def _is_seen(character: str) -> bool:
    """Whether there is anything to see of it: no space, no mark that only forms what it stands beside, no blank letter."""
    return not character.isspace() and unicodedata.category(character) not in ("Cf", "Mn", "Me") and character not in BLANK


def _is_text(character: str) -> bool:
    """No control characters (NUL can't be stored), half surrogates, line separators or marks that turn the direction of reading."""
    return unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") and character not in TURNING


def _is_address(url: str) -> bool:
    """An absolute http or https address: what else may stand in a link (javascript:, data:) is code."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in url)
    except ValueError:
        return False


def _audience(audience: tuple[str, ...], faults: list[Fault]) -> tuple[str, ...]:
    if len(audience) > MOST_AUDIENCES:
        faults.append(Fault("audience", "too_large", {"most": MOST_AUDIENCES}))
        return ()
    cleaned = [clean(text, f"audience[{i}]", MOST_AUDIENCE, faults) for i, text in enumerate(audience)]
    faults += [Fault(f"audience[{i}]", "empty") for i, text in enumerate(cleaned) if not text]
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _venue(venue: VenueDraft, faults: list[Fault]) -> VenueDraft:
    name = clean(venue.name, "venue.name", MOST_VENUE, faults)
    if not name:
        faults.append(Fault("venue.name", "empty"))
    if venue.point:
        for axis, most in (("lon", 180), ("lat", 90)):
            if not -most <= getattr(venue.point, axis) <= most:
                faults.append(Fault(f"venue.point.{axis}", "out_of_range", {"least": -most, "most": most}))
    return replace(venue, name=name or "", address=clean(venue.address, "venue.address", MOST_ADDRESS, faults))


def _when(when: When, faults: list[Fault]) -> When:
    text = clean(when.text, "date_text", MOST_DATE_TEXT, faults)
    if len(when.sessions) > MOST_SESSIONS:
        faults.append(Fault("occurrences", "too_large", {"most": MOST_SESSIONS}))
        return replace(when, text=text, sessions=())
    faults += session_faults(when.sessions, "occurrences[{}]".format)
    labels = [clean(s.label, f"occurrences[{i}].label", MOST_LABEL, faults) for i, s in enumerate(when.sessions)]
    return replace(when, text=text, sessions=tuple(replace(s, label=label) for s, label in zip(when.sessions, labels, strict=True)))


def session_faults(sessions: Sequence[DraftSession], path: Callable[[int], str]) -> Iterator[Fault]:
    """What can't be of each session by itself, and an id that is named twice."""
    for i, session in enumerate(sessions):
        if session.id is not None and any(s.id == session.id for s in sessions[:i]):
            yield Fault(f"{path(i)}.id", "duplicate")
        if session.last_on < session.first_on or (session.starts_at and session.ends_at and session.ends_at <= session.starts_at):
            yield Fault(path(i), "dates_reversed")
        elif (session.last_on - session.first_on).days >= MOST_DAYS:
            yield Fault(path(i), "too_many_days", {"most": MOST_DAYS})
