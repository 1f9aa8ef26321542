"""Which of an event's sessions views show: all of a day, and of those asked for by time only the ones that fit."""

import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from events.calendar.dates import Daypart
from events.calendar.density import read_density
from events.calendar.filters import Filters
from events.calendar.holidays import set_holiday
from events.calendar.ical.rendering import render_stale
from events.calendar.models import Occurrence
from events.calendar.rules import OccurrenceStatus
from infra import clock
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


APRIL = [date(2027, 4, n) for n in range(1, 21)]
OFF = {date(2027, 4, n) for n in (3, 4, 5, 10, 11, 17, 18)}  # the weekends, and 清明 on Monday the 5th


async def fill(installation: Installation) -> None:
    """Mornings and evenings; an event whose weekend is in another month; one on working days alone."""
    async with installation.sessions.begin() as session:
        await set_holiday(session, date(2027, 4, 5), "清明节", workday=False)
        await add_event(session, "早晚操", *halves(*APRIL), date_text="4月1日至20日")
        await add_event(session, "跨月赛", date(2027, 4, 6), date(2027, 5, 8))
        await add_event(session, "工间操", date(2027, 4, 7), date(2027, 4, 8))


def days_of(html: str) -> dict[date, str]:
    """What a list holds on each day."""
    parts = re.split(r'id="d-(\d{4}-\d\d-\d\d)"', html)[1:]
    return {date.fromisoformat(on): part for on, part in zip(parts[::2], parts[1::2], strict=True)}


async def test_a_month_of_weekends_shows_only_days_off(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    html = await page(client, "/calendar/2027-04?when=weekend")
    assert days_of(html).keys() == OFF
    assert [on.day for on in APRIL if "早晚操" in cell(html, str(on))] == sorted(on.day for on in OFF)
    assert ("工间操" in html, "跨月赛" in html) == (False, False)
    assert "1 项活动" in html
    assert days_of(await page(client, "/calendar/2027-04/agenda?when=weekend")).keys() == OFF


async def test_evenings_are_shown_without_the_mornings(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    for view in ("/calendar/2027-04/agenda", "/calendar/2027-04", "/calendar/week/2027-04-03", "/calendar/2027-04/print"):
        html = await page(client, f"{view}?when=evening")
        assert (html.count(">晚上<") > (0 if "print" in view else 2), "上午" in html) == (True, False), view
    html = await page(client, "/embed/calendar/2027-04?when=evening")
    assert (html.count("<span>晚上</span>"), "上午" in html) == (20, False)
    assert "上午" in await page(client, "/events/" + html.partition("/events/")[2].partition('"')[0])  # its own page has them all


async def test_a_week_of_days_off_shows_only_these(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    html = await page(client, "/calendar/week/2027-04-05?when=weekend")
    assert [on for on, part in days_of(html).items() if "早晚操" in part] == [date(2027, 4, n) for n in (5, 10, 11)]
    assert "跨月赛" not in html


async def test_a_year_is_as_dark_as_its_sessions_that_were_asked_for(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    filters = Filters(when=("weekend",))
    async with installation.engine.connect() as connection:
        density = await read_density(connection, 2027, filters, clock.now(), installation.settings.zone)
    assert (density.days.keys(), density.months, density.events) == (
        OFF | {date(2027, 5, 8)},
        {date(2027, 4, 1): 1, date(2027, 5, 1): 1},
        2,
    )


@pytest.mark.parametrize("view", ["streets", "map"])
async def test_lists_of_events_say_the_days_that_were_asked_for(client: httpx.AsyncClient, installation: Installation, view: str) -> None:
    await fill(installation)
    assert "4月1日至20日" in await page(client, f"/calendar/2027-04/{view}")
    html = await page(client, f"/calendar/2027-04/{view}?when=weekend")
    assert "4月3日 周六" in html
    assert "等 14 场" in html
    assert "4月1日至20日" not in html


async def test_choices_count_the_events_that_a_month_then_shows(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    html = await page(client, "/calendar/2027-04")
    counted = re.findall(r'when=(\w+)"><span>[^<]*</span><span class="count">(\d+)</span>', html)
    assert dict(counted) == {"weekend": "1", "weekday": "3", "evening": "1"}


async def test_an_empty_month_leads_to_the_sessions_that_fit(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        await add_event(session, "跨月赛", date(2027, 4, 6), date(2027, 5, 8), date(2027, 6, 8))
    html = await page(client, "/calendar/2027-04?when=weekend")
    assert 'href="/calendar/2027-05?when=weekend">之后：5月' in html
    html = await page(client, "/calendar/2027-08?when=weekend")
    assert 'href="/calendar/2027-05?when=weekend">更早：5月' in html


async def test_the_api_and_the_feed_hold_the_sessions_that_fit(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    async with installation.sessions.begin() as session:
        await render_stale(session)
    month = (await client.get("/api/v1/calendar/2027-04?when=weekend")).json()
    assert {date.fromisoformat(day["date"]) for day in month["days"] if day["events"]} == OFF
    assert len(month["days"][2]["events"][0]["occurrences"]) == 40
    assert [event["title"] for event in (await client.get("/api/v1/events?when=weekend")).json()["items"]] == ["早晚操", "跨月赛"]
    with clock.frozen(datetime(2027, 4, 1, tzinfo=UTC)):
        evening, weekend = [(await client.get(f"/feeds/events.ics?when={kind}")).text for kind in ("evening", "weekend")]
    assert evening.count("BEGIN:VEVENT") == 20
    assert "上午" not in evening
    assert set(re.findall(r"DTSTART;VALUE=DATE:(\d+)", weekend)) == {f"{on:%Y%m%d}" for on in OFF | {date(2027, 5, 8)}}
