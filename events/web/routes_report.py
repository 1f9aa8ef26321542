"""Reporting an error of an event on a page, without JavaScript: a form, and what becomes of the report."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.entries import Entry, find_entry
from events.errors import Faulty, NotFound, TooManyReports
from events.reports.rules import KEPT, MOST_CONTACT, MOST_MESSAGE
from events.reports.service import mailbox_of, report
from events.web.entrance import same_site
from events.web.pages import page, read, reader_of, see_other
from events.web.registering import sentences
from events.web.routes_registering import posted
from infra.installation import Installation
from infra.web import AnyRequest, network_from

# A field that people don't see: whoever fills it in is a program.
TRAP = "website"


async def _event(session: AsyncSession, installation: Installation, event_id: UUID) -> Entry:
    entry = await find_entry(session, event_id, installation.settings.zone)
    if entry is None:
        raise NotFound
    return entry


def _form(request: AnyRequest, entry: Entry, **own: Any) -> Response[bytes]:
    shown: dict[str, Any] = {"message": "", "contact": "", "faults": {}, "refusal": None, "trap": TRAP}
    limits = {"most_message": MOST_MESSAGE, "most_contact": MOST_CONTACT, "days": KEPT.days}
    return page(request, "report.html", event=entry, **(shown | limits | own))


@read("/events/{event_id:uuid}/report")
async def report_form(
    request: AnyRequest, event_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """The empty form."""
    return _form(request, await _event(session, installation, event_id))


@post("/events/{event_id:uuid}/report", include_in_schema=False)
async def send_report(
    request: AnyRequest, event_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Keep the report and say what becomes of it; or the form again, with what was typed and what is wrong with it."""
    same_site(request)
    sent, reader = dict(await posted(request)), reader_of(request)
    done = see_other(f"/events/{event_id}/report/sent{reader.language_query}")
    if sent.get(TRAP):
        return done
    message, contact = sent.get("message", ""), sent.get("contact", "")
    typed = {"message": message, "contact": contact}
    try:
        network = network_from(request, installation)
        await report(session, installation.keys, event_id, message=message, contact=contact, network=network)
    except Faulty as refusal:
        faults = sentences(refusal.faults, reader.language)
        return _form(request, await _event(session, installation, event_id), code=422, faults=faults, **typed)
    except TooManyReports as refusal:
        detail = refusal.detail(reader.language)
        return _form(request, await _event(session, installation, event_id), code=429, refusal=detail, **typed)
    return done


@read("/events/{event_id:uuid}/report/sent")
async def report_sent(
    request: AnyRequest, event_id: FromPath[UUID], session: NamedDependency[AsyncSession], installation: NamedDependency[Installation]
) -> Response[bytes]:
    """Thanks, and who reads it; where nobody's mailbox is known, whom to call."""
    entry = await _event(session, installation, event_id)
    mailed = await mailbox_of(session, entry.region.code) is not None
    contact = (entry.details.contact if entry.details else None) or installation.settings.site_contact
    return page(request, "reported.html", event=entry, mailed=mailed, contact=contact, days=KEPT.days)


ROUTES = [report_form, send_report, report_sent]
