"""Which of an event's sessions views show: all of a day, and of those asked for by time only the ones that fit."""

import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from events.calendar.dates import Daypart
from events.calendar.models import Occurrence
from events.calendar.rules import OccurrenceStatus
from infra.installation import Installation
from tests.events.web.test_month_page import cell, page
from tests.filling import add_event, occurrence

DAY = date(2027, 4, 3)
NINE = datetime(2027, 4, 3, 1, tzinfo=UTC)  # in the city


def halves(*days: date) -> list[Occurrence]:
    """A morning and an evening on each day."""
    parts = (Daypart.MORNING, Daypart.EVENING)
    return [occurrence(n, day, daypart=part) for n, (day, part) in enumerate((day, part) for day in days for part in parts)]


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("/calendar/2027-04", True),
        ("/calendar/2027-04/agenda", True),
        ("/calendar/week/2027-04-03", False),
        ("/calendar/2027-04/print", False),
        ("/embed/calendar/2027-04", True),
    ],
)
async def test_every_session_of_a_day_is_said(client: httpx.AsyncClient, installation: Installation, view: str, told: bool) -> None:
    off = occurrence(1, NINE + timedelta(hours=1), status=OccurrenceStatus.CANCELLED)
    async with installation.sessions.begin() as session:
        await add_event(session, "两场", *halves(DAY))
        await add_event(session, "一天四场", *(NINE + timedelta(hours=n) for n in range(4)))
        await add_event(session, "取消一场", occurrence(0, NINE + timedelta(hours=5)), off)
        await add_event(session, "分组", occurrence(0, DAY, label="男子"), occurrence(1, DAY, label="女子"))
    html = re.sub(r"<[^>]*>|\s", "", await page(client, view))
    assert "上午、晚上" in html
    assert "09:00等4场" in html
    assert "14:00" in html
    assert "10:00" not in html
    assert ("另有1场取消" in html) == told
    assert "2场" in html
    assert html.count("两场") == (2 if view == "/calendar/2027-04" else 1)


async def test_the_grid_and_the_api_hold_an_event_once_a_day(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        key = await add_event(session, "两场", *halves(DAY))
    assert cell(await page(client, "/calendar/2027-04"), "2027-04-03").count("两场") == 1
    days = (await client.get("/api/v1/calendar/2027-04")).json()["days"]
    assert [event["id"] for event in days[2]["events"]] == [str(key)]
    assert "morning, evening" in await page(client, "/calendar/2027-04?lang=en")
