import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from events.messages import FeedsDue
from events.registrations.models import IdempotencyKey
from infra import clock, outbox
from infra.installation import Installation
from infra.outbox import Outbox
from infra.timetable import Timetable
from tests.workers.office import open_office
from workers.clock import JOBS, tick

NIGHT = datetime(2026, 5, 2, 19, 10, tzinfo=UTC)  # 03:10 on 3 May in Shanghai


async def messages(office: Installation, name: str) -> int:
    async with office.sessions() as session:
        return len(list(await session.scalars(select(Outbox).where(Outbox.name == name))))


async def test_two_clocks_export_the_feeds_once_a_night_at_the_citys_hour(office: Installation) -> None:
    other = open_office(office.settings)
    with clock.frozen(NIGHT - timedelta(hours=2)):
        await tick(office)  # the first of all ticks does everything
        first = await messages(office, "FeedsDue")
    for minutes, expected in ((-1, 0), (0, 1), (1, 1), (24 * 60 - 1, 1), (24 * 60, 2)):
        with clock.frozen(NIGHT + timedelta(minutes=minutes)):
            done = await asyncio.gather(*(tick(o) for o in (office, other, office, other)))
        assert await messages(office, "FeedsDue") == first + expected
        assert [job for jobs in done for job in jobs].count("export feeds") == (minutes in (0, 24 * 60))
    await other.close()


async def test_a_night_that_no_clock_ran_is_made_up_for_once(office: Installation) -> None:
    with clock.frozen(NIGHT - timedelta(hours=2)):
        await tick(office)
        before = await messages(office, "FeedsDue")
    with clock.frozen(NIGHT + timedelta(days=3, hours=5)):
        await tick(office)
        await tick(office)
        assert await messages(office, "FeedsDue") == before + 1
        async with office.sessions() as session:
            assert (await session.get_one(Timetable, "export feeds")).due_at == NIGHT + timedelta(days=4)


async def test_a_job_that_fails_is_due_again_and_keeps_no_other_from_being_done(office: Installation) -> None:
    async def fail(_: object) -> None:
        raise ZeroDivisionError

    JOBS["a job that fails"] = type(JOBS["export feeds"])(fail, JOBS["export feeds"].next_due)
    try:
        with clock.frozen(NIGHT):
            done = await tick(office)
    finally:
        del JOBS["a job that fails"]
    async with office.sessions() as session:
        assert (await session.get_one(Timetable, "a job that fails")).due_at <= NIGHT
    assert set(done) == set(JOBS)


async def test_messages_that_were_taken_are_swept_after_a_day_and_waiting_ones_never(office: Installation) -> None:
    async with office.sessions.begin() as session:
        for _ in range(3):
            await outbox.put(session, FeedsDue())
        rows = list(await session.scalars(select(Outbox).order_by(Outbox.id)))
        rows[0].taken_at, rows[1].taken_at = clock.now() - timedelta(hours=25), clock.now() - timedelta(hours=23)
        rows[2].due_at = clock.now() - timedelta(days=9)
    await tick(office)
    async with office.sessions() as session:
        left = set(await session.scalars(select(Outbox.id)))
    assert {row.id for row in rows} & left == {rows[1].id, rows[2].id}


async def test_keys_of_repeated_requests_are_forgotten_after_a_day(office: Installation) -> None:
    async with office.sessions.begin() as session:
        session.add_all(
            IdempotencyKey(scope=b"%d" % hours, body=b"", created_at=clock.now() - timedelta(hours=hours)) for hours in (25, 23)
        )
    await tick(office)
    async with office.sessions() as session:
        assert list(await session.scalars(select(IdempotencyKey.scope))) == [b"23"]
