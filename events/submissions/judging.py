"""The verdict on every row: which stored event it is, and what it would change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.drafts import EventDraft
from events.calendar.rules import EventStatus
from events.calendar.sports import list_sport_words
from events.errors import Fault
from events.submissions.columns import Row
from events.submissions.lookups import Lookups
from events.submissions.matching import Candidate, Candidates, is_weak
from events.submissions.reading import PLACED, RowRead, key_of
from events.submissions.stored import Change, Stored, differences, read_by_id, read_by_key, read_candidates
from events.submissions.verdicts import ALL, Action, Kind, Options, Verdict

# A key that was made of what a row says begins so.
MADE = "~"


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    titles: tuple[str, ...]
    key: str
    read: RowRead

    @property
    def is_numbered(self) -> bool:
        return not self.key.startswith(MADE)


def is_renumbered(rows: Sequence[Row]) -> bool:
    """Whether the numbers begin again, as on each sheet or in each section: then they count rows, and name none."""
    numbers = [number for row in rows if (number := row.cells.get("id", ""))]
    return len(numbers) > 1 and all(number.isdecimal() for number in numbers) and numbers[0] in numbers[1:]


def keyed(rows: Iterable[Row]) -> tuple[list[tuple[Row, str]], list[Verdict]]:
    """Every row with a key of its own, and a refusal for each that repeats another. Rows alike in name and date only are counted."""
    rows = list(rows)
    seen: dict[str, list[Row]] = defaultdict(list)
    kept, refused = [], []
    counted = is_renumbered(rows)
    for row in rows:
        key = key_of({**row.written, "id": ""} if counted else row.written)
        twins = seen[key]
        twin = next((t for t in twins if (t.cells, t.unread) == (row.cells, row.unread) or not key.startswith(MADE)), None)
        if twin:
            refused.append(_refused(row, Fault("id", "same_row", {"row": twin.label})))
        else:
            kept.append((row, f"{key}.{len(twins) + 1}" if twins else key))
            twins.append(row)
    return kept, refused


async def judge(session: AsyncSession, items: Sequence[Item], options: Options, lookups: Lookups) -> list[Verdict]:
    """The verdicts on rows that were read, one each."""
    stored = await read_by_key(session, options.source, {item.key for item in items})
    confirmed = await read_by_id(session, {id_ for id_ in options.confirmed.values() if id_})
    unknown = [i for i in items if i.key not in stored and not _said_new(i, options)]
    besides = {s.id for s in stored.values()} | confirmed.keys()
    candidates = Candidates(await read_candidates(session, besides) if unknown else [])
    words = await list_sport_words(session) if unknown else frozenset()
    claimed = {s.id for s in stored.values()}
    verdicts = []
    for item in items:
        known = stored.get(item.key)
        if item.read.draft.faults:
            verdict = _refused(item.row, *item.read.draft.faults, notes=item.read.notes)
        elif known:
            verdict = _known(item, known, options)
        elif options.confirmed.get(item.row.label):
            verdict = _confirmed(item, options, confirmed, claimed)
        elif _said_new(item, options):
            verdict = _unknown(item, [], words)
        else:
            verdict = _unknown(item, await _alike(item, candidates, lookups, options.source), words)
        verdicts.append(verdict)
    return verdicts


def _refused(row: Row, *faults: Fault, notes: tuple[str, ...] = ()) -> Verdict:
    return Verdict(row.label, row.cells.get("title", ""), Kind.REFUSED, faults=faults, notes=notes)


def _said_new(item: Item, options: Options) -> bool:
    return (item.row.label in options.confirmed and not options.confirmed[item.row.label]) or (
        ALL in options.confirmed and item.row.label not in options.confirmed
    )


async def _alike(item: Item, candidates: Candidates, lookups: Lookups, source: str) -> list[tuple[Candidate, float]]:
    """Who a row may be. One with a number is no other number of its own source, but may be known to another source by that or another."""
    located, draft = await lookups.locate(item.row.written, item.titles), item.read.draft
    if located is None:
        return []
    found = candidates.like(draft.title, located.code, located.within, draft.when.first_on, draft.when.last_on)
    return [pair for pair in found if not item.is_numbered or pair[0].source != source]


def _unknown(item: Item, alike: Sequence[tuple[Candidate, float]], words: Collection[str]) -> Verdict:
    """A new event, or one that waits for a person; a weak likeness is only noted."""
    read, title, when = item.read, item.read.draft.title, item.read.draft.when
    days = (when.first_on, when.last_on) if when.sessions else (None, None)
    weak = [(c, is_weak(title, *days, frozenset(read.draft.sports), c, words)) for c, _ in alike]
    lines = [f"alike: {c.id} {c.title} {f'{c.first_on}–{c.last_on} ' if c.first_on else ''}({score:.0%})" for c, score in alike]
    strong = tuple(line for line, (_, is_one) in zip(lines, weak, strict=True) if not is_one)
    notes = (*read.notes, *(line for line in lines if line not in strong))
    if strong:
        known = next((c.source for c, is_one in weak if not is_one and c.source and c.source_key == item.key), None)
        return Verdict(item.row.label, title, Kind.CONFLICT, read=read, conflicts=strong, notes=notes, known_from=known)
    kind = Kind.CONFLICT if read.conflicts else Kind.NEW
    return Verdict(item.row.label, title, kind, Action.CREATE, read, conflicts=read.conflicts, notes=notes)


def _confirmed(item: Item, options: Options, confirmed: Mapping[UUID, Stored], claimed: set[UUID]) -> Verdict:
    """A row that a person says is this event, or a new one. Each event can be one row only."""
    id_ = options.confirmed[item.row.label]
    if id_ is None or id_ not in confirmed:
        return _refused(item.row, Fault("confirm", "not_found"))
    if id_ in claimed:
        return _refused(item.row, Fault("confirm", "duplicate"))
    claimed.add(id_)
    return _known(item, confirmed[id_], options)


def _known(item: Item, stored: Stored, options: Options) -> Verdict:
    read = item.read
    if stored.source != options.source and not (stored.source_key or MADE).startswith(MADE):
        # Another source knows it by a number of its own, and has to find it again.
        read = replace(read, draft=_numbered(read.draft, stored))
    read = replace(read, notes=tuple(note for note in read.notes if not note.startswith(PLACED)))  # it stays where it is
    changes = differences(stored, read.draft, read.only)
    if options.publish and stored.status is EventStatus.DRAFT:
        changes += (Change("status", EventStatus.DRAFT, EventStatus.PUBLISHED),)
    label, title = item.row.label, read.draft.title
    if not changes:
        return Verdict(label, title, Kind.UNCHANGED, event_id=stored.id, notes=read.notes)
    if stored.status is EventStatus.CANCELLED:
        return _refused(item.row, Fault("status", "event_cancelled"), notes=read.notes)
    kind = Kind.CONFLICT if read.conflicts else Kind.CHANGED
    return Verdict(label, title, kind, Action.AMEND, read, stored.id, changes, read.conflicts, notes=read.notes)


def _numbered(draft: EventDraft, stored: Stored) -> EventDraft:
    return replace(draft, source=stored.source, source_key=stored.source_key)
