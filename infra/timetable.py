"""When each job of the clock is due next: one row a job, so that any number of clocks do it once, and a missed one is done late."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from infra import clock
from infra.database import Base


class Timetable(Base):
    """A job and the instant from which it is due."""

    __tablename__ = "timetable"

    job: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]


async def enter(session: AsyncSession, jobs: Iterable[str]) -> None:
    """Make sure that each job has its row; a new one is due at once."""
    rows = [{"job": job, "due_at": clock.now()} for job in jobs]
    await session.execute(insert(Timetable).values(rows).on_conflict_do_nothing())


async def list_due(session: AsyncSession) -> list[str]:
    """The jobs that are due. Another clock may take any of them first."""
    return list(await session.scalars(select(Timetable.job).where(Timetable.due_at <= clock.now()).order_by(Timetable.due_at)))


async def take(session: AsyncSession, job: str, *, due_at: datetime) -> bool:
    """Take a due job in this transaction and set when it is due again. False when another clock has it or has done it."""
    mine = select(Timetable.job).where(Timetable.job == job, Timetable.due_at <= clock.now()).with_for_update(skip_locked=True)
    if await session.scalar(mine) is None:
        return False
    await session.execute(update(Timetable).where(Timetable.job == job).values(due_at=due_at))
    return True
