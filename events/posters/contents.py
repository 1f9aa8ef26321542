"""What stands on the poster of a month: from the view that everybody reads to the data that the sheet sets. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode, urlsplit

import msgspec
import segno
from segno import DataOverflowError

from events.calendar.called import TIER_NAMES
from events.calendar.entries import Entry, OccurrenceShown
from events.calendar.filters import Filters
from events.calendar.month import Day, Held, MonthView
from events.i18n import Language, named, translate, words
from events.posters import wording
from events.posters.wording import fitted
from events.regions.rules import Tier

# Lines that are set at most: more than any sheet holds.
MOST_ITEMS = 320
MOST_TITLE, MOST_FACT, MOST_NARROWED = 60, 40, 120
# An event on more days of a month than these stands once, and says how often it is held.
MOST_DAYS = 6
# The longest address that makes a code which telephones read from a poster.
MOST_ADDRESS = 600

Cut = Callable[[str, int], str]


class Item(msgspec.Struct, frozen=True):
    """A line: an event on a day. `stopped` is the word for its being off."""

    tier: str
    mark: str
    title: str
    time: str
    facts: str
    stopped: str


class Section(msgspec.Struct, frozen=True):
    """A day, or what runs on, or what has no day yet."""

    head: str
    note: str
    items: list[Item]


class Cell(msgspec.Struct, frozen=True):
    """A day of the small grid: how many events of each tier it has. Outside the month it is empty."""

    number: int
    rest: bool
    holiday: str
    counts: dict[str, int]


class TierCount(msgspec.Struct, frozen=True):
    tier: str
    mark: str
    name: str
    count: int


class MonthSheet(msgspec.Struct, frozen=True):
    """Everything that a sheet of a month says, in the reader's language. `month` is its large figure, `beyond` the lines left out."""

    lang: str
    title: str
    brand: str
    month: str
    year: str
    narrowed: str
    counts: str
    tiers: list[TierCount]
    weekdays: list[str]
    weeks: list[list[Cell | None]]
    sections: list[Section]
    beyond: int
    more: str
    continued: str
    empty: str
    qr: str
    scan: str
    host: str
    standing: str
    publisher: str
    foot: str


def month_sheet(
    view: MonthView,
    filters: Filters,
    names: Mapping[tuple[str, str], str],
    language: Language,
    *,
    now: datetime,
    public_url: str,
    publisher: str,
) -> MonthSheet:
    """The sheet of a month that is already filtered. `now` stands in the city's zone; only `standing` tells it."""

    def say(chinese: str, **values: object) -> str:
        return translate(language, chinese, **values)

    shown, beyond = _bounded(sections(view, language))
    count = len(view.entries())
    return MonthSheet(
        lang=language.value,
        title=f"{wording.month_name(language, view.first)} · {say(words('赛历'))}",
        brand=say(words("赛历")),
        month=wording.month_figure(language, view.first),
        year=f"{view.first.year}",
        narrowed=fitted(wording.narrowed(filters, names, language), MOST_NARROWED),
        counts=say(words("{count} 项活动"), count=count),
        tiers=[TierCount(tier.value, say(wording.TIER_MARKS[tier]), say(TIER_NAMES[tier]), n) for tier, n in view.counts().items() if n],
        weekdays=wording.weekday_names(language),
        weeks=_weeks(view, language),
        sections=shown,
        beyond=beyond,
        more=say(words("还有 {count} 项，扫码看全部"), count="#"),
        continued=say(words("（续）")),
        empty="" if count else say(words("这个月没有符合条件的活动。") if filters.pairs() else words("这个月还没有活动。")),
        qr=qr_code(live_address(public_url, view.first, filters, language)),
        scan=say(words("扫码看最新月历")),
        host=urlsplit(public_url).netloc,
        standing=say(words("内容截至 {at}"), at=f"{now:%Y-%m-%d %H:%M}"),
        publisher=say(words("发布：{name}"), name=named(language, publisher)),
        foot=say(words("活动可能改期或取消，以扫码所见为准。")),
    )


def live_address(public_url: str, first: date, filters: Filters, language: Language) -> str:
    """The month's page with its filters, for a code; without them where no code could hold them."""
    chosen = [] if language is Language.ZH else [("lang", language.value)]
    page = f"{public_url}/calendar/{first:%Y-%m}"
    full = _with(page, [*filters.pairs(), *chosen])
    return full if len(full) <= MOST_ADDRESS else _with(page, chosen)


