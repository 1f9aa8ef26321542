"""Which change goes into whose digest. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.calendar.rules import ChangeKind, EventStatus

STOPS = (ChangeKind.POSTPONED, ChangeKind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Item:
    """A change in an issue, with what its event is found by."""

    change_id: UUID
    kind: ChangeKind
    reason: str | None
    gathered_at: datetime
    event_id: UUID
    within: frozenset[str]
    series_id: UUID | None
    sports: frozenset[str]


@dataclass(frozen=True, slots=True)
class Follow:
    """What one subscription of a contact takes in, and since when."""

    id: UUID
    since: datetime
    region_code: str | None = None
    series_id: UUID | None = None
    sport: str | None = None
    event_id: UUID | None = None

    def takes_in(self, item: Item) -> bool:
        """Whether the item is about what is followed, and newer than the following."""
        about = (
            self.event_id == item.event_id
            or self.region_code in item.within
            or (self.series_id is not None and self.series_id == item.series_id)
            or self.sport in item.sports
        )
        return about and self.since <= item.gathered_at


def shared_out(items: Iterable[Item], follows: Sequence[Follow]) -> dict[UUID, list[Item]]:
    """The items of each subscription of one contact. An item is told once: by the subscription that is the oldest of those it belongs to,
    and not at all to who follows the event itself, for that was told at once."""
    shares: dict[UUID, list[Item]] = {follow.id: [] for follow in follows}
    in_order = sorted(follows, key=lambda follow: (follow.event_id is None, follow.id))
    for item in items:
        first = next((follow for follow in in_order if follow.takes_in(item)), None)
        # Of its own event a follower is not told that it was published: one can't follow it before.
        if first and first.event_id is None:
            shares[first.id].append(item)
    return shares


def undone_stop(item: Item, status: EventStatus) -> bool:
    """Whether the item tells of a stop that has ended: what ended it is an item too, of this digest or the next."""
    return item.kind in STOPS and status is EventStatus.PUBLISHED
