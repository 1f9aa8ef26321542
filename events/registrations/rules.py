"""What decides a team's place. Pure: the instant is given."""

from datetime import datetime
from enum import StrEnum


class RegistrationStatus(StrEnum):
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    UNDER_REVIEW = "under_review"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


ACTIVE = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED, RegistrationStatus.UNDER_REVIEW)


class RosterRole(StrEnum):
    ATHLETE = "athlete"
    COACH = "coach"
    LEADER = "leader"
    STAFF = "staff"


class Window(StrEnum):
    """Where an instant lies in a registration window."""

    BEFORE = "before"
    OPEN = "open"
    AFTER = "after"


def place(*, quota: int, confirmed: int) -> RegistrationStatus:
    """A place while there is one, the waitlist after. Never asks who is registering."""
    return RegistrationStatus.CONFIRMED if confirmed < quota else RegistrationStatus.WAITLISTED


def window(now: datetime, *, opens_at: datetime, closes_at: datetime, closed_at: datetime | None, over_at: datetime | None) -> Window:
    """Open from `opens_at` until just before `closes_at`; `closed_at` (the event was stopped) and `over_at` (it is past) end it early."""
    if closed_at is not None or now >= closes_at or (over_at is not None and now >= over_at):
        return Window.AFTER
    return Window.OPEN if now >= opens_at else Window.BEFORE


def freed(*, quota: int, confirmed: int, waitlisted: int, stopped: bool) -> int:
    """How many waiting teams get a place now: as many as there are places free. None once the event was stopped."""
    return 0 if stopped else min(max(quota - confirmed, 0), waitlisted)
