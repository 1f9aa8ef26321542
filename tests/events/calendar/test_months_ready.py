import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import Range

from events.calendar.filters import Filters
from events.calendar.holidays import remove_holiday, set_holiday
from events.calendar.models import Event
from events.calendar.months_ready import Months, encode_month, filtered, month_query
from events.calendar.ready import Ready
from events.calendar.revisions import touch
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation, open_installation
from tests.apps import app_of, app_over
from tests.filling import add_event, add_series, add_venue
from tests.statements import sent

ADDRESS = "/api/v1/calendar/2026-05"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 2, 4, tzinfo=UTC)


@asynccontextmanager
async def running(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    """A process of its own, with its own connections and its poll; the `installation` is another one beside it."""
    own = open_installation(
        installation.settings, installation.engine.url.render_as_string(hide_password=False), application="another process"
    )
    app = app_over(own)
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        months: Months = app.state.months
        await eventually(lambda: trusted(months.ready))
        yield client


async def trusted(ready: Ready) -> bool:
    return ready.trusted


async def eventually(holds: Callable[[], Awaitable[bool]], *, within: float = 5.0) -> float:
    """Ask until it holds; the seconds that it took. Fails when it doesn't hold in time."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not await holds():
        assert loop.time() - begun < within, "it did not come true in time"
        await asyncio.sleep(0.01)
    return loop.time() - begun


async def published(installation: Installation, title: str, *days: date | datetime, **columns: Any) -> UUID:
    async with installation.sessions.begin() as session:
        made = await add_event(session, title, *(days or (date(2026, 5, 2),)), **columns)
        await touch(session, ["2026-05"])
    return made


async def count(client: httpx.AsyncClient, query: str = "") -> int:
    answer = await client.get(ADDRESS + query)
    assert answer.status_code == 200
    return int(answer.json()["counts"]["tier"]["district"])


async def test_another_process_shows_a_commit_within_a_second_also_after_its_connections_were_cut(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    async with running(installation) as client:

        async def shows(number: int) -> bool:
            answer = await client.get(ADDRESS)
            return answer.status_code == 200 and answer.json()["counts"]["tier"]["district"] == number

        assert await shows(0)
        await published(installation, "一")
        assert await eventually(lambda: shows(1)) < 1.0
        async with installation.reader.connect() as connection:
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'another process'")
            )
        await published(installation, "二")
        assert await eventually(lambda: shows(2)) < 1.0


async def test_a_commit_shows_at_once_in_the_process_that_made_it(installation: Installation, client: httpx.AsyncClient) -> None:
    ready = ready_of(client)
    async with ready.polling():
        await eventually(lambda: trusted(ready))
        for n in range(1, 4):
            assert await count(client) == n - 1
            await published(installation, "新")
            assert [await count(client), await count(client, "?tier=district")] == [n, n]


async def test_what_was_rolled_back_is_never_shown(installation: Installation, client: httpx.AsyncClient) -> None:
    assert await count(client) == 0
    async with installation.sessions() as session:
        await add_event(session, "没有", date(2026, 5, 2))
        await touch(session, ["2026-05"])
        await session.rollback()
    assert await count(client) == 0


async def test_a_month_is_read_in_two_statements_and_its_other_filters_in_none(
    installation: Installation, client: httpx.AsyncClient
) -> None:
    ready = ready_of(client)
    for n in range(12):
        await published(installation, f"第{n}场", date(2026, 5, 2), date(2026, 5, 3))
    async with ready.polling():
        await eventually(lambda: trusted(ready))
        with sent(installation) as statements:
            for query in ("", "?tier=district", "?tier=city", "?q=场", "?q=场"):
                await client.get(ADDRESS + query)
    assert len(statements) == 2


async def test_another_process_shows_a_holiday_within_a_second_and_reads_them_no_oftener(installation: Installation) -> None:
    async with running(installation) as client:

        async def named(name: str | None) -> bool:
            days = (await client.get(ADDRESS)).json()["days"]
            return name == (days[11]["holiday"] or {}).get("name")

        assert await named(None)
        async with installation.sessions.begin() as session:
            await set_holiday(session, date(2026, 5, 12), "区运动会", workday=False)
        assert await eventually(lambda: named("区运动会")) < 1.0
        with sent(app_of(client).state.installation) as statements:
            await published(installation, "一")
            assert await eventually(lambda: named("区运动会")) < 1.0
            await client.get("/api/v1/calendar/2026-06")
        assert [one for one in statements if "FROM holidays" in one and "EXTRACT" in one] == []
        async with installation.sessions.begin() as session:
            assert await remove_holiday(session, date(2026, 5, 12))
        assert await eventually(lambda: named(None)) < 1.0


async def test_a_list_and_a_search_are_read_in_a_bounded_number_of_statements(
    installation: Installation, client: httpx.AsyncClient
) -> None:
    for n in range(12):
        await published(installation, f"第{n}场", date(2026, 5, 2), date(2026, 5, 3))
    for query, most in (("", 3), ("?q=场", 4), ("?from=2026-05-01&limit=2", 3), ("?from=2026-05-01&q=场&region=310110", 4)):
        with sent(installation) as statements:
            assert len((await client.get(f"/api/v1/events{query}")).json()["items"]) >= 2
        assert len(statements) <= most, statements


async def test_without_polls_nothing_kept_is_handed_out(installation: Installation, client: httpx.AsyncClient) -> None:
    event_id = await published(installation, "一")
    assert await count(client) == 1
    async with installation.sessions.begin() as session:
        await session.execute(update(Event).where(Event.id == event_id).values(status="draft"))
    assert await count(client) == 0


async def test_without_a_database_the_answer_is_a_refusal_and_no_empty_month(installation: Installation) -> None:
    url = installation.engine.url.set(port=1)
    gone = open_installation(installation.settings, url.render_as_string(hide_password=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_over(gone)), base_url="http://test") as client:
        answer = await client.get(ADDRESS)
    assert (answer.status_code, answer.json()["code"], "retry-after" in answer.headers) == (503, "busy", True)


async def test_states_that_time_turns_are_turned_at_their_instant(installation: Installation, client: httpx.AsyncClient) -> None:
    opens, closes = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    window = [Range(opens, closes)]
    await published(installation, "报名", date(2026, 5, 2), registration_windows=window, registration_free=window)
    over = datetime(2026, 5, 3, tzinfo=SHANGHAI)
    ready = ready_of(client)
    seen = []
    async with ready.polling():
        await eventually(lambda: trusted(ready))
        for at in (NOON, opens - timedelta(seconds=1), opens, closes, over - timedelta(seconds=1), over):
            with clock.frozen(at):
                found = (await client.get(ADDRESS)).json()["days"][1]["events"][0]
                kept = await count(client, "?registration=open"), await count(client, "?status=finished")
                seen.append((found["registration"], found["status"], *kept))
    assert seen == [
        ("upcoming", "published", 0, 0),
        ("upcoming", "published", 0, 0),
        ("open", "published", 1, 0),
        ("closed", "published", 0, 0),
        ("closed", "published", 0, 0),
        ("closed", "finished", 0, 1),
    ]


async def test_a_reading_begun_before_a_commit_is_not_kept_after_it(installation: Installation) -> None:
    ready = Ready(installation.reader)
    gate = asyncio.Event()

    async def slow() -> ReadyAnswer:
        await gate.wait()
        return answer(b"old")

    async def fresh() -> ReadyAnswer:
        return answer(b"new")

    async with asyncio.timeout(5), ready.polling():
        await eventually(lambda: trusted(ready))
        early = asyncio.create_task(ready.get("key", ["2026-05"], slow))
        await asyncio.sleep(0)
        ready.committed({"2026-05": 7})
        assert (await ready.get("key", ["2026-05"], fresh)).body == b"new"
        gate.set()
        assert (await early).body == b"old"
        assert (await ready.get("key", ["2026-05"], slow)).body == b"new"


async def test_what_is_kept_stays_within_its_bytes_and_loses_the_least_asked_for(installation: Installation) -> None:
    ready = Ready(installation.reader, most_bytes=20_000)
    made: list[str] = []

    async def ask(name: str) -> None:
        async def make() -> ReadyAnswer:
            made.append(name)
            return answer(name.encode() * 5_000)

        await ready.get(name, ["2026-05"], make)

    async with ready.polling():
        await eventually(lambda: trusted(ready))
        for name in ("a", "b", "a", "c", "a", "b"):
            await ask(name)
    assert made == ["a", "b", "c", "b"]


async def test_a_month_is_found_by_the_index_of_days(installation: Installation) -> None:
    wanted = month_query(date(2026, 5, 1)).compile(installation.engine.sync_engine, compile_kwargs={"literal_binds": True})
    async with installation.sessions.begin() as session:
        for n in range(240):
            await add_event(session, f"第{n}场", date(2016 + n // 24, n // 2 % 12 + 1, 2))
        await session.execute(text("ANALYZE events"))  # what other tests left of statistics would decide otherwise
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join((await session.scalars(text(f"EXPLAIN {str(wanted).replace(':', chr(92) + ':')}"))).all())
    assert "ix_events_dates" in plan


async def test_events_without_any_day_are_read_into_no_month(installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "待定的棋赛", date_text="待定")
        dated = await add_event(session, "龙舟赛", date(2026, 5, 2))
    months: Months = app_over(installation).state.months
    assert (await months.snapshot(date(2026, 5, 1))).pieces.keys() == {dated}


async def test_a_filter_narrows_the_month_that_was_read(installation: Installation, client: httpx.AsyncClient) -> None:
    await published(installation, "滨江跑")
    await published(installation, "校园杯")
    snapshot = await months_of(client).snapshot(date(2026, 5, 1))
    view = filtered(snapshot, Filters(q=("滨江",)))
    assert ([entry.title for entry in view.entries().values()], snapshot.valid_until > clock.now()) == (["滨江跑"], True)


CHANGES = (
    "UPDATE events SET title = '改名' WHERE title = '甲'",
    "UPDATE occurrences SET label = '决赛'",
    "UPDATE occurrences SET removed_at = now() WHERE position = 1",
    "UPDATE venues SET name = '新馆'",
    "UPDATE series SET name = '新系列'",
    "UPDATE boards SET name = '新板块'",
    "UPDATE events SET first_on = '2026-06-01', last_on = '2026-06-01' WHERE title = '乙'",
    "UPDATE events SET status = 'draft' WHERE title = '丙'",
)


async def test_of_a_changed_month_only_what_was_written_is_read_again_and_nothing_of_it_is_missed(
    installation: Installation, client: httpx.AsyncClient
) -> None:
    async with installation.sessions.begin() as session:
        series, (board,) = await add_series(session, "xiu", "秀出来", "滨江")
        venue = await add_venue(session, "老馆")
        days = date(2026, 5, 2), date(2026, 5, 3)
        await add_event(session, "甲", *days, series_id=series, board_id=board, venue_id=venue)
        for title in ("乙", "丙", "丁"):
            await add_event(session, title, *days)
    months, first = months_of(client), date(2026, 5, 1)
    async with months.ready.polling():
        await eventually(lambda: trusted(months.ready))
        before = await months.snapshot(first)
        untouched = next(key for key, piece in before.pieces.items() if piece.entry.title == "丁")
        for change in CHANGES:
            async with installation.sessions.begin() as session:
                await session.execute(text(change))
                await touch(session, ["2026-05"])
            after = await months.snapshot(first)
            afresh = await replace(months, ready=Ready(installation.reader)).snapshot(first)
            assert encode_month(after.view, after.pieces) == encode_month(afresh.view, afresh.pieces), change
            assert encode_month(after.view, after.pieces) != encode_month(before.view, before.pieces), change
            assert (after.pieces[untouched] is before.pieces[untouched]) is ("occurrences" not in change)
            before = after


def answer(body: bytes) -> ReadyAnswer:
    return ReadyAnswer(body, "text/plain", clock.now() + timedelta(days=1))


def months_of(client: httpx.AsyncClient) -> Months:
    found: Months = app_of(client).state.months
    return found


def ready_of(client: httpx.AsyncClient) -> Ready:
    return months_of(client).ready
