"""What a notice is about and what becomes of a delivery. Pure."""

from enum import StrEnum


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
