"""Public holidays and make-up working days 调休: the shipped table of the published notices, and what an administrator entered over it."""

from collections.abc import Collection, Mapping
from datetime import date

import msgspec
from chinese_calendar.constants import Holiday as Festival
from chinese_calendar.constants import holidays as shipped_holidays
from chinese_calendar.constants import workdays as shipped_workdays
from sqlalchemy import delete, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from events.calendar.models import Holiday
from events.calendar.ready import HOLIDAYS
from events.calendar.revisions import months_between, touch

SHIPPED_YEARS = range(min(shipped_holidays).year, max(shipped_holidays).year + 1)
SHIPPED_OFF, SHIPPED_WORKED = frozenset(shipped_holidays), frozenset(shipped_workdays)


class HolidayShown(msgspec.Struct, frozen=True):
    """A day off, or a weekend day that is worked for one (`workday`)."""

    name: str
    workday: bool


async def read_holidays(connection: AsyncConnection | AsyncSession, year: int) -> Mapping[date, HolidayShown] | None:
    """The holidays of a year by their dates; None while nobody has announced that year's."""
    rows = await connection.execute(select(Holiday.on, Holiday.name, Holiday.workday).where(extract("year", Holiday.on) == year))
    entered = {on: HolidayShown(name, workday) for on, name, workday in rows}
    if year not in SHIPPED_YEARS and not entered:
        return None
    return shipped(year) | entered


async def holidays_among(connection: AsyncConnection | AsyncSession, days: Collection[date]) -> Mapping[date, HolidayShown]:
    """Which of some days are holidays or worked for one, whatever their years."""
    rows = await connection.execute(select(Holiday.on, Holiday.name, Holiday.workday).where(Holiday.on.in_(days)))
    known = {on: holiday for year in {on.year for on in days} for on, holiday in shipped(year).items() if on in days}
    return known | {on: HolidayShown(name, workday) for on, name, workday in rows}


def shipped(year: int) -> dict[date, HolidayShown]:
    """What the shipped table knows of a year."""
    off = {on: HolidayShown(_chinese(name), workday=False) for on, name in shipped_holidays.items() if on.year == year}
    worked = {on: HolidayShown(_chinese(name), workday=True) for on, name in shipped_workdays.items() if on.year == year}
    return off | worked


def _chinese(name: str) -> str:
    return str(Festival(name).chinese)


async def set_holiday(session: AsyncSession, on: date, name: str, *, workday: bool) -> None:
    """Say what a day is, over the shipped table. Its first day announces a year, so all its months are told."""
    row = {"name": name, "workday": workday}
    await session.execute(insert(Holiday).values(on=on, **row).on_conflict_do_update(index_elements=[Holiday.on], set_=row))
    await touch(session, [HOLIDAYS, *months_between(date(on.year, 1, 1), date(on.year, 12, 1))])


async def remove_holiday(session: AsyncSession, on: date) -> bool:
    """Take back what was said of a day, and return whether anything was."""
    gone = await session.scalar(delete(Holiday).where(Holiday.on == on).returning(Holiday.on))
    await touch(session, [HOLIDAYS, *months_between(date(on.year, 1, 1), date(on.year, 12, 1))])
    return gone is not None
