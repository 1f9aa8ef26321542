"""What a notice is about and what becomes of a delivery. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from events.calendar.rules import ChangeKind


class NoticeKind(StrEnum):
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    PROMOTED = "promoted"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    MANAGE_LINK = "manage_link"
    EVENT_CHANGED = "event_changed"
    EVENT_POSTPONED = "event_postponed"
    EVENT_CANCELLED = "event_cancelled"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"
    # Claimed when there was nothing left to say, or nobody to say it to.
    DROPPED = "dropped"


# How long a worker may hold a delivery, and how long it tries within that, so that it never sends one which another may have claimed.
LEASE, TRYING = timedelta(seconds=40), timedelta(seconds=30)

# After each failed try, until none is left: two days in all.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 240, 480, 720, 1440))

# What of an amended event is news to its teams; the rest (a summary, a link) is not worth a mail.
NEWS = frozenset(
    {"title", "date_text", "precision", "first_on", "last_on", "occurrences", "starts_at", "ends_at", "daypart", "venue", "venue_id"}
)

# Those that bring the event for a calendar: to a team that is to come. Whoever waits or has left keeps those days free for other things.
WITH_CALENDAR = frozenset(
    {
        NoticeKind.CONFIRMED,
        NoticeKind.PROMOTED,
        NoticeKind.EVENT_CHANGED,
        NoticeKind.EVENT_POSTPONED,
        NoticeKind.EVENT_CANCELLED,
    }
)

_NOTICES = {
    ChangeKind.MOVED: NoticeKind.EVENT_CHANGED,
    ChangeKind.OCCURRENCE_CANCELLED: NoticeKind.EVENT_CHANGED,
    ChangeKind.POSTPONED: NoticeKind.EVENT_POSTPONED,
    ChangeKind.CANCELLED: NoticeKind.EVENT_CANCELLED,
}


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed tries; None when the delivery is given up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def notice_of(change: ChangeKind, fields: Iterable[str]) -> NoticeKind | None:
    """The notice that a change of an event is to its teams, given the names of what changed; None for a change that is none."""
    if change is ChangeKind.AMENDED:
        return NoticeKind.EVENT_CHANGED if NEWS.intersection(fields) else None
    return _NOTICES.get(change)
