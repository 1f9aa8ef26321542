"""What a notice is about and what becomes of a delivery. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from events.calendar.rules import ChangeKind


class Channel(StrEnum):
    """How a follower is told."""

    MAIL = "mail"
    PUSH = "push"


class SubscriptionStatus(StrEnum):
    """Asked for by somebody who may not own the address, confirmed by its owner, left; or gone: the push service knows it no more."""

    ASKED = "asked"
    ACTIVE = "active"
    LEFT = "left"
    GONE = "gone"


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
    # To followers alone.
    FOLLOW_CONFIRM = "follow_confirm"
    FOLLOW_LINK = "follow_link"
    SIGN_UPS_OPEN = "sign_ups_open"
    DIGEST = "digest"


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

# A subscription that nobody confirms is forgotten after this long: longer than the mail that asks for it is tried.
UNCONFIRMED = timedelta(days=3)

# Mails that anybody may cause to an address by typing it in, an hour and a day.
ASKS_AN_HOUR, ASKS_A_DAY = 6, 12

# The least time from one digest to the next, so that one made late is not followed by another the same day.
BETWEEN_DIGESTS = timedelta(hours=20)

# How near an event must be for its postponing or cancelling to be told at once to those who follow more than it.
URGENT = timedelta(hours=48)

# What of an amended event is news to its teams; the rest (a summary, a link) is not worth a mail.
NEWS = frozenset(
    {"title", "date_text", "precision", "first_on", "last_on", "occurrences", "starts_at", "ends_at", "daypart", "venue", "venue_id"}
)

# Those that bring the event for a calendar, as it concerns the team.
WITH_CALENDAR = frozenset(
    {
        NoticeKind.CONFIRMED,
        NoticeKind.WAITLISTED,
        NoticeKind.PROMOTED,
        NoticeKind.WITHDRAWN,
        NoticeKind.VOIDED,
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


def urgent(change: ChangeKind, at: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether a change made at an instant can't wait for the day's digest: it stops something that goes on then or begins within 48 hours.

    `spans` are the sessions that it stopped, from their beginning to their end.
    """
    stops = change in (ChangeKind.POSTPONED, ChangeKind.CANCELLED, ChangeKind.OCCURRENCE_CANCELLED)
    return stops and any(begins <= at + URGENT and ends > at for begins, ends in spans)
