"""A report on its way to the office: from the outbox through the worker to a mail server, with its tries."""

import pytest
from sqlalchemy import select

from events.messages import ReportDue
from events.reports import service
from events.reports.models import Report, ReportAttempt
from events.reports.rules import ReportState
from infra import clock
from infra.installation import Installation
from infra.mail import make_mailer
from infra.outbox import Outbox
from tests.teams import make_event
from tests.workers.office import Sink
from workers import reports
from workers.work import Work


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, make_mailer(office.settings))


async def reported(work: Work, **known: str) -> ReportDue:
    event = await make_event(work.installation, title="滨江<b>健步走</b>")
    said = {"message": "时间不对\n<script>alert(1)</script>", "contact": "王 13900000001"} | known
    async with work.installation.sessions.begin() as session:
        await service.set_mailbox(session, "310110", "yangpu@example.org")
        return ReportDue(await service.report(session, work.installation.keys, event, network="192.0.2.1", **said))


async def state(work: Work) -> tuple[ReportState, int, list[tuple[int, bool, str]]]:
    async with work.installation.sessions() as session:
        [made] = await session.scalars(select(Report))
        tries = await session.scalars(select(ReportAttempt).order_by(ReportAttempt.number))
        return made.state, made.attempts, [(one.number, one.accepted, one.answer) for one in tries]


async def test_the_office_reads_what_is_wrong_and_with_which_event(work: Work, sink: Sink) -> None:
    due = await reported(work)
    await reports.report_due(work, [due])
    [mail] = sink.mails
    assert (mail["To"], mail["Subject"]) == ("杨浦区 <yangpu@example.org>", "有人反映活动信息有误：滨江<b>健步走</b>")
    text, html = (part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    for said in ("时间不对", "王 13900000001", f"{work.installation.settings.public_url}/events/", "请核实后再改"):
        assert (said in text, said in html) == (True, True)
    assert "<script>" not in html
    assert await state(work) == (ReportState.SENT, 1, [(1, True, "taken")])


async def test_told_twice_it_is_sent_once(work: Work, sink: Sink) -> None:
    due = await reported(work)
    await reports.report_due(work, [due, due])
    await reports.report_due(work, [due])
    assert len(sink.mails) == 1


async def test_a_mail_refused_for_now_is_tried_again_and_one_refused_for_good_is_not(work: Work, sink: Sink) -> None:
    due = await reported(work)
    sink.answers = ["451 busy", "550 nobody"]
    await reports.report_due(work, [due])
    assert (await state(work))[0] is ReportState.QUEUED
    async with work.installation.sessions() as session:
        later = await session.scalars(select(Outbox.due_at).where(Outbox.name == "ReportDue", Outbox.due_at > clock.now()))
        assert len(later.all()) == 1
    await reports.report_due(work, [due])
    assert await state(work) == (ReportState.GIVEN_UP, 2, [(1, False, "451 busy"), (2, False, "550 nobody")])


async def test_a_report_whose_worker_was_lost_is_taken_up_again(work: Work, sink: Sink) -> None:
    due = await reported(work)
    async with work.installation.sessions.begin() as session:
        assert len(await service.claim(session, [due.report_id])) == 1
    await reports.report_due(work, [due])
    assert sink.mails == []
    with clock.frozen(clock.now() + service.LEASE * 2):
        async with work.installation.sessions.begin() as session:
            await service.requeue_overdue(session)
        await reports.report_due(work, [due])
    assert (len(sink.mails), (await state(work))[:2]) == (1, (ReportState.SENT, 2))
