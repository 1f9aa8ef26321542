"""What one row says: an event's draft, which of its fields the file writes, and everything that was not plain. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from events.calendar.drafts import LENGTHS, MOST_AUDIENCE, MOST_AUDIENCES, EventDraft, VenueDraft, checked
from events.calendar.fees import free_by
from events.calendar.when import when_read
from events.errors import Fault
from events.submissions.columns import DATES, Row
from events.submissions.hyphens import Hyphen
from events.submissions.row_dates import dates_of
from events.submissions.row_places import Located, tier_of_row
from events.submissions.said import on_one_line, said

# Fields of a draft, by the columns that fill them.
WRITES: dict[str, tuple[str, ...]] = {
    "venue": ("venue", "address"),
    "organiser": ("organiser",),
    "undertaker": ("undertaker",),
    "contact": ("contact",),
    "sports": ("sport",),
    "audience": ("audience",),
    "summary": ("summary", "participants", "sport"),
    "source_url": ("url",),
    "eligibility": ("eligibility",),
    "bring": ("bring",),
    "fee": ("fee",),
    "free": ("free", "paid", "fee"),
    "directions": ("directions",),
    "fuse": ("fuse",),
}
ALWAYS = frozenset({"title", "region_code", "when", "tier", "tier_as_written", "tier_guessed", "source", "source_key"})
# How the flags of a row without a region begin: as a new event it is placed so, a stored one is left where it is.
PLACED = "region from "

_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_YES, _NO = ("是", "√", "✓", "yes", "y", "true", "1"), ("否", "×", "✗", "no", "n", "false", "0")
_OPEN = ("待定", "未定", "另行通知", "待通知")
_PARTS = re.compile(r"[;；、,，/|\n]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What holds for every row of a table: where it is from, what the year may be told by, the city's zone, what its hyphens mean."""

    name: str
    zone: ZoneInfo
    titles: tuple[str, ...] = ()
    year: int | None = None
    hyphens: Hyphen | None = None


@dataclass(frozen=True, slots=True)
class RowRead:
    """`only` are the draft's fields that the file writes; `notes` and `conflicts` are stable codes with what they are about."""

    draft: EventDraft
    only: frozenset[str]
    notes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    place: str = ""


def sport_labels(cells: Mapping[str, str]) -> list[str]:
    """The sport as a whole, then its parts: 乒乓球;羽毛球 are two unless the table knows the whole as one."""
    whole = said(cells, "sport")
    return list(dict.fromkeys([whole, *(part.strip() for part in _PARTS.split(whole) if part.strip())])) if whole else []


def read_row(row: Row, fields: frozenset[str], source: Source, key: str, located: Located | None, sports: Mapping[str, str]) -> RowRead:
    """The row as a draft, trimmed and with its faults. `sports` are the slugs of the labels that are known."""
    cells = row.cells
    objects = " ".join(one.text for one in row.unread if one.field in DATES)
    dated = dates_of(cells, fields, source.titles, source.year, source.hyphens, objects)
    kept = [one for one in row.unread if one.field not in DATES or dated.reading.text != objects]
    tier, written, guessed, level = tier_of_row(on_one_line(cells, "tier"), located)
    slugs, unknown = _sports(cells, sports)
    address, unlinked = _address(said(cells, "url"))
    audience, spoken = _audience(said(cells, "audience"))
    more = (("参加", spoken or said(cells, "participants")), ("项目", "、".join(unknown)), ("网址", unlinked))
    summary, cut = _summary(said(cells, "summary"), (*more, *((one.heading, one.text) for one in kept)))
    draft, faults = checked(
        EventDraft(
            title=" ".join(cells.get("title", "").split()),
            region_code=located.code if located else "",
            when=when_read(dated.reading, source.zone),
            tier=tier,
            tier_as_written=written,
            tier_guessed=guessed,
            sports=slugs,
            audience=audience,
            venue=_venue(cells),
            organiser=on_one_line(cells, "organiser"),
            undertaker=on_one_line(cells, "undertaker"),
            contact=said(cells, "contact"),
            summary=summary,
            eligibility=said(cells, "eligibility"),
            bring=said(cells, "bring"),
            fee=said(cells, "fee"),
            free=_free(cells),
            directions=said(cells, "directions"),
            fuse=said(cells, "fuse"),
            source_url=address,
            source=source.name,
            source_key=key,
        )
    )
    faults += [Fault("region", "no_region")] * (located is None)
    faults += [Fault("id", "rounded_number")] * bool(_ROUNDED.fullmatch(cells.get("id", "")))
    # A cell that can't be read says nothing of its field but what the summary keeps.
    readable = fields - {one.field for one in row.unread if one.field not in cells}
    only = ALWAYS | {field for field, columns in WRITES.items() if readable.intersection(columns)} | ({"summary"} if kept else set())
    if located and located.told_by:
        only -= {"region_code"} if written else {"region_code", "tier", "tier_as_written", "tier_guessed"}
    notes = [
        *([located.told_by] if located and located.told_by else []),
        *level,
        *(f"sport unknown: {label}" for label in unknown),
        *(f"unreadable field: {one.heading}" for one in kept),
        *([f"no address: {unlinked}"] if unlinked else []),
    ]
    notes += [f"region unknown: {located.unfound}"] if located and located.unfound else []
    notes += ["summary cut"] * cut + ["name from above"] * row.continues
    notes += dated.notes
    return RowRead(replace(draft, faults=tuple(faults)), only, tuple(notes), dated.conflicts, located.name if located else "")


