"""What can be wrong with a drafted event, and which session is which."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from events.calendar.drafts import EventDraft, Point, VenueDraft, checked
from events.calendar.matching import match
from events.calendar.models import Occurrence
from events.calendar.rules import Datum
from events.calendar.schemas_in import EventIn, EventPatch, drafted
from events.calendar.when import DraftSession, when_held
from tests.offices import ZONE, day, draft

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("written", "faults"),
    [
        ({"title": " \u3000"}, [("title", "empty")]),
        *(
            ({"title": unseen}, [("title", "empty")])
            for unseen in ("\u200b", "\u2800", "\u3164 \u115f\u1160", "\uffa0\u00ad", "\u200d\ufe0f")
        ),
        ({"title": "\u200b赛\u200b"}, []),
        ({"title": "长" * 201}, [("title", "too_long")]),
        ({"title": "a\x00b"}, [("title", "bad_text")]),
        ({"title": "两行\n标题"}, [("title", "bad_text")]),
        ({"title": "\u202egnp.exe"}, [("title", "bad_text")]),
        ({"title": "\ud800"}, [("title", "bad_text")]),
        ({"title": "🏃‍♀️ \"'<script>", "summary": "两行\n文字", "contact": None}, []),
        ({"summary": "x" * 10_000}, [("summary", "too_long")]),
        ({"source_url": "javascript:alert(1)"}, [("source_url", "bad_url")]),
        ({"source_url": "http://"}, [("source_url", "bad_url")]),
        ({"source_url": "http://[bad"}, [("source_url", "bad_url")]),
        ({"source_url": "https://a b"}, [("source_url", "bad_url")]),
        ({"source_url": "https://体育.example/活动?id=1"}, []),
        ({"audience": ("family", " ", "x" * 41)}, [("audience[2]", "too_long"), ("audience[1]", "empty")]),
        ({"audience": tuple(map(str, range(11)))}, [("audience", "too_large")]),
        ({"venue": VenueDraft(" ", "长" * 301)}, [("venue.name", "empty"), ("venue.address", "too_long")]),
        (
            {"venue": VenueDraft("馆", None, Point(180.5, float("nan"), Datum.WGS84))},
            [("venue.point.lon", "out_of_range"), ("venue.point.lat", "out_of_range")],
        ),
        ({"venue": VenueDraft("馆", None, Point(-180, 90, Datum.WGS84))}, []),
        ({"when": when_held([day(2026, 5, 1, label="x" * 101)])}, [("occurrences[0].label", "too_long")]),
        ({"when": when_held([day(2026, 5, 2, until=date(2026, 5, 1))])}, [("occurrences[0]", "dates_reversed")]),
        ({"when": when_held([day(2026, 1, 1, until=date(2027, 1, 2))])}, [("occurrences[0]", "too_many_days")]),
        ({"when": when_held([day(2026, 1, 1)] * 401)}, [("occurrences", "too_large")]),
        ({"when": when_held([day(2026, 1, 1, id=UUID(int=1))] * 2)}, [("occurrences[1].id", "duplicate")]),
    ],
)
def test_a_draft_is_told_every_fault_by_its_path(written: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert [(f.path, f.code) for f in checked(draft(day(2026, 5, 1), **written))[1]] == faults


def test_only_what_is_written_is_judged() -> None:
    assert checked(EventDraft(contact="电话"), only={"contact"})[1] == []


def test_texts_are_trimmed_and_what_is_blank_is_nothing() -> None:
    cleaned, faults = checked(draft(day(2026, 5, 1), title=" 赛 ", summary="a\r\nb ", contact=" ", audience=(" a", "a")))
    assert (cleaned.title, cleaned.summary, cleaned.contact, cleaned.audience, faults) == ("赛", "a\nb", None, ("a",), [])


def read(kind: type[EventPatch], **body: Any) -> tuple[EventDraft, frozenset[str]]:
    return drafted(msgspec.convert(body, kind), ZONE, today=TODAY)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("date_text", "no_date")]),
        ({"date_text": " "}, [("date_text", "no_date")]),
        ({"occurrences": []}, [("occurrences", "no_date")]),
        ({"date_text": "5月", "occurrences": []}, [("occurrences", "both_dates")]),
        ({"date_text": "看情况再说"}, [("date_text", "unread_date")]),
        ({"date_text": "2026年12月20日9:00—8:00"}, [("date_text", "dates_reversed")]),
        ({"date_text": "2026年12月20日22:00—次日6:00"}, []),
        ({"date_text": "2026年12月20日（周一）"}, [("date_text", "weekday_mismatch")]),
        ({"date_text": "12月20日（周日）"}, []),
        ({"date_text": "待定"}, []),
        ({"date_text": "5月上旬", "tier": "national"}, [("tier", "unknown_value")]),
        (
            {"date_text": "5月", "venue": {"name": "馆", "point": {"lon": 1, "lat": 2, "datum": "x"}}},
            [("venue.point.datum", "unknown_value")],
        ),
        (
            {
                "occurrences": [
                    {"starts_at": "2026-05-02T09:00:00"},
                    {"starts_at": "2026-W01-1T09:00:00Z"},
                    {"starts_at": "9999-12-31T23:59:59-12:00"},
                    {"on": "2026-02-30", "until": "x", "daypart": "noonish"},
                    {"on": "2026-05-02", "starts_at": "2026-05-02T09:00:00+08:00"},
                    {"on": "2026-05-02", "ends_at": "2026-05-02T09:00:00+08:00"},
                    {},
                    {"id": "x", "on": "2026-05-02"},
                    {"on": "2026-05-02", "until": "2026-05-01"},
                    {"starts_at": "2026-05-02T09:00:00Z", "ends_at": "2026-05-02T09:00:00Z"},
                ]
            },
            [
                ("occurrences[0].starts_at", "bad_instant"),
                ("occurrences[1].starts_at", "bad_instant"),
                ("occurrences[2].starts_at", "bad_instant"),
                ("occurrences[3].on", "bad_date"),
                ("occurrences[3].until", "bad_date"),
                ("occurrences[3].daypart", "unknown_value"),
                ("occurrences[4]", "one_of"),
                ("occurrences[5]", "one_of"),
                ("occurrences[6]", "one_of"),
                ("occurrences[7].id", "bad_identifier"),
                ("occurrences[8]", "dates_reversed"),
                ("occurrences[9]", "dates_reversed"),
            ],
        ),
    ],
)
def test_a_written_body_is_told_every_fault_by_its_path(body: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert [(f.path, f.code) for f in checked(read(EventIn, title="赛", region="310110", **body)[0])[1]] == faults


@pytest.mark.parametrize(
    ("text", "title", "first_on"),
    [
        ("12月1日", "赛", "2026-12-01"),
        ("5月1日", "赛", "2027-05-01"),
        ("5月1日", "2025年赛", "2025-05-01"),
        ("2024年5月1日", "赛", "2024-05-01"),
        ("5月2日（周六）", "赛", "2026-05-02"),
        ("12月20日（周一）", "赛", "2027-12-20"),
    ],
)
def test_a_date_without_its_year_is_the_next_one_unless_the_title_names_another(text: str, title: str, first_on: str) -> None:
    assert str(read(EventIn, title=title, region="310110", date_text=text)[0].when.first_on) == first_on


def test_a_session_that_ends_at_midnight_is_of_the_day_before() -> None:
    ends = {"starts_at": "2026-05-02T14:00:00Z", "ends_at": "2026-05-02T16:00:00Z"}
    (session,) = read(EventPatch, occurrences=[ends])[0].when.sessions
    assert (str(session.first_on), str(session.last_on)) == ("2026-05-02", "2026-05-02")


def test_a_patch_tells_what_is_absent_from_what_is_emptied() -> None:
    draft, only = read(EventPatch, venue=None, sport=None, tier=None)
    assert (only, draft.venue, draft.sports) == ({"venue", "sports", "tier"}, None, ())


def stored(*sessions: DraftSession) -> list[Occurrence]:
    names = ("label", "first_on", "last_on", "starts_at", "ends_at", "daypart")
    return [Occurrence(id=uuid4(), **{name: getattr(session, name) for name in names}) for session in sessions]


A, B, C = day(2026, 5, 1), day(2026, 5, 2), day(2026, 5, 3)
HEAT, FINAL = replace(A, label="预赛"), replace(B, label="决赛")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B], [A, B], [0, 1]),
        ([A, B], [B, A], [1, 0]),
        ([A, B], [A, C, B], [0, None, 1]),
        ([A, B], [A, C], [0, 1]),
        ([A, B], [C], [0]),
        ([HEAT, FINAL], [replace(C, label="决赛")], [1]),
        ([HEAT], [replace(C, label="决赛")], [None]),
        ([HEAT], [C], [0]),
        ([], [A], [None]),
    ],
)
def test_sessions_are_matched_when_equal_then_by_label_then_in_order(
    old: list[DraftSession], new: list[DraftSession], expected: list[int | None]
) -> None:
    known = stored(*old)
    assert match(known, new) == [None if i is None else known[i].id for i in expected]


def test_where_ids_are_named_a_session_without_one_is_new_unless_it_is_the_same() -> None:
    known = stored(A, B, C)
    moved = replace(day(2026, 6, 1), id=known[1].id)
    assert match(known, [moved, day(2026, 6, 2), C]) == [known[1].id, None, known[2].id]
