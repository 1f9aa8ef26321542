"""What one row says: an event's draft, which of its fields the file writes, and everything that was not plain. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

from events.calendar.dates import Reading
from events.calendar.dating.text import read_column, read_dates
from events.calendar.drafts import LENGTHS, MOST_AUDIENCE, MOST_AUDIENCES, EventDraft, VenueDraft, checked
from events.calendar.when import when_read
from events.errors import Fault
from events.regions.names import Names
from events.regions.rules import Tier
from events.submissions.sheets import cell_text

# The level as written, without 级. None: that of the narrowest region that is known.
TIERS: dict[str, Tier | None] = {
    **dict.fromkeys(("国际", "国家", "全国", "省", "自治区", "省市", "市", "地市", "州", "city"), Tier.CITY),
    **dict.fromkeys(("区", "县", "区县", "县区", "县市", "旗", "district"), Tier.DISTRICT),
    **dict.fromkeys(("街镇", "街道", "镇", "乡镇", "乡", "镇街", "街道镇", "street"), Tier.STREET),
    **dict.fromkeys(("社区", "村", "居村", "村居", "校", "学校", "单位", "企业", "园区")),
}
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
}
ALWAYS = frozenset({"title", "region_code", "when", "tier", "tier_as_written", "tier_guessed", "source", "source_key"})
# How the flags of a row without a region begin: as a new event it is placed so, a stored one is left where it is.
PLACED = "region from "
# What a date's reading notes that a person has to look at: the text and the columns, or the text and its weekday, say different things.
CONFLICTS = {"conflict_with_column", "weekday_mismatch"}

_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_SILENT = frozenset({"", "-", "--", "—", "——", "/", "无", "null", "none", "n/a"})
_OPEN = ("待定", "未定", "另行通知", "待通知")
_AREA = re.compile(
    "(?P<province>.+?(省|自治区))?(?P<city>.+?(市|州|盟))?(?P<district>.+?(区|县|旗|市))?(?P<street>.+?(街道|街道办事处|镇|乡))?"
)
_PARTS = re.compile(r"[;；、,，/|\n]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What holds for every row: where it is from, what the year may be told by, the city's zone."""

    name: str
    zone: ZoneInfo
    titles: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """The region of a row, the tier it stands at, what of its path could not be followed, and what it was told by if not by a path."""

    code: str
    tier: Tier
    within: frozenset[str]
    unfound: str | None = None
    told_by: str | None = None


@dataclass(frozen=True, slots=True)
class RowRead:
    """`only` are the draft's fields that the file writes; `notes` and `conflicts` are stable codes with what they are about."""

    draft: EventDraft
    only: frozenset[str]
    notes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


# 全区, 各街道: wherever the file is of, which names no region of its own.
_WHOLE = re.compile(r"[全各](?:国|省|市|区|县|街道|镇|乡|社区)+")


def names_of(cells: Mapping[str, str]) -> Names:
    """The path that a row names, in columns of its levels or in one: 杨浦区殷行街道."""
    levels = {level: _said(cells, level) for level in ("province", "city", "district", "street")}
    area = _said(cells, "area")
    if area and not _WHOLE.fullmatch(area):
        parts = _AREA.fullmatch("".join(area.split()))
        said = parts.groupdict() if parts else {"district": area}
        levels = {level: name or said.get(level) for level, name in levels.items()}
    return Names(**levels)


def sport_labels(cells: Mapping[str, str]) -> list[str]:
    """The sport as a whole, then its parts: 乒乓球;羽毛球 are two unless the table knows the whole as one."""
    whole = _said(cells, "sport")
    return list(dict.fromkeys([whole, *(part.strip() for part in _PARTS.split(whole) if part.strip())])) if whole else []


