"""Calendars, after the commit that changed what they show."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from events.calendar import service
from events.calendar.models import Event, Occurrence
from events.calendar.renaming import rename_venue
from events.messages import RenderingDue
from infra import clock
from infra.installation import Installation
from infra.mail import FolderMailer
from infra.outbox import Outbox
from tests.offices import YANGPU
from tests.waiting import until
from tests.workers.office import hold_event
from workers import feeds
from workers.work import Work

FEED = "feeds/tiers/district.ics"


async def shows(office: Installation, line: str) -> bool:
    """Whether the district's feed in the store has this for both sessions. Exports wait for one another's company: here none does."""
    async with office.sessions.begin() as session:
        await session.execute(update(Outbox).where(Outbox.name == "FeedsDue", Outbox.taken_at.is_(None)).values(due_at=clock.now()))
    path = office.settings.data / "store" / FEED
    return path.exists() and path.read_text().replace("\n ", "").count(line) == 2


@pytest.mark.usefixtures("at_work")
async def test_a_changed_event_is_in_the_exported_feeds_soon_after(office: Installation) -> None:
    event_id, _ = await hold_event(office)
    await until(lambda: shows(office, "SUMMARY:滨江龙舟赛"))
    async with office.sessions.begin() as session:
        await service.cancel(session, YANGPU, event_id, reason="台风")
    await until(lambda: shows(office, "SUMMARY:【已取消】滨江龙舟赛"))


@pytest.mark.usefixtures("at_work")
async def test_a_renamed_venue_is_rendered_and_exported_by_the_workers(office: Installation) -> None:
    event_id, _ = await hold_event(office)
    async with office.sessions.begin() as session:
        venue_id = (await session.get_one(Event, event_id)).venue_id
        assert venue_id
        await rename_venue(session, venue_id, "杨浦大桥公园")
    await until(lambda: shows(office, "LOCATION:杨浦大桥公园"))


async def test_a_rendering_of_more_than_a_batch_is_finished_batch_by_batch(
    office: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "BATCH", 2)
    for _ in range(3):
        await hold_event(office)
    stale = Occurrence.vevent_sequence.is_distinct_from(Occurrence.sequence)
    async with office.sessions.begin() as session:
        for occurrence in await session.scalars(select(Occurrence)):
            occurrence.sequence += 1
    await feeds.rendering_due(Work(office, FolderMailer(tmp_path)), [RenderingDue("renamed")])
    async with office.sessions() as session:
        assert await session.scalar(select(func.count()).where(stale)) == 0
        assert await session.scalar(select(func.count(Occurrence.id))) == 6
