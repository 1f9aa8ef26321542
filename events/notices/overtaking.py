"""Letters that what happened since they were caused has made untrue, or needless. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from events.calendar.rules import EventStatus
from events.notices.bulletins import Bulletin
from events.notices.gathering import STOPS
from events.notices.queries import Change, Notice
from events.notices.rules import NEWS, NoticeKind, notice_of
from events.registrations.rules import ACTIVE, RegistrationStatus

# What each letter says of the team, which must still be so when it is written.
SAYS: dict[NoticeKind, tuple[RegistrationStatus, ...]] = {
    NoticeKind.CONFIRMED: (RegistrationStatus.CONFIRMED,),
    NoticeKind.WAITLISTED: (RegistrationStatus.WAITLISTED,),
    NoticeKind.PROMOTED: (RegistrationStatus.CONFIRMED,),
    NoticeKind.WITHDRAWN: (RegistrationStatus.WITHDRAWN,),
    NoticeKind.VOIDED: (RegistrationStatus.VOIDED,),
    NoticeKind.MANAGE_LINK: ACTIVE,
    NoticeKind.EVENT_CHANGED: ACTIVE,
    NoticeKind.EVENT_POSTPONED: ACTIVE,
    NoticeKind.EVENT_CANCELLED: ACTIVE,
}

# Letters that end with "see you there".
WELCOMES = (NoticeKind.CONFIRMED, NoticeKind.WAITLISTED, NoticeKind.PROMOTED)

DATES = {"date_text", "precision", "first_on", "last_on", "starts_at", "ends_at", "daypart", "occurrences"}


Told = TypeVar("Told", Notice, Bulletin, Notice | Bulletin)


def overtaken(told: Notice | Bulletin, now: datetime) -> str | None:
    """Why the letter is not to be sent any more, for the delivery's history; None for one that holds.

    Each thing that overtakes a letter has one of its own, so nobody is left untold.
    """
    if why := _of_team(told) if isinstance(told, Notice) else _of_follower(told, now):
        return why
    if told.change and _undone(told.change, told.since):
        return "overtaken by a later change of the event"
    return None


def as_it_holds(told: Told) -> Told:
    """The letter with only so much of its change as no later one has changed again: what it calls the present is the present."""
    return replace(told, change=_remaining(told.change, told.since)) if told.change and told.since else told


def _of_team(notice: Notice) -> str | None:
    if notice.status not in SAYS.get(notice.kind, RegistrationStatus):
        return f"overtaken: the registration is {notice.status}"
    if notice.kind in WELCOMES and notice.event_status is EventStatus.CANCELLED:
        return "overtaken: the event was cancelled"
    return None


def _of_follower(bulletin: Bulletin, now: datetime) -> str | None:
    """That sign-ups opened is so while teams are taken."""
    if bulletin.kind is not NoticeKind.SIGN_UPS_OPEN or bulletin.event is None:
        return None
    if bulletin.event.status is not EventStatus.PUBLISHED:
        return f"overtaken: the event is {bulletin.event.status}"
    taken = bulletin.opens_at and bulletin.closes_at and bulletin.opens_at <= now < bulletin.closes_at
    return None if taken else "overtaken: sign-ups are not open"


def _undone(change: Change, since: Sequence[Change]) -> bool:
    """A stop is undone by whatever changes the status again; another change by a stop, or when later ones tell all that it told."""
    if change.kind in STOPS:
        return any("status" in one.after for one in since)
    if any(one.kind in STOPS for one in since):
        return True
    left = _remaining(change, since)
    return not NEWS.intersection(left.before, left.after)


def _remaining(change: Change, since: Sequence[Change]) -> Change:
    """What later changes that teams are told of didn't touch; of the dates, the sessions that they leave alone."""
    told = [one for one in since if notice_of(one.kind, [*one.before, *one.after])]
    touched = {name for one in told for side in (one.before, one.after) for name in side}
    moved = {session["id"] for one in told for session in _sessions(one)}
    lost = touched - {"occurrences"}
    if touched & DATES - {"occurrences"}:
        lost |= DATES
    elif any(session["id"] in moved for session in _sessions(change)):
        lost |= DATES - {"occurrences"}
    return replace(change, before=_without(change.before, lost, moved), after=_without(change.after, lost, moved))


def _sessions(change: Change) -> list[dict[str, Any]]:
    return [*change.before.get("occurrences", ()), *change.after.get("occurrences", ())]


def _without(side: dict[str, Any], lost: set[str], moved: set[str]) -> dict[str, Any]:
    left = {name: value for name, value in side.items() if name not in lost}
    if sessions := [session for session in left.pop("occurrences", ()) if session["id"] not in moved]:
        left["occurrences"] = sessions
    return left
