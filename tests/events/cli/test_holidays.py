import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from events.calendar.holidays import HolidayShown, read_holidays
from events.calendar.models import MonthRevision
from events.cli import main
from infra.installation import Installation


async def test_an_administrator_enters_a_year_that_is_not_announced_yet(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", installation.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    async with installation.reader.connect() as connection:
        assert await read_holidays(connection, 2031) is None
        assert await asyncio.to_thread(main, ["holidays", "set", "2031-01-01", "元旦"]) == 0
        assert await asyncio.to_thread(main, ["holidays", "set", "2031-01-04", "元旦", "--workday"]) == 0
        assert await read_holidays(connection, 2031) == {
            date(2031, 1, 1): HolidayShown("元旦", workday=False),
            date(2031, 1, 4): HolidayShown("元旦", workday=True),
        }
        assert await asyncio.to_thread(main, ["holidays", "remove", "2031-01-04"]) == 0
        assert await asyncio.to_thread(main, ["holidays", "set", "2031-01-01", "新年"]) == 0
        assert await read_holidays(connection, 2031) == {date(2031, 1, 1): HolidayShown("新年", workday=False)}
        told = (await connection.scalars(select(MonthRevision.month).order_by(MonthRevision.month))).all()
    assert told == [*(f"2031-{n:02}" for n in range(1, 13)), "daysoff"]


async def test_what_an_administrator_entered_stands_over_the_shipped_table(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", installation.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    await asyncio.to_thread(main, ["holidays", "set", "2026-05-01", "国际劳动节"])
    async with installation.reader.connect() as connection:
        found = await read_holidays(connection, 2026) or {}
    assert [found[date(2026, 5, n)].name for n in (1, 2)] == ["国际劳动节", "劳动节"]
