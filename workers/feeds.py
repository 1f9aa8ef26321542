"""Rendering and exporting calendars, after the commit that changed what they show."""

from collections.abc import Sequence

from events.calendar.ical.rendering import render_stale
from events.feeds.rules import export_due
from events.feeds.service import export_feeds
from events.messages import FeedsDue, RenderingDue
from infra import clock, outbox
from workers.work import Work

BATCH = 500


async def rendering_due(work: Work, _: Sequence[RenderingDue]) -> None:
    """Render what waits, each batch in a transaction of its own, so that no row is locked for long; then the feeds are due."""
    rendered = BATCH
    while rendered == BATCH:
        async with work.installation.sessions.begin() as session:
            rendered = await render_stale(session, limit=BATCH)
    async with work.installation.sessions.begin() as session:
        await outbox.put(session, FeedsDue(), due_at=export_due(clock.now()))


async def feeds_due(work: Work, messages: Sequence[FeedsDue]) -> None:
    """Write the feeds that hold the events named, or all of them when one message names none."""
    event_ids = [message.event_id for message in messages if message.event_id]
    await export_feeds(work.installation, event_ids=event_ids if len(event_ids) == len(messages) else None)
