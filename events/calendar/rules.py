"""What an event may be and become. Pure: the instant is given."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from events.regions.rules import RegionKind, Tier


class EventStatus(StrEnum):
    """What the office has said of the event. That it is over is derived from time."""

    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


# What citizens may see.
PUBLIC = (EventStatus.PUBLISHED, EventStatus.POSTPONED, EventStatus.CANCELLED)


class ShownStatus(StrEnum):
    """The status as it is read: what the office said, and that a published event is over."""

    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class OccurrenceStatus(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class Datum(StrEnum):
    """The coordinate system of a point: AMap and Tencent give GCJ-02, Baidu BD-09, Tianditu CGCS2000, which is WGS-84 to a metre."""

    GCJ02 = "gcj02"
    WGS84 = "wgs84"
    BD09 = "bd09"
    CGCS2000 = "cgcs2000"


class ChangeKind(StrEnum):
    """The office's verbs, as the history of an event tells them."""

    CREATED = "created"
    AMENDED = "amended"
    PUBLISHED = "published"
    MOVED = "moved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    OCCURRENCE_CANCELLED = "occurrence_cancelled"
    REMOVED = "removed"


class RegistrationState(StrEnum):
    """The state of registration, as citizens read it."""

    NONE = "none"
    UPCOMING = "upcoming"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"


# From an instant until just before another.
Span = tuple[datetime, datetime]


def registration_state(
    now: datetime, *, windows: Sequence[Span] | None, free: Sequence[Span], over_at: datetime | None
) -> RegistrationState:
    """The sign-ups at an instant: `windows` are the spans in which teams are taken, None where they never are, `free` those in which
    a place is left; full still takes teams, on the waitlist. Between two windows the next one is upcoming.

    All are closed when the event is over, which may have been moved to an earlier day than its windows reach.
    """
    if windows is None:
        return RegistrationState.NONE
    if over_at is not None and now >= over_at:
        return RegistrationState.CLOSED
    if any(opens <= now < closes for opens, closes in free):
        return RegistrationState.OPEN
    if any(opens <= now < closes for opens, closes in windows):
        return RegistrationState.FULL
    return RegistrationState.UPCOMING if any(now < opens for opens, _ in windows) else RegistrationState.CLOSED


def shown_status(now: datetime, status: EventStatus, over_at: datetime | None) -> ShownStatus:
    """A published event is finished from the instant its last session ends; one that was postponed or cancelled stays so."""
    if status is EventStatus.PUBLISHED and over_at is not None and now >= over_at:
        return ShownStatus.FINISHED
    return ShownStatus(status.value)


def next_turn(now: datetime, *, status: EventStatus, over_at: datetime | None, spans: Iterable[Span]) -> datetime | None:
    """The next instant at which an event is read differently although nobody touched it: it is over, or sign-ups begin or end."""
    over = (over_at,) if over_at and status is EventStatus.PUBLISHED else ()
    return min((at for at in chain(over, *spans) if at > now), default=None)


def tier_of(kind: RegionKind | None) -> Tier:
    """The tier of an event in a region where no office publishes: what an office of such a unit would be."""
    return {RegionKind.STREET: Tier.STREET, RegionKind.AREA: Tier.DISTRICT}.get(kind, Tier.CITY) if kind else Tier.STREET


def later(changed_at: datetime, now: datetime) -> datetime:
    """The instant of a change: always a second past the last one, because LAST-MODIFIED counts in seconds and has to grow."""
    return max(now, changed_at + timedelta(seconds=1))
