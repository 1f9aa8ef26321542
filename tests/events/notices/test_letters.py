"""What letters say. No database: a notice is a value."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from events.calendar.dates import Daypart
from events.calendar.ical.vevents import Shown, render, uid
from events.calendar.rules import ChangeKind, EventStatus
from events.i18n import Language
from events.notices.letters import compose
from events.notices.queries import Change, Notice, Sitting
from events.notices.rules import PAUSES, NoticeKind, notice_of, pause_after
from events.notices.when import when
from events.notices.wording import MOST_LINES, TITLES, write
from events.regions.rules import Tier
from events.registrations.rules import RegistrationStatus
from infra.ids import new_id
from infra.installation import open_installation
from infra.settings import read_settings

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 5, 2)
SHOWN = Shown(
    id=new_id(),
    sequence=3,
    changed_at=datetime(2026, 3, 2, tzinfo=UTC),
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    title="龙舟赛",
    tier=Tier.DISTRICT,
    url="https://saili.example/events/7",
    zone=ZONE,
    first_on=DAY,
    last_on=DAY,
)
CHINESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")


def notice(kind: NoticeKind = NoticeKind.CONFIRMED, **changes: Any) -> Notice:
    values: dict[str, Any] = {
        "address": "leader@example.org",
        "attempts": 1,
        "created_at": datetime(2026, 4, 1, tzinfo=UTC),
        "generation": 0,
        "number": "A-1",
        "team": "Dragons",
        "leader": "Jane",
        "language": "en",
        "status": RegistrationStatus.CONFIRMED,
        "reason": None,
        "position": None,
        "division": "Men",
        "competition": "Cup",
        "event": "Regatta",
        "event_status": EventStatus.PUBLISHED,
        "date_text": None,
        "venue": "Riverside",
        "address_of_venue": "1 Bund",
        "contact": "021-1",
        "sittings": [Sitting(DAY, DAY, datetime(2026, 5, 2, 1, tzinfo=UTC), datetime(2026, 5, 2, 3, tzinfo=UTC))],
    }
    return Notice(id=new_id(), registration_id=new_id(), event_id=new_id(), kind=kind, **values | changes)


def composed(told: Notice, tmp_path: Path) -> bytes:
    office = open_installation(read_settings({"SAILI_DATA": str(tmp_path), "SECRET_KEY": "k" * 40}), "postgresql://nowhere/nothing")
    return compose(told, office).content


def texts(told: Notice, tmp_path: Path) -> tuple[str, str]:
    """The text and the HTML of the mail."""
    mail = message_from_bytes(composed(told, tmp_path), policy=policy.default)
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain, html


def facts(told: Notice) -> dict[str, list[str]]:
    return {fact.label: list(fact.value) for fact in write(told, link="https://saili.example/x", zone=ZONE).facts}


@pytest.mark.parametrize("kind", TITLES)
def test_every_kind_of_letter_is_whole_in_its_language(kind: NoticeKind, tmp_path: Path) -> None:
    for language in Language:
        told = notice(kind, language=language.value, reason="rain", sittings=[])
        voided = kind is NoticeKind.VOIDED
        letter = write(told, link="https://saili.example/x", zone=ZONE)
        said = "\n".join([letter.subject, letter.greeting, *letter.paragraphs, letter.closing, *texts(told, tmp_path)])
        assert "Regatta" in letter.subject
        assert "Dragons" in letter.subject
        assert ("rain" in said) is voided  # it is the reason of voiding, and of nothing else
        assert not re.search(r"[{}]{1,2}\w*[{}]", said.partition("<style")[0])
        assert bool(CHINESE.search(said)) == (language is Language.ZH)


def test_what_people_wrote_is_text_in_html_too(tmp_path: Path) -> None:
    plain, html = texts(notice(team="<b>Dragons</b> & co", venue="<script>alert(1)</script>"), tmp_path)
    assert ("<b>Dragons</b> & co" in plain, "<script>" in html, "<b>" in html) == (True, False, False)
    assert "&lt;b&gt;Dragons&lt;/b&gt; &amp; co" in html


@pytest.mark.parametrize("change", [None, Change(ChangeKind.OCCURRENCE_CANCELLED, None, {}, {})])
@pytest.mark.parametrize("kind", TITLES)
def test_an_english_letter_begins_with_a_capital_whatever_the_team_is_called(kind: NoticeKind, change: Change | None) -> None:
    letter = write(notice(kind, team="dragons", change=change), link="", zone=ZONE)
    assert letter.paragraphs[0][0].isupper()
    assert all(note[0].isupper() for note in letter.link_notes)


@pytest.mark.parametrize("language", Language)
def test_a_withdrawal_promises_no_place_to_a_team_that_may_not_be_there(language: Language) -> None:
    [told] = write(notice(NoticeKind.WITHDRAWN, language=language.value), link="", zone=ZONE).paragraphs
    assert ("已让给" in told, "goes to another team" in told) == (False, False)


@pytest.mark.parametrize(
    ("kind", "status", "shown"),
    [
        (NoticeKind.CONFIRMED, RegistrationStatus.CONFIRMED, ("CONFIRMED", "OPAQUE", "龙舟赛")),
        (NoticeKind.PROMOTED, RegistrationStatus.CONFIRMED, ("CONFIRMED", "OPAQUE", "龙舟赛")),
        (NoticeKind.EVENT_CHANGED, RegistrationStatus.CONFIRMED, ("CONFIRMED", "OPAQUE", "龙舟赛")),
        (NoticeKind.EVENT_POSTPONED, RegistrationStatus.CONFIRMED, ("CONFIRMED", "OPAQUE", "龙舟赛")),
        (NoticeKind.EVENT_CANCELLED, RegistrationStatus.CONFIRMED, ("CONFIRMED", "OPAQUE", "龙舟赛")),
        (NoticeKind.WAITLISTED, RegistrationStatus.WAITLISTED, ("TENTATIVE", "TRANSPARENT", "【候补】龙舟赛")),
        (NoticeKind.EVENT_CHANGED, RegistrationStatus.WAITLISTED, ("TENTATIVE", "TRANSPARENT", "【候补】龙舟赛")),
        (NoticeKind.CONFIRMED, RegistrationStatus.WITHDRAWN, ("CANCELLED", "TRANSPARENT", "【已退出】龙舟赛")),
        (NoticeKind.WITHDRAWN, RegistrationStatus.WITHDRAWN, ("CANCELLED", "TRANSPARENT", "【已退出】龙舟赛")),
        (NoticeKind.VOIDED, RegistrationStatus.VOIDED, ("CANCELLED", "TRANSPARENT", "【报名已取消】龙舟赛")),
        (NoticeKind.MANAGE_LINK, RegistrationStatus.CONFIRMED, None),
    ],
)
def test_each_letter_of_a_registration_brings_the_event_for_a_calendar_as_it_concerns_the_team(
    kind: NoticeKind, status: RegistrationStatus, shown: tuple[str, str, str] | None, tmp_path: Path
) -> None:
    made = notice(kind, status=status, sittings=[Sitting(DAY, DAY, vevent=render(SHOWN))])
    mail = message_from_bytes(composed(made, tmp_path), policy=policy.default)
    attached = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_filename() for part in attached] == ["A-1.ics"] * bool(shown)
    if shown:
        [found] = Calendar.from_ical(attached[0].get_content()).walk("VEVENT")
        assert (found["STATUS"], found["TRANSP"], found["SUMMARY"]) == shown
        # Newer than a copy that came before, and of the same session.
        assert (found["UID"], found["DTSTAMP"].dt) == (uid(SHOWN.id), made.created_at.replace(microsecond=0))


def test_what_is_cancelled_for_everybody_is_so_for_a_team_that_waits(tmp_path: Path) -> None:
    off = render(replace(SHOWN, event_status=EventStatus.CANCELLED))
    made = notice(NoticeKind.EVENT_CANCELLED, status=RegistrationStatus.WAITLISTED, sittings=[Sitting(DAY, DAY, vevent=off)])
    mail = message_from_bytes(composed(made, tmp_path), policy=policy.default)
    [attached] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [found] = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert (found["STATUS"], found["SUMMARY"]) == ("CANCELLED", "【已取消】龙舟赛")


@pytest.mark.parametrize("status", [RegistrationStatus.WITHDRAWN, RegistrationStatus.VOIDED])
def test_a_registration_that_has_ended_is_given_no_link(status: RegistrationStatus, tmp_path: Path) -> None:
    ended = texts(notice(status=status), tmp_path)
    assert [("/registrations/manage#" in text) for text in (*ended, *texts(notice(), tmp_path))] == [False, False, True, True]


def test_facts_are_those_of_the_moment() -> None:
    assert facts(notice(status=RegistrationStatus.WAITLISTED, position=3))["Status"] == ["on the waitlist, now number 3"]
    assert facts(notice(NoticeKind.WAITLISTED))["Status"] == ["confirmed"]
    assert facts(notice(event_status=EventStatus.POSTPONED))["When"] == ["postponed; the new date is not yet known"]
    assert facts(notice(event_status=EventStatus.CANCELLED))["When"] == ["cancelled"]
    assert facts(notice(sittings=[], date_text="5月上旬"))["When"] == ["5月上旬"]
    assert facts(notice(sittings=[]))["When"] == ["date not yet known"]
    assert "Where" not in facts(notice(venue=None, address_of_venue=None))


def test_a_long_season_is_told_by_its_first_sessions_and_their_number() -> None:
    season = [Sitting(DAY + timedelta(weeks=week), DAY + timedelta(weeks=week)) for week in range(MOST_LINES + 8)]
    lines = facts(notice(sittings=[*season, Sitting(DAY, DAY, removed=True)]))["When"]
    assert (len(lines), lines[-1]) == (MOST_LINES + 1, "… 20 sessions in all")


@pytest.mark.parametrize(
    ("sitting", "chinese", "english"),
    [
        (Sitting(DAY, DAY), "2026年5月2日 周六", "Sat, May 2, 2026"),
        (Sitting(DAY, DAY, daypart=Daypart.MORNING), "2026年5月2日 周六 上午", "Sat, May 2, 2026 morning"),
        (Sitting(DAY, date(2026, 5, 4)), "2026年5月2日 周六 – 2026年5月4日 周一", "Sat, May 2, 2026 – Mon, May 4, 2026"),
        (Sitting(DAY, DAY, datetime(2026, 5, 1, 16, 30, tzinfo=UTC)), "2026年5月2日 周六 00:30", "Sat, May 2, 2026 00:30"),
        (
            Sitting(DAY, DAY, datetime(2026, 5, 2, 1, tzinfo=UTC), datetime(2026, 5, 2, 3, tzinfo=UTC), label="决赛", cancelled=True),
            "【已取消】决赛：2026年5月2日 周六 09:00–11:00",
            "[Cancelled] 决赛: Sat, May 2, 2026 09:00–11:00",
        ),
        (
            Sitting(DAY, date(2026, 5, 3), datetime(2026, 5, 2, 12, tzinfo=UTC), datetime(2026, 5, 3, 4, tzinfo=UTC)),
            "2026年5月2日 周六 20:00 – 2026年5月3日 周日 12:00",
            "Sat, May 2, 2026 20:00 – Sun, May 3, 2026 12:00",
        ),
    ],
)
def test_a_session_is_said_in_the_citys_time(sitting: Sitting, chinese: str, english: str) -> None:
    assert (when(sitting, Language.ZH, ZONE), when(sitting, Language.EN, ZONE)) == (chinese, english)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            Change(
                ChangeKind.AMENDED,
                None,
                {"venue": "Old hall", "address": None, "summary": "a"},
                {"venue": "New hall", "address": "1 Bund", "summary": "b"},
            ),
            [("Where", ["Old hall"], ["New hall", "1 Bund"])],
        ),
        (
            Change(ChangeKind.AMENDED, None, {"title": "Cup", "date_text": "5月上旬"}, {"title": "Regatta", "date_text": None}),
            [("When", ["5月上旬"], ["not yet known"]), ("Event", ["Cup"], ["Regatta"])],
        ),
        (
            Change(ChangeKind.OCCURRENCE_CANCELLED, "rain", {"occurrences": [{"first_on": "2026-05-02", "status": "scheduled"}]}, {}),
            [("When", ["Sat, May 2, 2026"], ["cancelled"])],
        ),
        (
            Change(ChangeKind.MOVED, None, {"starts_at": "2026-05-02T01:00:00+00:00"}, {"starts_at": "2026-05-02T03:00:00+00:00"}),
            [("When", ["Sat, May 2, 2026 09:00"], ["Sat, May 2, 2026 11:00"])],
        ),
        (
            Change(
                ChangeKind.MOVED,
                None,
                {"status": "postponed", "occurrences": [{"first_on": "2026-05-02", "status": "cancelled"}]},
                {"status": "published", "occurrences": [{"first_on": "2026-05-09", "status": "scheduled"}]},
            ),
            [("When", ["Sat, May 2, 2026"], ["Sat, May 9, 2026"])],
        ),
        (Change(ChangeKind.AMENDED, None, {"summary": "a"}, {"summary": "b"}), []),
    ],
)
def test_a_change_is_told_as_it_was_and_as_it_is(change: Change, expected: list[tuple[str, list[str], list[str]]], tmp_path: Path) -> None:
    told = notice(NoticeKind.EVENT_CHANGED, change=change)
    letter = write(told, link="", zone=ZONE)
    assert [(d.label, list(d.before), list(d.after)) for d in letter.changes] == expected
    for text in texts(told, tmp_path):
        assert all(line in text for _, before, after in expected for line in (*before, *after))


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (ChangeKind.MOVED, [], NoticeKind.EVENT_CHANGED),
        (ChangeKind.OCCURRENCE_CANCELLED, [], NoticeKind.EVENT_CHANGED),
        (ChangeKind.POSTPONED, [], NoticeKind.EVENT_POSTPONED),
        (ChangeKind.CANCELLED, [], NoticeKind.EVENT_CANCELLED),
        (ChangeKind.AMENDED, ["summary"], None),
        (ChangeKind.AMENDED, ["summary", "first_on"], NoticeKind.EVENT_CHANGED),
        (ChangeKind.CREATED, ["title"], None),
        (ChangeKind.PUBLISHED, ["title"], None),
    ],
)
def test_teams_are_told_of_what_concerns_their_coming(kind: ChangeKind, fields: list[str], expected: NoticeKind | None) -> None:
    assert notice_of(kind, fields) is expected


def test_pauses_grow_and_end() -> None:
    assert [pause_after(n) for n in range(1, len(PAUSES) + 2)] == [*PAUSES, None]
    assert list(PAUSES) == sorted(PAUSES)
