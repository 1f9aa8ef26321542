"""Exports of open data hold objects where a plan holds words: what can't be read is said, and kept as it was written."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.rules import OPERATOR
from events.calendar.models import Event
from events.i18n import Language
from events.submissions.service import import_file
from events.submissions.verdicts import Kind, Options, Outcome
from events.submissions.wording import flag

ROW: dict[str, Any] = {"name": "健步走", "date_text": "2024-05-04", "district": "杨浦区"}


async def take(session: AsyncSession, *rows: dict[str, Any], apply: bool = False, **options: Any) -> Outcome:
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    return await import_file(session, OPERATOR, data, Options(**({"source": "开放数据"} | options)), apply=apply)


async def summary(session: AsyncSession, **cells: Any) -> tuple[str | None, list[str]]:
    """The summary of a row with these cells, and what it says of cells that were not read."""
    (verdict,) = (await take(session, ROW | cells)).verdicts
    assert verdict.read
    assert (verdict.kind, verdict.faults) == (Kind.NEW, ())
    return verdict.read.draft.summary, [note for note in verdict.notes if note.startswith("unreadable field")]


@pytest.mark.parametrize(
    ("heading", "value", "kept"),
    [
        ("location", {"lat": 31.3, "lon": 121.5}, '{"lat":31.3,"lon":121.5}'),
        ("地点", [{"name": "甲馆"}, {"name": "乙馆"}], '[{"name":"甲馆"},{"name":"乙馆"}]'),
        ("venue", [[121.5, 31.3]], "[[121.5,31.3]]"),
        ("venue", {"name": {"zh": "体育馆"}}, '{"name":{"zh":"体育馆"}}'),
        ("organizer", {"title": "区体育局"}, '{"title":"区体育局"}'),
        ("contact", {"name": "张三", "phone": "021"}, '{"name":"张三","phone":"021"}'),
        ("fee", {"amount": 200}, '{"amount":200}'),
        ("fee", {"name": "报名费"}, '{"name":"报名费"}'),
        ("summary", {"zh": "说明"}, '{"zh":"说明"}'),
        ("level", {"id": 3}, '{"id":3}'),
        ("sport", {"id": 7}, '{"id":7}'),
        ("url", {"href": "https://example.org"}, '{"href":"https://example.org"}'),
        ("participants", {"max": 200}, '{"max":200}'),
    ],
)
async def test_an_object_is_named_and_kept_as_written(session: AsyncSession, heading: str, value: Any, kept: str) -> None:
    assert await summary(session, **{heading: value}) == (f"{heading}：{kept}", [f"unreadable field: {heading}"])
    assert flag(f"unreadable field: {heading}", Language.ZH) == f"读不懂的一栏，原样记在备注里：{heading}"


async def test_what_is_kept_stands_behind_the_remarks_and_is_bounded(session: AsyncSession) -> None:
    assert await summary(session, summary="自带水壶", location={"lat": 1}) == (
        '自带水壶\nlocation：{"lat":1}',
        ["unreadable field: location"],
    )
    text, _ = await summary(session, location={"points": list(range(20_000))})
    assert text
    assert (len(text), text[-1]) == (5000, "…")


async def test_an_object_without_a_field_or_without_content_says_nothing(session: AsyncSession) -> None:
    assert await summary(session, geometry={"lat": 1}, venue={}, organiser=[]) == (None, [])


@pytest.mark.parametrize(
    ("venue", "read", "flagged"),
    [
        ({"name": "体育馆", "address": "长阳路1号"}, ("体育馆", "长阳路1号"), False),
        ({"name": " 体育馆 ", "address": None}, ("体育馆", None), False),
        ({"name": "体育馆", "lat": 31.3}, ("体育馆", None), True),
        ({"name": "体育馆", "address": {"street": "长阳路"}}, ("体育馆", None), True),
        ({"address": "长阳路1号"}, None, True),
        ({"name": " ", "address": ""}, None, True),
    ],
)
async def test_a_place_with_a_name_is_read(
    session: AsyncSession, venue: dict[str, Any], read: tuple[str, str | None] | None, flagged: bool
) -> None:
    (verdict,) = (await take(session, ROW | {"venue": venue})).verdicts
    assert verdict.read
    draft = verdict.read.draft
    assert (draft.venue and (draft.venue.name, draft.venue.address)) == read
    assert ("unreadable field: venue" in verdict.notes, draft.summary is not None) == (flagged, flagged)


async def test_an_address_of_its_own_goes_before_that_of_an_object(session: AsyncSession) -> None:
    (verdict,) = (await take(session, ROW | {"venue": {"name": "体育馆", "address": "甲路"}, "address": "乙路"})).verdicts
    assert verdict.read
    assert verdict.read.draft.venue
    assert verdict.read.draft.venue.address == "乙路"


async def test_bodies_sports_and_districts_with_a_name_are_read(session: AsyncSession) -> None:
    row = {
        "name": "健步走",
        "date_text": "2024-05-04",
        "district": {"name": "杨浦区"},
        "organiser": {"name": "区体育局"},
        "sport": {"name": "篮球"},
    }
    (verdict,) = (await take(session, row)).verdicts
    assert verdict.read
    draft = verdict.read.draft
    assert (draft.region_code, draft.organiser, draft.sports, draft.summary) == ("310110", "区体育局", ("basketball",), None)


@pytest.mark.parametrize(
    "dates", [{"date_text": {"start": "2024-05-04", "end": "2024-05-05"}}, {"start_date": {"d": "2024-05-04"}, "date_text": None}]
)
async def test_an_object_for_a_date_is_no_date_but_its_text(session: AsyncSession, dates: dict[str, Any]) -> None:
    (verdict,) = (await take(session, ROW | dates)).verdicts
    assert verdict.read
    when, kept = verdict.read.draft.when, json.dumps(next(iter(dates.values())), ensure_ascii=False, separators=(",", ":"))
    assert (when.text, when.first_on, when.sessions) == (kept, None, ())
    assert (f"date unread: {kept}" in verdict.notes, "no date" in verdict.notes, verdict.read.draft.summary) == (True, False, None)


async def test_an_object_beside_a_date_is_kept_in_the_summary(session: AsyncSession) -> None:
    (verdict,) = (await take(session, ROW | {"when": {"start": "2024-06-01"}})).verdicts
    assert verdict.read
    draft = verdict.read.draft
    assert (str(draft.when.first_on), draft.when.text, draft.summary) == ("2024-05-04", "2024-05-04", 'when：{"start":"2024-06-01"}')
    (verdict,) = (await take(session, ROW | {"date_text": {"days": list(range(400))}})).verdicts
    assert verdict.read
    assert ("unreadable field: date_text" in verdict.notes, "no date" in verdict.notes) == (True, False)
    assert (verdict.read.draft.summary or "").endswith(",398,399]}")


@pytest.mark.parametrize("district", [{"zh": "金水区"}, {"zh": "金水区", "code": "410105"}, [{"name": "金水区"}]])
@pytest.mark.parametrize("options", [{"home_code": "310110"}, {"region_code": "310110"}])
async def test_a_place_that_can_not_be_read_is_not_ours(session: AsyncSession, district: Any, options: dict[str, str]) -> None:
    (verdict,) = (await take(session, ROW | {"district": district}, **options)).verdicts
    assert [fault.code for fault in verdict.faults] == ["no_region"]


async def test_a_name_that_is_an_object_is_refused_and_not_taken_from_above(session: AsyncSession) -> None:
    outcome = await take(session, ROW, ROW | {"name": {"zh": "甲"}, "date_text": "2024-05-11"})
    assert [[(f.path, f.code) for f in v.faults] for v in outcome.verdicts] == [[], [("title", "empty")]]
    assert "name from above" not in outcome.verdicts[1].notes


async def test_a_row_that_goes_on_does_not_take_what_it_writes_as_an_object(session: AsyncSession) -> None:
    outcome = await take(session, ROW | {"venue": "体育馆"}, {"date_text": "2024-05-11", "venue": {"id": 2}})
    read = outcome.verdicts[1].read
    assert read
    assert (read.draft.title, read.draft.venue, read.draft.summary) == ("健步走", None, 'venue：{"id":2}')


async def test_rows_that_differ_in_an_object_only_are_two(session: AsyncSession) -> None:
    rows = [ROW | {"date_text": {"start": f"2024-05-0{day}"}} for day in (4, 5)]
    assert (await take(session, *rows, apply=True)).counts == {Kind.NEW: 2}
    assert (await take(session, *reversed(rows))).counts == {Kind.UNCHANGED: 2}
    rows = [ROW | {"venue": {"id": at}} for at in (1, 2)]
    assert (await take(session, *rows, source="别处", confirmed={"all": None})).counts == {Kind.NEW: 2}


async def test_a_number_that_is_an_object_is_a_number(session: AsyncSession) -> None:
    row = ROW | {"id": {"$oid": "65f0"}}
    assert (await take(session, row, apply=True)).counts == {Kind.NEW: 1}
    (verdict,) = (await take(session, row | {"name": "改名"})).verdicts
    assert (verdict.kind, verdict.notes) == (Kind.CHANGED, ("tier guessed",))


async def test_what_can_not_be_read_takes_nothing_from_a_stored_event(session: AsyncSession) -> None:
    row = ROW | {"id": "1", "venue": "体育馆", "fee": "免费"}
    await take(session, row, apply=True)
    (verdict,) = (await take(session, row | {"venue": {"id": 1}, "fee": {"amount": 0}}, apply=True)).verdicts
    assert [change.field for change in verdict.changes] == ["summary"]
    event = (await session.scalars(select(Event).execution_options(populate_existing=True))).one()
    assert (event.fee, event.free, event.venue_id is None) == ("免费", True, False)
