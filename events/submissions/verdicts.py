"""The words of an import: how a file is to be taken, what each row is, what would be done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from events.errors import Fault
from events.submissions.reading import RowRead
from events.submissions.stored import Change


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
    """How a file is to be taken. `mapping` is field: column heading; `confirmed` says which event a row is, None for a new one.

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict for every row, the columns that say nothing to us, and how many lines only group or end a table."""

    verdicts: tuple[Verdict, ...]
    ignored: tuple[str, ...]
    apart: int

    @property
    def counts(self) -> Counter[Kind]:
        return Counter(verdict.kind for verdict in self.verdicts)
