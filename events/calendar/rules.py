"""What an event may be and become. Pure: the instant is given."""

from datetime import datetime, timedelta
from enum import StrEnum

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


def registration_state(
    now: datetime, *, opens_at: datetime | None, closes_at: datetime | None, full: bool, over_at: datetime | None
) -> RegistrationState:
    """The window at an instant: open from `opens_at`, closed from `closes_at` on or when the event is over, which may have been moved to
    an earlier day than its window reaches; full still takes teams, on the waitlist."""
    if opens_at is None or closes_at is None:
        return RegistrationState.NONE
    if now >= closes_at or (over_at is not None and now >= over_at):
        return RegistrationState.CLOSED
    if now < opens_at:
        return RegistrationState.UPCOMING
    return RegistrationState.FULL if full else RegistrationState.OPEN


def shown_status(now: datetime, status: EventStatus, over_at: datetime | None) -> ShownStatus:
    """A published event is finished from the instant its last session ends; one that was postponed or cancelled stays so."""
    if status is EventStatus.PUBLISHED and over_at is not None and now >= over_at:
        return ShownStatus.FINISHED
    return ShownStatus(status.value)


def next_turn(
    now: datetime, *, status: EventStatus, over_at: datetime | None, opens_at: datetime | None, closes_at: datetime | None
) -> datetime | None:
    """The next instant at which an event is read differently although nobody touched it: finished, registration opens or closes."""
    turns = (over_at if status is EventStatus.PUBLISHED else None, opens_at if closes_at else None, closes_at if opens_at else None)
    return min((at for at in turns if at is not None and at > now), default=None)


def tier_of(kind: RegionKind | None) -> Tier:
    """The tier of an event in a region where no office publishes: what an office of such a unit would be."""
    return {RegionKind.STREET: Tier.STREET, RegionKind.AREA: Tier.DISTRICT}.get(kind, Tier.CITY) if kind else Tier.STREET


def later(changed_at: datetime, now: datetime) -> datetime:
    """The instant of a change: always a second past the last one, because LAST-MODIFIED counts in seconds and has to grow."""
    return max(now, changed_at + timedelta(seconds=1))
