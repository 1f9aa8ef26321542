"""Which drafted session is which stored one. Identity outlives dates: a calendar program must see a moved session, not a new one. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from events.calendar.dates import Daypart
from events.calendar.when import DraftSession


class Stored(Protocol):
    id: UUID
    label: str | None
    first_on: date
    last_on: date
    starts_at: datetime | None
    ends_at: datetime | None
    daypart: Daypart | None


def match(stored: Sequence[Stored], drafted: Sequence[DraftSession]) -> list[UUID | None]:
    """The id of the stored session that each drafted one is, None for a new one; both in order.

    By id, else one that is the same in all it shows, else by an equal label, else in order. Where the writer names ids at all, a session
    that is neither named nor the same is a new one.
    """
    found: list[UUID | None] = [s.id for s in drafted]
    free = {s.id: s for s in stored if s.id not in found}

    def take(alike: Callable[[Stored, DraftSession], bool]) -> None:
        for i, session in enumerate(drafted):
            taken = next((s.id for s in free.values() if alike(s, session)), None) if found[i] is None else None
            if taken is not None:
                found[i] = taken
                del free[taken]

    named = any(found)
    take(same)
    if not named:
        take(lambda old, new: new.label is not None and old.label == new.label)
        take(lambda old, new: old.label is None or new.label is None)
    return found


def same(old: Stored, new: DraftSession) -> bool:
    """Whether a session shows nothing new."""
    return (old.label, old.first_on, old.last_on, old.starts_at, old.ends_at, old.daypart) == (
        new.label,
        new.first_on,
        new.last_on,
        new.starts_at,
        new.ends_at,
        new.daypart,
    )
