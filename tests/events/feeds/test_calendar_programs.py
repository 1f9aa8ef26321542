"""A feed as programs that people use read it: vdirsyncer subscribes over HTTP, khal shows what came."""

import asyncio
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.dates import Daypart
from events.calendar.ical.rendering import render_event
from events.calendar.models import Occurrence
from events.calendar.rules import Datum, OccurrenceStatus
from infra import clock
from infra.installation import Installation
from tests.filling import Day, add_event, add_venue, occurrence, touch
from tests.serving import served

TITLE = "滨江; 半程,马拉松 🏃"
KHAL = """
[calendars]
[[saili]]
path = {folder}/events
[[imported]]
path = {folder}/imported
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = imported
"""
VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair saili]
a = "web"
b = "folder"
collections = null
conflict_resolution = "a wins"
[storage web]
type = "http"
url = "{url}"
[storage folder]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""


async def run(program: str, *arguments: str, folder: Path) -> str:
    """What an installed program prints; it must succeed, and its home is the folder."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name(program)),
        *arguments,
        env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, printed.decode()
    return printed.decode()


async def listed(folder: Path, calendar: str) -> list[str]:
    """What khal shows of the next 20 days, each event once."""
    shown = ("list", "-a", calendar, "--day-format", "", "--once", "--format", "{title}|{start}|{end}|{status}", "today", "20d")
    return [line.strip() for line in (await run("khal", "-c", f"{folder}/khal.conf", *shown, folder=folder)).splitlines() if line]


async def fill(session: AsyncSession) -> list[Occurrence]:
    """Three sessions of one event: at nine on the fifth day from now, all of the seventh, and a run of nine days after it."""
    zone = session.info["settings"].zone
    today = clock.today(zone)
    nine = datetime.combine(today + timedelta(days=5), time(9), zone)
    days: list[Day] = [nine, today + timedelta(days=7), (today + timedelta(days=9), today + timedelta(days=17))]
    sessions = [occurrence(position, day) for position, day in enumerate(days)]
    venue_id = await add_venue(session, "杨浦体育馆", address="隆昌路640号", lon=121.5, lat=31.3, datum=Datum.GCJ02)
    event_id = await add_event(session, TITLE, *sessions, venue_id=venue_id, summary="第一行\n第二行，" + "很长的说明" * 40)
    await render_event(session, event_id)
    return sessions


async def test_programs_that_subscribe_see_the_events_then_a_change_and_a_cancellation(installation: Installation, tmp_path: Path) -> None:
    async with installation.sessions.begin() as session:
        timed, day, run_of_days = await fill(session)
    await asyncio.to_thread((tmp_path / "khal.conf").write_text, KHAL.format(folder=tmp_path))
    vdirsyncer = ("vdirsyncer", "-c", f"{tmp_path}/vdirsyncer.conf")
    async with served(installation) as url:
        address = f"{url}/feeds/regions/310110.ics"
        await asyncio.to_thread((tmp_path / "vdirsyncer.conf").write_text, VDIRSYNCER.format(folder=tmp_path, url=address))
        await run(*vdirsyncer, "discover", "saili", folder=tmp_path)
        await run(*vdirsyncer, "sync", folder=tmp_path)
        assert await listed(tmp_path, "saili") == [
            f"{TITLE}|{timed.first_on} 09:00|{timed.first_on} 11:00|CONFIRMED",
            f"{TITLE}|{day.first_on}|{day.first_on}|CONFIRMED",
            f"{TITLE}|{run_of_days.first_on}|{run_of_days.last_on}|CONFIRMED",
        ]
        later = day.first_on + timedelta(days=1)
        async with installation.sessions.begin() as session:
            timed, day = await session.merge(timed), await session.merge(day)
            await touch(session, timed, status=OccurrenceStatus.CANCELLED)
            await touch(session, day, first_on=later, last_on=later, daypart=Daypart.EVENING, label="决赛")
            await render_event(session, day.event_id)
        await run(*vdirsyncer, "sync", folder=tmp_path)
    assert await listed(tmp_path, "saili") == [
        f"【已取消】{TITLE}|{timed.first_on} 09:00|{timed.first_on} 11:00|CANCELLED",
        f"{TITLE} 决赛 晚上|{later}|{later}|CONFIRMED",
        f"{TITLE}|{run_of_days.first_on}|{run_of_days.last_on}|CONFIRMED",
    ]


async def test_a_feed_saved_as_a_file_can_be_imported(installation: Installation, client: httpx.AsyncClient, tmp_path: Path) -> None:
    async with installation.sessions.begin() as session:
        timed, *_ = await fill(session)
    feed = await client.get("/feeds/events.ics?alarm=60")
    await asyncio.to_thread((tmp_path / "khal.conf").write_text, KHAL.format(folder=tmp_path))
    await asyncio.to_thread((tmp_path / "feed.ics").write_bytes, feed.content)
    await run("khal", "-c", f"{tmp_path}/khal.conf", "import", "--batch", "-a", "imported", f"{tmp_path}/feed.ics", folder=tmp_path)
    shown = await listed(tmp_path, "imported")
    assert len(shown) == 3
    assert shown[0] == f"{TITLE}|{timed.first_on} 09:00|{timed.first_on} 11:00|CONFIRMED"
