import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Daypart, Precision
from events.calendar.entries import entries_query, find_entry, read_entries
from events.calendar.filters import CHECKS, Filters
from events.calendar.holidays import set_holiday
from events.calendar.models import Event, Occurrence
from events.calendar.rules import Datum, EventStatus, OccurrenceStatus
from events.calendar.schemas_out import encode_brief, encode_full
from events.regions.rules import Tier
from tests.filling import add_event, add_series, add_venue, occurrence

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 15, 4, tzinfo=UTC)
API = {
    "id", "title", "status", "tier", "region", "series", "board", "sport", "audience", "date_text", "precision", "first_on", "last_on",
    "occurrences", "venue", "organiser", "undertaker", "source_url", "registration", "changed_at", "url",
}  # fmt: skip


async def test_an_event_is_read_with_the_names_that_other_systems_build_on(session: AsyncSession) -> None:
    series, (board,) = await add_series(session, "xiu", "韵动杨浦·秀出来", "滨江主题")
    venue = await add_venue(session, "滨江绿地", address="杨树浦路 1 号", lon=121.5, lat=31.2, datum=Datum.GCJ02)
    starts = datetime(2026, 5, 2, 1, tzinfo=UTC)
    event = await add_event(
        session, "滨江跑", starts, date(2026, 5, 9), series_id=series, board_id=board, venue_id=venue, sports=["running", "none-such"],
        audience=["family"], contact="电话", summary="说明", number=1,
    )  # fmt: skip
    entry = await find_entry(session, event, SHANGHAI)
    assert entry is not None
    full = msgspec.json.decode(encode_full(entry, [(event, "团体赛")], NOON, "https://example.org"))
    brief = msgspec.json.decode(encode_brief(entry, NOON, "https://example.org"))
    told = {"eligibility", "bring", "fee", "directions", "fuse", "short_url"}
    assert full.keys() - brief.keys() == {"contact", "summary", "competitions", *told}
    assert brief.keys() - API == {"tier_as_written", "demo", "free"}
    assert API - brief.keys() == set()
    assert {name: brief[name] for name in ("region", "series", "board", "url", "status", "registration")} == {
        "region": {"code": "310110", "name": "杨浦区"},
        "series": {"slug": "xiu", "name": "韵动杨浦·秀出来"},
        "board": {"slug": "滨江主题", "name": "滨江主题"},
        "url": f"https://example.org/events/{event}",
        "status": "finished",
        "registration": "none",
    }
    assert brief["venue"] == {"name": "滨江绿地", "address": "杨树浦路 1 号", "point": {"lon": 121.5, "lat": 31.2, "datum": "gcj02"}}
    timed, whole = brief["occurrences"]
    assert (timed["starts_at"], timed["ends_at"], timed["on"], timed["all_day"]) == (
        "2026-05-02T09:00:00+08:00", "2026-05-02T11:00:00+08:00", "2026-05-02", False,
    )  # fmt: skip
    assert (whole["starts_at"], whole["on"], whole["until"], whole["all_day"], whole["sequence"]) == (
        None,
        "2026-05-09",
        "2026-05-09",
        True,
        0,
    )
    assert full["short_url"] == "https://example.org/e/krvqkd"
    assert (full["contact"], full["summary"], full["competitions"]) == ("电话", "说明", [{"id": str(event), "title": "团体赛"}])


async def test_a_draft_is_found_only_by_whoever_may_see_it(session: AsyncSession) -> None:
    event = await add_event(session, "草稿", date(2026, 5, 2), status=EventStatus.DRAFT)
    assert await find_entry(session, event, SHANGHAI) is None
    assert await find_entry(session, event, SHANGHAI, statuses=[EventStatus.DRAFT]) is not None


async def test_a_published_event_is_finished_when_its_last_session_that_stands_is_over(session: AsyncSession) -> None:
    event = await add_event(session, "两天", datetime(2026, 5, 2, 1, tzinfo=UTC), date(2026, 5, 3), date(2026, 5, 4))
    await session.execute(
        update(Occurrence).where(Occurrence.event_id == event, Occurrence.position == 2).values(status=OccurrenceStatus.CANCELLED)
    )
    entry = await find_entry(session, event, SHANGHAI)
    assert entry is not None
    assert entry.over_at == datetime(2026, 5, 4, tzinfo=SHANGHAI)
    shown = [entry.status_at(entry.over_at + timedelta(seconds=n)) for n in (-1, 0)]
    assert shown == ["published", "finished"]
    assert entry.turns_after(NOON - timedelta(days=30)) == entry.over_at


async def test_filters_say_the_same_in_sql_and_in_memory(session: AsyncSession) -> None:
    choose = random.Random(7)  # noqa: S311 - the same events every time
    choices = await fill(session, choose)
    whole = entries_query().order_by(Event.id)
    entries = await read_entries(session, whole, SHANGHAI)
    sizes = set()
    for _ in range(250):
        names = choose.sample(list(CHECKS), choose.choice([1, 1, 2, 3]))
        filters = Filters.parse([(name, value) for name in names for value in choose.sample(choices[name], choose.choice([1, 1, 2]))])
        found = await session.scalars(select(Event.id).where(*filters.conditions(NOON, SHANGHAI)).order_by(Event.id))
        wanted = [entry.id for entry in entries if filters.matches(entry, NOON)]
        assert list(found) == wanted, filters
        sizes.add(len(wanted))
    assert {0, 1} < sizes
    assert max(sizes) > 50


