"""Telling team leaders and followers, after the commit that gave cause for it."""

import asyncio
import logging
import time
from collections.abc import Sequence

from events.feeds.rules import export_due
from events.messages import DeliveryDue, DigestDue, EventChanged, FeedsDue, LinkAsked, RegistrationChanged, SignUpsOpen
from events.notices import bulletin_letters, following, letters, service, subscribing
from events.notices.bulletins import Bulletin
from events.notices.queries import Notice
from events.notices.rules import TRYING, Channel
from events.notices.service import Outcome
from events.posters.service import foresee
from events.registrations.promotions import resume
from infra import clock, outbox
from infra.mail import Gone, NotAccepted
from workers.work import Work

log = logging.getLogger(__name__)


async def registration_changed(work: Work, messages: Sequence[RegistrationChanged]) -> None:
    async with work.installation.sessions.begin() as session:
        await service.plan_registrations(session, messages)


async def event_changed(work: Work, messages: Sequence[EventChanged]) -> None:
    """Open again the sign-ups of an event that returns, tell its teams and followers, and have its feeds and its picture made."""
    for message in messages:
        async with work.installation.sessions.begin() as session:
            await resume(session, message.event_id)
            await service.plan_event(session, message)
            await following.plan_change(session, message)
            await outbox.put(session, FeedsDue(message.event_id), due_at=export_due(clock.now()))
    async with work.installation.sessions.begin() as session:
        await foresee(session, [message.event_id for message in messages])


async def sign_ups_open(work: Work, messages: Sequence[SignUpsOpen]) -> None:
    for message in messages:
        async with work.installation.sessions.begin() as session:
            await following.plan_sign_ups(session, message)


async def digest_due(work: Work, messages: Sequence[DigestDue]) -> None:
    """Plan an issue in batches, each a transaction of its own, so that mail leaves from the first on."""
    for message in messages:
        async with work.installation.sessions.begin() as session:
            last = await following.plan_digest(session, message.issue)
        while last is not None:
            async with work.installation.sessions.begin() as session:
                last = await following.plan_digest(session, message.issue, after=last)


async def link_asked(work: Work, messages: Sequence[LinkAsked]) -> None:
    async with work.installation.sessions.begin() as session:
        for message in messages:
            await subscribing.send_link(session, message.ask_id)


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


async def _send(work: Work, notice: Notice | Bulletin, deadline: float) -> Outcome:
    """One try, over before the lease is: what has no answer by then counts as refused for now."""
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            answer = await _hand_over(work, notice)
    except NotAccepted as refused:
        log.warning("delivery %s was not accepted; its history says why", notice.id)  # the answer may hold the address
        return Outcome(notice, str(refused), accepted=False, permanent=refused.permanent, gone=isinstance(refused, Gone))
    except TimeoutError:
        log.warning("delivery %s had no answer in time", notice.id)
        return Outcome(notice, "no answer in time", accepted=False)
    except ValueError as error:
        log.warning("delivery %s cannot be written; its history says why", notice.id)
        return Outcome(notice, f"cannot be written: {error}", accepted=False, permanent=True)
    return Outcome(notice, answer, accepted=True)


async def _hand_over(work: Work, notice: Notice | Bulletin) -> str:
    """By whichever way the notice leaves; the receiver's answer. Raises NotAccepted, ValueError."""
    if isinstance(notice, Notice):
        return await work.mailer.send(letters.compose(notice, work.installation))
    if notice.channel is Channel.MAIL:
        return await work.mailer.send(bulletin_letters.compose(notice, work.installation))
    if work.pusher is None:
        raise NotAccepted("pushing is turned off", permanent=True)
    return await work.pusher.send(bulletin_letters.compose_push(notice, work.installation))
