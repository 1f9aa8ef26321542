"""The words of an import: how a file is to be taken, what each row is, what would be done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from events.errors import Fault
from events.submissions.reading import RowRead
from events.submissions.stored import Change

ALL = "all"


class Kind(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Action(StrEnum):
    """What applying a verdict does. A conflict of dates is stored as its text says; one of identity waits for a person."""

    CREATE = "create"
    AMEND = "amend"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be taken. `mapping` is field: column heading; `confirmed` says which event a row is, None for a new one;
    under the row ALL, None holds for every row that waits.

    `region_code` is the region of rows that name none, and the one in which a street's name is sought. Without it, a new event that names
    none belongs to `home_code`, or to that street office of it which is its organiser.
    """

    source: str
    year: int | None = None
    region_code: str | None = None
    home_code: str | None = None
    publish: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, UUID | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    row: str
    title: str
    kind: Kind
    action: Action = Action.NONE
    read: RowRead | None = None
    event_id: UUID | None = None
    changes: tuple[Change, ...] = ()
    conflicts: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    # The source under which the event that a row is alike to has the row's own number.
    known_from: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict for every row, the columns that say nothing to us, and how many lines only group or end a table.

    `unread` are the sheets without a header that is known, with their rows; `undated` the tables without a column for dates;
    `renumbered` says that numbers begin again within the file, and so name no rows.
    """

    verdicts: tuple[Verdict, ...]
    ignored: tuple[str, ...]
    apart: int
    unread: tuple[tuple[str, int], ...] = ()
    undated: tuple[str, ...] = ()
    renumbered: bool = False

    @property
    def counts(self) -> Counter[Kind]:
        return Counter(verdict.kind for verdict in self.verdicts)