def read_row(
    cells: Mapping[str, str], fields: frozenset[str], source: Source, key: str, located: Located | None, sports: Mapping[str, str]
) -> RowRead:
    """The row as a draft, trimmed and with its faults. `sports` are the slugs of the labels that are known."""
    reading = _dates(cells, source)
    tier, written, guessed, level = _tier(_said(cells, "tier"), located)
    slugs, unknown = _sports(cells, sports)
    address, unlinked = _address(_said(cells, "url"))
    audience, spoken = _audience(_said(cells, "audience"))
    more = (("参加", spoken or _said(cells, "participants")), ("项目", "、".join(unknown)), ("网址", unlinked))
    summary = "\n".join(filter(None, (_said(cells, "summary"), *(f"{name}：{value}" for name, value in more if value)))) or None
    draft, faults = checked(
        EventDraft(
            title=" ".join(cells.get("title", "").split()),
            region_code=located.code if located else "",
            when=when_read(reading, source.zone),
            tier=tier,
            tier_as_written=written,
            tier_guessed=guessed,
            sports=slugs,
            audience=audience,
            venue=_venue(cells),
            organiser=_said(cells, "organiser"),
            undertaker=_said(cells, "undertaker"),
            contact=_said(cells, "contact"),
            summary=summary,
            source_url=address,
            source=source.name,
            source_key=key,
        )
    )
    faults += [Fault("region", "no_region")] * (located is None)
    faults += [Fault("id", "rounded_number")] * bool(_ROUNDED.fullmatch(cells.get("id", "")))
    only = ALWAYS | {field for field, columns in WRITES.items() if fields.intersection(columns)}
    if located and located.told_by:
        only -= {"region_code"} if written else {"region_code", "tier", "tier_as_written", "tier_guessed"}
    notes = [
        *([located.told_by] if located and located.told_by else []),
        *level,
        *(f"sport unknown: {label}" for label in unknown),
        *([f"no address: {unlinked}"] if unlinked else []),
    ]
    notes += [f"region unknown: {located.unfound}"] if located and located.unfound else []
    notes += [f"date {note}" for note in reading.notes if note not in CONFLICTS]
    notes += [f"date unread: {reading.unread}"] * bool(reading.unread)
    notes += [f"year from {reading.year_from}"] * bool(reading.year_from and reading.year_from != "text")
    conflicts = [f"date {note}: {_said(cells, 'date')} / {_columns(cells)}" for note in reading.notes if note in CONFLICTS]
    return RowRead(replace(draft, faults=tuple(faults)), only, tuple(notes), tuple(conflicts))


def key_of(cells: Mapping[str, str]) -> str:
    """The row's own number, or a digest of what it is called, where and when: the same row again has the same, in any order of rows."""
    if number := _said(cells, "id"):
        return number[:200]
    parts = [*(cells.get(name, "") for name in ("title", "province", "city", "district", "street", "area", "date", "first", "last"))]
    return "~" + sha256("|".join("".join(plain(part).split()) for part in parts).encode()).hexdigest()[:24]


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _said(cells: Mapping[str, str], field: str) -> str | None:
    value = cells.get(field, "")
    return None if value.strip().lower() in _SILENT else value


def _dates(cells: Mapping[str, str], source: Source) -> Reading:
    """The year is the date column's, else the text's, else the name's or a title's, else the given one."""
    text, first, last = (_day(cells, field) for field in ("date", "first", "last"))
    if text is None and (first or last) and ":" in f"{first}{last}":
        text = "—".join(filter(None, (first, last)))
    columns = read_column(first), read_column(last)
    if not any(columns) and (year := _said(cells, "year")):
        columns = read_column(year), None
    context = [title for title in (cells.get("title"), cells.get("source_title"), *source.titles) if title]
    return read_dates(text or "", column_first=columns[0], column_last=columns[1], context=context, year=source.year)


def _day(cells: Mapping[str, str], field: str) -> str | None:
    """A date as written; a bare number of five digits is how spreadsheets keep a day."""
    said = _said(cells, field)
    if said and _SERIAL.fullmatch(said) and date(1990, 1, 1) <= (day := from_excel(float(said))).date() <= date(2100, 1, 1):
        return cell_text(day)
    return said


def _columns(cells: Mapping[str, str]) -> str:
    return "—".join(value for field in ("first", "last", "year") if (value := _said(cells, field)))


def _tier(written: str | None, located: Located | None) -> tuple[Tier, str | None, bool, list[str]]:
    """(tier, as written, guessed, notes)."""
    narrowest = located.tier if located else Tier.STREET
    if written is None:
        return narrowest, None, True, ["tier guessed"]
    level = plain(written).strip().removesuffix("级")
    if level not in TIERS:
        return narrowest, written, True, [f"tier unknown: {written}"]
    return TIERS[level] or narrowest, written, False, []


def _sports(cells: Mapping[str, str], sports: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """(slugs, labels nobody knows)."""
    labels = sport_labels(cells)
    labels = labels[:1] if len(labels) == 1 or (labels and labels[0] in sports) else labels[1:]
    return tuple(dict.fromkeys(sports[label] for label in labels if label in sports)), [label for label in labels if label not in sports]


def _venue(cells: Mapping[str, str]) -> VenueDraft | None:
    venue, address = (None if said in _OPEN else said for said in (_said(cells, "venue"), _said(cells, "address")))
    return VenueDraft(venue or address or "", address if venue else None) if venue or address else None


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
