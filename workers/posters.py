"""Making posters, after the commit in which somebody asked for one."""

from collections.abc import Sequence
from datetime import timedelta

from events.messages import PosterDue, PostersOld
from events.posters.making import make, remove_old
from infra import clock, outbox
from workers.work import Work

# Posters that one message makes, so that it ends long before an actor's time is up; and when the others come again.
AT_ONCE, LATER = 8, timedelta(seconds=1)


async def poster_due(work: Work, messages: Sequence[PosterDue]) -> None:
    """One at a time. What finds the press at work goes back to the outbox: a thread that waited here would be missing for mail."""
    if work.press.locked():
        await _put_back(work, messages)
        return
    async with work.press:
        for message in messages[:AT_ONCE]:
            await make(work.installation, message.poster_id)
    await _put_back(work, messages[AT_ONCE:])


async def _put_back(work: Work, messages: Sequence[PosterDue]) -> None:
    if messages:
        async with work.installation.sessions.begin() as session:
            await outbox.put_all(session, messages, due_at=clock.now() + LATER)


async def posters_old(work: Work, _: Sequence[PostersOld]) -> None:
    await remove_old(work.installation)
