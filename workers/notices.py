"""Telling team leaders, after the commit that gave cause for it."""

import asyncio
import logging
import time
from collections.abc import Sequence

from events.feeds.rules import export_due
from events.messages import DeliveryDue, EventChanged, FeedsDue, RegistrationChanged
from events.notices import service
from events.notices.letters import compose
from events.notices.queries import Notice
from events.notices.rules import TRYING
from events.notices.service import Outcome
from events.registrations.promotions import resume
from infra import clock, outbox
from infra.mail import NotAccepted
from workers.work import Work

log = logging.getLogger(__name__)


async def registration_changed(work: Work, messages: Sequence[RegistrationChanged]) -> None:
    async with work.installation.sessions.begin() as session:
        await service.plan_registrations(session, messages)


async def event_changed(work: Work, messages: Sequence[EventChanged]) -> None:
    """Open again the sign-ups of an event that returns, tell its teams, and have the feeds that hold it written anew."""
    for message in messages:
        async with work.installation.sessions.begin() as session:
            await resume(session, message.event_id)
            await service.plan_event(session, message)
            await outbox.put(session, FeedsDue(message.event_id), due_at=export_due(clock.now()))


async def delivery_due(work: Work, messages: Sequence[DeliveryDue]) -> None:
    """Claim in one short transaction, send outside any, record in another: two commits for as many mails as came at once."""
    async with work.installation.sessions.begin() as session:
        notices = await service.claim(session, [message.delivery_id for message in messages])
    if not notices:
        return
    deadline = time.monotonic() + TRYING.total_seconds()
    outcomes = await asyncio.gather(*(_send(work, notice, deadline) for notice in notices))
    async with work.installation.sessions.begin() as session:
        await service.record(session, outcomes)


async def _send(work: Work, notice: Notice, deadline: float) -> Outcome:
    """One try, over before the lease is: what has no answer by then counts as refused for now."""
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            answer = await work.mailer.send(compose(notice, work.installation))
    except NotAccepted as refused:
        log.warning("delivery %s was not accepted; its history says why", notice.id)  # the answer may hold the address
        return Outcome(notice, str(refused), accepted=False, permanent=refused.permanent)
    except TimeoutError:
        log.warning("delivery %s had no answer in time", notice.id)
        return Outcome(notice, "no answer in time", accepted=False)
    except ValueError as error:
        log.warning("delivery %s cannot be written; its history says why", notice.id)
        return Outcome(notice, f"cannot be written: {error}", accepted=False, permanent=True)
    return Outcome(notice, answer, accepted=True)
