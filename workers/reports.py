"""Mailing what citizens report to the offices, after the commit of the report."""

import asyncio
import logging
from collections.abc import Sequence

from events.messages import ReportDue
from events.notices.rules import TRYING
from events.reports import service
from events.reports.letters import compose
from events.reports.queries import Reported
from events.reports.service import Outcome
from infra.mail import NotAccepted
from workers.work import Work

log = logging.getLogger(__name__)


async def report_due(work: Work, messages: Sequence[ReportDue]) -> None:
    """Claim in one short transaction, send outside any, record in another."""
    async with work.installation.sessions.begin() as session:
        claimed = await service.claim(session, [message.report_id for message in messages])
    for outcome in await asyncio.gather(*(_send(work, reported) for reported in claimed)):
        async with work.installation.sessions.begin() as session:
            await service.record(session, outcome)


async def _send(work: Work, reported: Reported) -> Outcome:
    """One try, over before the lease is: what has no answer by then counts as refused for now."""
    try:
        async with asyncio.timeout(TRYING.total_seconds()):
            return Outcome(reported, await work.mailer.send(compose(reported, work.installation)), accepted=True)
    except NotAccepted as refused:
        log.warning("report %s was not accepted; its history says why", reported.id)  # the answer may hold the address
        return Outcome(reported, str(refused), accepted=False, permanent=refused.permanent)
    except TimeoutError:
        return Outcome(reported, "no answer in time", accepted=False)
    except ValueError as error:
        return Outcome(reported, f"cannot be written: {error}", accepted=False, permanent=True)