def key_of(cells: Mapping[str, str]) -> str:
    """The row's own number, or a digest of what it is called, where and when: the same row again has the same, in any order of rows."""
    if number := on_one_line(cells, "id"):
        return number[:200]
    parts = [*(cells.get(name, "") for name in ("title", "province", "city", "district", "street", "area", "date", "first", "last"))]
    parts += [month] if (month := cells.get("month")) else []
    return "~" + sha256("|".join("".join(plain(part).split()) for part in parts).encode()).hexdigest()[:24]


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _sports(cells: Mapping[str, str], sports: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """(slugs, labels nobody knows)."""
    labels = sport_labels(cells)
    labels = labels[:1] if len(labels) == 1 or (labels and labels[0] in sports) else labels[1:]
    return tuple(dict.fromkeys(sports[label] for label in labels if label in sports)), [label for label in labels if label not in sports]


def _summary(remarks: str | None, more: Iterable[tuple[str, str | None]]) -> tuple[str | None, bool]:
    """The remarks with a line for each thing that has no other place; and whether they were too long to be kept whole."""
    summary = "\n".join(filter(None, (remarks, *(f"{name}：{value}" for name, value in more if value)))) or None
    if summary is None or len(summary) <= LENGTHS["summary"]:
        return summary, False
    return f"{summary[: LENGTHS['summary'] - 1]}…", True


def _venue(cells: Mapping[str, str]) -> VenueDraft | None:
    venue, address = (None if said in _OPEN else said for said in (on_one_line(cells, field) for field in ("venue", "address")))
    return VenueDraft(venue or address or "", address if venue else None) if venue or address else None


def _free(cells: Mapping[str, str]) -> bool | None:
    """What a column of its own says (是否免费, 是否收费), else what the fee does."""
    for column, yes in (("free", True), ("paid", False)):
        answer = plain(cells.get(column, "")).strip()
        if answer in (*_YES, *_NO):
            return yes if answer in _YES else not yes
    return free_by(said(cells, "fee") or said(cells, "free"))


def _audience(said: str | None) -> tuple[tuple[str, ...], str | None]:
    """Short words are filters; what is longer or more is a sentence for the summary."""
    parts = [part.strip() for part in _PARTS.split(said or "") if part.strip()]
    if len(parts) > MOST_AUDIENCES or any(len(part) > MOST_AUDIENCE for part in parts):
        return (), said
    return tuple(dict.fromkeys(parts)), None


def _address(said: str | None) -> tuple[str | None, str | None]:
    """(an address one can follow, what is none)."""
    if said is None:
        return None, None
    whole = f"https://{said}" if said.startswith("www.") else said
    try:
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in whole)
    except ValueError:
        good = False
    return (whole, None) if good and len(whole) <= LENGTHS["source_url"] else (None, said)
