"""Which letters something has overtaken, and what of a change still holds. No database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from events.calendar.rules import ChangeKind, EventStatus
from events.notices.bulletins import Bulletin, EventTold
from events.notices.gathering import Item, undone_stop
from events.notices.overtaking import as_it_holds, overtaken
from events.notices.queries import Change
from events.notices.rules import Channel, NoticeKind
from events.notices.targets import Scope
from events.registrations.rules import RegistrationStatus as Status
from tests.events.notices.test_letters import notice

POSTPONED = Change(ChangeKind.POSTPONED, "rain", {"status": "published"}, {"status": "postponed"})
CANCELLED = Change(ChangeKind.CANCELLED, "rain", {"status": "published"}, {"status": "cancelled"})
RETURNED = Change(ChangeKind.MOVED, None, {"status": "postponed", "first_on": "1"}, {"status": "published", "first_on": "2"})


OPENS, BETWEEN, CLOSES = (datetime(2027, 4, day, tzinfo=UTC) for day in (1, 5, 9))


def bulletin(kind: NoticeKind, status: EventStatus = EventStatus.PUBLISHED, **known: Any) -> Bulletin:
    event = EventTold(UUID(int=2), "滨江龙舟赛", status, None, "杨浦区", None, None, ())
    given: dict[str, Any] = {"attempts": 1, "created_at": OPENS, "subscription_id": UUID(int=1), "channel": Channel.MAIL}
    given |= {"address": "wang@example.org", "p256dh": None, "auth": None, "language": "zh-CN"}
    given |= {"scope": Scope.EVENT, "key": str(UUID(int=2)), "name": "滨江龙舟赛"}
    return Bulletin(id=UUID(int=3), kind=kind, event=event, **given | known)


def moved(*ids: str, **fields: str) -> Change:
    before = {name: f"old {value}" for name, value in fields.items()} | {"occurrences": [{"id": id_, "first_on": "1"} for id_ in ids]}
    after = fields | {"occurrences": [{"id": id_, "first_on": "2"} for id_ in ids]}
    return Change(ChangeKind.MOVED, None, before, after)


def named(**fields: str) -> Change:
    return Change(ChangeKind.AMENDED, None, {name: f"old {value}" for name, value in fields.items()}, dict(fields))


@pytest.mark.parametrize(
    ("kind", "status", "event", "holds"),
    [
        (NoticeKind.CONFIRMED, Status.CONFIRMED, EventStatus.PUBLISHED, True),
        (NoticeKind.CONFIRMED, Status.CONFIRMED, EventStatus.POSTPONED, True),
        (NoticeKind.CONFIRMED, Status.VOIDED, EventStatus.PUBLISHED, False),
        (NoticeKind.CONFIRMED, Status.WITHDRAWN, EventStatus.PUBLISHED, False),
        (NoticeKind.CONFIRMED, Status.CONFIRMED, EventStatus.CANCELLED, False),
        (NoticeKind.WAITLISTED, Status.CONFIRMED, EventStatus.PUBLISHED, False),
        (NoticeKind.PROMOTED, Status.WITHDRAWN, EventStatus.PUBLISHED, False),
        (NoticeKind.WITHDRAWN, Status.WITHDRAWN, EventStatus.CANCELLED, True),
        (NoticeKind.VOIDED, Status.VOIDED, EventStatus.CANCELLED, True),
        (NoticeKind.MANAGE_LINK, Status.WAITLISTED, EventStatus.CANCELLED, True),
        (NoticeKind.MANAGE_LINK, Status.VOIDED, EventStatus.PUBLISHED, False),
        (NoticeKind.EVENT_CANCELLED, Status.WAITLISTED, EventStatus.CANCELLED, True),
        (NoticeKind.EVENT_CHANGED, Status.WITHDRAWN, EventStatus.PUBLISHED, False),
    ],
)
def test_a_letter_holds_while_the_team_and_its_event_are_as_it_says(
    kind: NoticeKind, status: Status, event: EventStatus, holds: bool
) -> None:
    assert (overtaken(notice(kind, status=status, event_status=event), BETWEEN) is None) is holds


@pytest.mark.parametrize(
    ("kind", "change", "since", "holds"),
    [
        (NoticeKind.EVENT_CHANGED, moved("a"), [], True),
        (NoticeKind.EVENT_CHANGED, moved("a"), [POSTPONED], False),
        (NoticeKind.EVENT_CHANGED, named(venue="hall"), [POSTPONED, RETURNED], False),
        (NoticeKind.EVENT_CHANGED, moved("a"), [CANCELLED], False),
        (NoticeKind.EVENT_CHANGED, moved("a"), [moved("b")], True),
        (NoticeKind.EVENT_CHANGED, moved("a"), [named(summary="x")], True),
        (NoticeKind.EVENT_CHANGED, moved("a"), [moved("a")], False),
        (NoticeKind.EVENT_CHANGED, named(venue="hall"), [named(venue="field")], False),
        (NoticeKind.EVENT_CHANGED, named(date_text="May"), [moved("a", first_on="2")], False),
        (NoticeKind.EVENT_POSTPONED, POSTPONED, [named(title="new")], True),
        (NoticeKind.EVENT_POSTPONED, POSTPONED, [RETURNED], False),
        (NoticeKind.EVENT_POSTPONED, POSTPONED, [CANCELLED], False),
        (NoticeKind.EVENT_CANCELLED, CANCELLED, [], True),
    ],
)
def test_word_of_a_change_holds_until_later_ones_have_changed_all_of_it(
    kind: NoticeKind, change: Change, since: list[Change], holds: bool
) -> None:
    assert (overtaken(notice(kind, change=change, since=since), BETWEEN) is None) is holds
    assert (overtaken(bulletin(kind, change=change, since=since), BETWEEN) is None) is holds


@pytest.mark.parametrize(
    ("change", "later", "left"),
    [
        (named(venue="hall", title="cup"), named(title="league"), {"venue": "hall"}),
        (moved("a", "b", venue="hall"), moved("a"), {"venue": "hall", "occurrences": [{"id": "b", "first_on": "2"}]}),
        (moved("a", "b", venue="hall"), moved("c", first_on="3"), {"venue": "hall"}),
        (moved("a", venue="hall", date_text="May"), moved("a"), {"venue": "hall"}),
    ],
)
def test_a_letter_tells_so_much_of_its_change_as_is_still_so(change: Change, later: Change, left: dict[str, Any]) -> None:
    for make in (notice, bulletin):
        told = as_it_holds(make(NoticeKind.EVENT_CHANGED, change=change, since=[later])).change
        assert told
        assert told.after == left
        assert told.before.keys() == left.keys()


@pytest.mark.parametrize(
    ("status", "now", "holds"),
    [
        (EventStatus.PUBLISHED, OPENS, True),
        (EventStatus.PUBLISHED, BETWEEN, True),
        (EventStatus.PUBLISHED, CLOSES, False),
        (EventStatus.PUBLISHED, datetime(2027, 3, 31, tzinfo=UTC), False),
        (EventStatus.POSTPONED, BETWEEN, False),
        (EventStatus.CANCELLED, BETWEEN, False),
    ],
)
def test_that_sign_ups_opened_holds_while_teams_can_enter(status: EventStatus, now: datetime, holds: bool) -> None:
    letter = bulletin(NoticeKind.SIGN_UPS_OPEN, status, competition="龙舟", opens_at=OPENS, closes_at=CLOSES)
    assert (overtaken(letter, now) is None) is holds


@pytest.mark.parametrize(
    ("kind", "status", "undone"),
    [
        (ChangeKind.POSTPONED, EventStatus.PUBLISHED, True),
        (ChangeKind.POSTPONED, EventStatus.POSTPONED, False),
        (ChangeKind.POSTPONED, EventStatus.CANCELLED, False),
        (ChangeKind.MOVED, EventStatus.PUBLISHED, False),
        (ChangeKind.OCCURRENCE_CANCELLED, EventStatus.PUBLISHED, False),
    ],
)
def test_a_digest_leaves_out_a_stop_that_has_ended(kind: ChangeKind, status: EventStatus, undone: bool) -> None:
    item = Item(UUID(int=1), kind, None, OPENS, UUID(int=2), frozenset(), None, frozenset())
    assert undone_stop(item, status) is undone
