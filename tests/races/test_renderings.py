import asyncio
from datetime import date

from sqlalchemy import select, text

from events.calendar.ical.rendering import render_event, render_stale
from events.calendar.models import Occurrence
from infra.installation import Installation
from tests.filling import add_event, occurrence, touch
from tests.waiting import until

ONE_WAITS = text("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def test_a_batch_that_read_before_a_change_does_not_overwrite_it(installation: Installation) -> None:
    one = occurrence(0, date(2026, 5, 2))
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, "篮球赛", one)

    async def batch() -> int:
        async with installation.sessions.begin() as session:
            return await render_stale(session)

    async def waits() -> bool:
        async with installation.reader.connect() as connection:
            return bool(await connection.scalar(ONE_WAITS))

    async with installation.sessions.begin() as session:
        await touch(session, await session.merge(one), label="决赛")
        await render_event(session, event_id)
        task = asyncio.create_task(batch())
        await until(waits)
    assert await task == 1
    async with installation.sessions() as session:
        kept = (await session.execute(select(Occurrence.vevent, Occurrence.vevent_sequence))).one()
    assert kept.vevent_sequence == 1
    assert b"SEQUENCE:1" in kept.vevent