def of_windows(choose: random.Random) -> list[Range[datetime]] | None:
    """None, or up to three spans around noon that stand apart; some begin or end at noon itself."""
    bounds = [NOON + timedelta(hours=n) for n in sorted(choose.sample(range(-3, 4), 6))]
    return [Range(*bounds[n : n + 2]) for n in sorted(choose.sample((0, 2, 4), choose.randint(0, 3)))] if choose.random() < 0.7 else None


async def test_days_off_working_days_and_evenings_are_told_apart_in_sql_and_in_memory(session: AsyncSession) -> None:
    evening = datetime(2026, 5, 13, 10, tzinfo=UTC)  # 18:00 in the city, a Wednesday
    events = {
        "a Saturday": ([date(2026, 5, 16)], {"weekend"}),
        "a make-up Saturday": ([date(2026, 5, 9)], {"weekday"}),
        "a holiday on a Friday": ([date(2026, 5, 1)], {"weekend"}),
        "a Wednesday": ([date(2026, 5, 13)], {"weekday"}),
        "a Friday that the office declared free": ([date(2026, 5, 22)], {"weekend"}),
        "a Sunday that the office declared worked": ([date(2026, 5, 24)], {"weekday"}),
        "at 18:00": ([evening], {"weekday", "evening"}),
        "a minute before": ([evening - timedelta(minutes=1)], {"weekday"}),
        "by its daypart": ([occurrence(0, date(2026, 5, 17), daypart=Daypart.EVENING)], {"weekend", "evening"}),
        "a morning": ([occurrence(0, date(2026, 5, 17), daypart=Daypart.MORNING)], {"weekend"}),
        "a run over a fortnight": ([(date(2026, 5, 11), date(2026, 6, 30))], {"weekday", "weekend"}),
        "Monday to Friday": ([(date(2026, 5, 11), date(2026, 5, 15))], {"weekday"}),
        "a removed Saturday": ([occurrence(0, date(2026, 5, 16), removed_at=NOON), date(2026, 5, 13)], {"weekday"}),
        "no day at all": ([], set()),
    }
    await set_holiday(session, date(2026, 5, 22), "区运动会", workday=False)
    await set_holiday(session, date(2026, 5, 24), "补班", workday=True)
    for title, (days, _) in events.items():
        await add_event(session, title, *days)
    entries = {entry.title: entry for entry in await read_entries(session, entries_query(), SHANGHAI)}
    assert {title: set(entry.when) for title, entry in entries.items()} == {title: kinds for title, (_, kinds) in events.items()}
    for kind in ("weekend", "weekday", "evening"):
        filters = Filters(when=(kind,))
        found = set(await session.scalars(select(Event.title).where(*filters.conditions(NOON, SHANGHAI))))
        assert found == {title for title, entry in entries.items() if filters.matches(entry, NOON)} == {
            title for title, (_, kinds) in events.items() if kind in kinds
        }  # fmt: skip


async def fill(session: AsyncSession, choose: random.Random) -> dict[str, list[str]]:
    """150 events unlike each other, and the values to ask for."""
    series = [await add_series(session, slug, slug, "滨江", "校园") for slug in ("xiu", "league")]
    words = ["滨江跑", "校园杯", "Ｕ12 篮球", "广场舞·大赛", "健身气功", "20% off_\\", "🏀"]
    regions = ["310000", "310110", "310110009", "310110015", "310104", "110105"]
    for _ in range(150):
        series_id, boards = choose.choice([*series, (None, [None])])
        first = date(2026, 5, 15) + timedelta(days=choose.randint(-3, 3))
        days = [first + timedelta(days=n) for n in range(choose.randint(0, 2))]
        if days and choose.random() < 0.3:
            days[-1] = datetime(first.year, first.month, first.day, 20, tzinfo=SHANGHAI)
        windows, free = [of_windows(choose) for _ in "wf"]
        bounds = (
            {} if days or choose.random() < 0.5 else {"first_on": first, "last_on": first + timedelta(days=9), "precision": Precision.DEKAD}
        )
        await add_event(
            session, " ".join(choose.sample(words, 2)), *days, series_id=series_id, board_id=choose.choice(boards), **bounds,
            region_code=choose.choice(regions), tier=choose.choice(list(Tier)), status=choose.choice(list(EventStatus)[1:]),
            sports=choose.sample(["running", "basketball", "gone"], choose.randint(0, 2)), audience=choose.sample(["family", "youth"], 1),
            registration_windows=windows, registration_free=free if windows else None, free=choose.choice([None, True, False]),
        )  # fmt: skip
    return {
        "tier": ["city", "district", "street"], "region": [*regions, "310000999", "999999"], "series": ["xiu", "league", "none"],
        "free": ["yes", ""],
        "board": ["滨江", "校园", "none"], "sport": ["running", "basketball", "none"], "audience": ["family", "youth", "none"],
        "status": ["published", "postponed", "cancelled", "finished"], "registration": ["none", "upcoming", "open", "full", "closed"],
        "when": ["weekend", "weekday", "evening"],
        "q": ["滨", "江跑", "滨江跑", "杯 篮球", "u12", "U 舞", "大赛健身", "%", "off_", "🏀", "江滨", "舞大"],
    }  # fmt: skip
