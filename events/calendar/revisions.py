"""Each month has a counter that a commit raises when it changes what the month shows. Whatever is kept ready is told by it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import event, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session

from events.calendar.models import MonthRevision
from infra import clock

# Keys of `session.info`: who is told in this process, and what of (set where the session factory is made, and by `touch`).
WATCHER, TOUCHED = "months_watcher", "months_touched"


class Watcher(Protocol):
    """Whoever keeps months ready in this process."""

    def committed(self, revisions: dict[str, int]) -> None: ...


def months_between(first_on: date | None, last_on: date | None) -> list[str]:
    """The months (`2026-05`) that a stretch of days touches, in order; none when there are no days."""
    if first_on is None or last_on is None:
        return []
    span = range(first_on.year * 12 + first_on.month - 1, last_on.year * 12 + last_on.month)
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in span]


async def touch(session: AsyncSession, months: Iterable[str]) -> None:
    """Raise the revision of each month, in one statement and always in the same order: the last lock before the outbox.

    Every writer calls it with the months that the event touched before the change and those it touches after it.
    """
    wanted = sorted(set(months))
    if not wanted:
        return
    raised = insert(MonthRevision).values([{"month": month, "revision": 1, "touched_at": clock.now()} for month in wanted])
    grown = func.greatest(raised.excluded.touched_at, MonthRevision.touched_at + timedelta(seconds=1))
    raised = raised.on_conflict_do_update(index_elements=["month"], set_={"revision": MonthRevision.revision + 1, "touched_at": grown})
    rows = await session.execute(raised.returning(MonthRevision.month, MonthRevision.revision))
    session.info.setdefault(TOUCHED, {}).update({row.month: row.revision for row in rows})


def show_anew(session: AsyncSession, event_id: UUID) -> None:
    """Let this process make the event's own page anew once it has committed.

    No row is written, for a division's places change with every team. Other processes keep such a page for a second at the most.
    """
    session.info.setdefault(TOUCHED, {})[page_of(event_id)] = 0


def page_of(event_id: UUID) -> str:
    """What an event's own page is kept under, beside the months."""
    return f"event {event_id}"


async def read_revisions(connection: AsyncConnection) -> dict[str, int]:
    """The revision of every month that was ever touched."""
    rows = await connection.execute(select(MonthRevision.month, MonthRevision.revision))
    return {row.month: row.revision for row in rows}


async def read_touched(connection: AsyncConnection, months: Sequence[str]) -> datetime | None:
    """When any of these months was last touched: whatever is made of what is read after this is at least as new."""
    touched: datetime | None = await connection.scalar(select(func.max(MonthRevision.touched_at)).where(MonthRevision.month.in_(months)))
    return touched


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    """A commit made here shows here at once: nobody waits for the next poll. A savepoint's release is no commit, and what a rollback
    leaves behind is told with the next one, which costs a month read too often.
    """
    watcher: Watcher | None = session.info.get(WATCHER)
    if not session.in_nested_transaction() and (touched := session.info.pop(TOUCHED, None)) and watcher:
        watcher.committed(touched)
