"""What is done at a time and not upon a change. Any number of clocks may run: each job is done once, and a missed one is done late."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from events.notices.following import forget_told, issue_digest
from events.notices.service import requeue_overdue
from events.notices.subscribing import forget_unconfirmed
from events.posters import service as posters
from events.reports import service as reports
from infra import clock, timetable
from infra.database import told
from infra.installation import Installation, open_installation
from infra.settings import Settings
from workers.running import run, wait
from workers.upkeep import export_feeds_anew, forget_idempotency_keys, sweep_outbox

log = logging.getLogger(__name__)

TICK, LONGEST_PAUSE = 1.0, 10.0
NIGHT = time(3, 10)
# When people come home and make plans.
EVENING = time(17, 30)


@dataclass(frozen=True, slots=True)
class Job:
    """Work of one short transaction, and when it is due after an instant; the zone is the city's."""

    act: Callable[[AsyncSession], Awaitable[None]]
    next_due: Callable[[datetime, ZoneInfo], datetime]


def every(**period: float) -> Callable[[datetime, ZoneInfo], datetime]:
    return lambda now, _: now + timedelta(**period)


def daily(at: time) -> Callable[[datetime, ZoneInfo], datetime]:
    """The next time that the city's clocks show `at`."""

    def next_due(now: datetime, zone: ZoneInfo) -> datetime:
        today = datetime.combine(now.astimezone(zone).date(), at, zone)
        return today if today > now else datetime.combine(today.date() + timedelta(days=1), at, zone)

    return next_due


JOBS: dict[str, Job] = {
    "requeue overdue deliveries": Job(requeue_overdue, every(seconds=5)),
    "requeue overdue posters": Job(posters.requeue_overdue, every(seconds=15)),
    "sweep posters": Job(posters.sweep, every(hours=1)),
    "requeue overdue reports": Job(reports.requeue_overdue, every(seconds=5)),
    "forget old reports": Job(reports.forget, every(hours=1)),
    "sweep the outbox": Job(sweep_outbox, every(hours=1)),
    "forget idempotency keys": Job(forget_idempotency_keys, every(hours=1)),
    "issue the digest": Job(issue_digest, daily(EVENING)),
    "forget unconfirmed subscriptions": Job(forget_unconfirmed, every(hours=1)),
    "forget what followers were told": Job(forget_told, daily(NIGHT)),
    "export feeds": Job(export_feeds_anew, daily(NIGHT)),
}


def run_clock(settings: Settings, dsn: str) -> None:
    """Do what falls due until told to end."""

    async def work(stop: asyncio.Event) -> None:
        installation = open_installation(settings, dsn, pool_size=1, application="saili clock")
        log.info("the clock is at work")
        await keep_time(installation, stop)
        await installation.close()

    run(work)


async def keep_time(installation: Installation, stop: asyncio.Event) -> None:
    """Do the jobs as they fall due until told to stop. When the database is away, say so, and try again after a growing pause."""
    pause = TICK
    while not stop.is_set():
        try:
            await tick(installation)
            pause = TICK
        except Exception as error:  # the database may come back; a clock that ended would help nobody
            pause = min(2 * pause, LONGEST_PAUSE)
            log.warning("the clock waits (%s); trying again in %g s", told(error).partition("\n")[0], pause)
        await wait(stop, pause)


async def tick(installation: Installation) -> list[str]:
    """Do what is due, each job in a transaction of its own; the names of those that were ours to do."""
    async with installation.sessions.begin() as session:
        await timetable.enter(session, JOBS)
        due = await timetable.list_due(session)
    return [name for name in due if name in JOBS and await _do(installation, name, JOBS[name])]


async def _do(installation: Installation, name: str, job: Job) -> bool:
    """One that fails stays due, and is in nobody's way."""
    try:
        async with installation.sessions.begin() as session:
            mine = await timetable.take(session, name, due_at=job.next_due(clock.now(), installation.settings.zone))
            if mine:
                await job.act(session)
    except Exception:
        log.exception("the job %r failed", name)
        return False
    return mine