def _with(page: str, pairs: list[tuple[str, str]]) -> str:
    return f"{page}?{urlencode(pairs)}" if pairs else page


def qr_code(address: str) -> str:
    """The address as an SVG, dark on nothing; the sheet gives it its white ground and its quiet zone."""
    try:
        code = segno.make(address, error="m", micro=False)
    except DataOverflowError as error:  # an installation whose own address is that long would have no codes at all
        raise ValueError("the address is too long for a QR code") from error
    return str(code.svg_inline(border=0, omitsize=True))


def _weeks(view: MonthView, language: Language) -> list[list[Cell | None]]:
    cells: list[Cell | None] = [_cell(one, language) for one in view.days]
    lead = view.first.weekday()
    padded = [None] * lead + cells + [None] * (-(lead + len(cells)) % 7)
    return [padded[n : n + 7] for n in range(0, len(padded), 7)]


def _cell(found: Day, language: Language) -> Cell:
    counted = Counter(entry.tier for entry in found.events)
    rest = not found.holiday.workday if found.holiday else found.date.weekday() >= 5
    name = wording.holiday(found.holiday, language) if found.holiday else ""
    return Cell(found.date.day, rest, name, {tier.value: counted[tier] for tier in Tier if counted[tier]})


def sections(view: MonthView, language: Language, cut: Cut = fitted) -> Iterator[Section]:
    """Each day with what begins on it, then what runs on, then what has no day. `cut` brings a text to a length."""
    days = Counter(held.entry.id for one in view.days for held in _beginning(one, view.first))
    told: set[object] = set()
    for one in view.days:
        items = []
        for held in _beginning(one, view.first):
            key = held.entry.id
            often = days[key] > MOST_DAYS
            if not (often and key in told):
                items.append(_item(held.entry, held.sessions, language, cut, times=days[key] if often else 0))
                told.add(key)
        if items:
            note = wording.holiday(one.holiday, language) if one.holiday else ""
            yield Section(wording.day(language, one.date), note, items)
    rest = ((words("持续进行"), view.runs), (words("日期未定"), view.undated), (words("长期"), view.long_term))
    for head, entries in rest:
        if entries:
            yield Section(translate(language, head), "", [_item(entry, (), language, cut) for entry in entries])


def _beginning(found: Day, first: date) -> Iterator[Held]:
    """The events of which sessions begin on a day, with those sessions. On the first of a month, those that go on from before too."""
    for held in found.held:
        if begun := tuple(one for one in held.sessions if found.date in (one.on, first)):
            yield Held(held.entry, begun)


def _item(entry: Entry, sessions: Sequence[OccurrenceShown], language: Language, cut: Cut, *, times: int = 0) -> Item:
    """A line, for the sessions of a day; without them, for the event with its dates as a whole."""

    def say(chinese: str, **values: object) -> str:
        return translate(language, chinese, **values)

    if not sessions:
        when = [wording.dates(entry, language)]
    else:
        until = max(one.until for one in sessions)
        when = [say(words("至 {day}"), day=wording.day(language, until, weekday=False))] if until > sessions[0].on else []
        when += [say(words("本月 {count} 天"), count=times)] if times else []
        when += [label] if (label := wording.labels(sessions, language)) and not times else []
    where = [entry.venue.name if entry.venue else named(language, entry.region.name)]
    labels = [say(words("演示数据"))] if entry.demo else []
    return Item(
        tier=entry.tier.value,
        mark=say(wording.TIER_MARKS[entry.tier]),
        title=cut(entry.title, MOST_TITLE),
        time=wording.times(sessions, language) if sessions else "",
        facts=" · ".join(cut(part, MOST_FACT) for part in [*when, *where, *labels]),
        stopped=wording.stopped(entry, sessions, language),
    )


def _bounded(sections: Iterator[Section]) -> tuple[list[Section], int]:
    """The sections down to MOST_ITEMS lines, and how many lines are left out."""
    kept: list[Section] = []
    room, beyond = MOST_ITEMS, 0
    for section in sections:
        taken = section.items[:room]
        room -= len(taken)
        beyond += len(section.items) - len(taken)
        if taken:
            kept.append(Section(section.head, section.note, taken))
    return kept, beyond
