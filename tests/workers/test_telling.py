"""From a commit to the mail, through every broker there is."""

import os
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import select

from events.calendar import occurrences, service
from events.calendar.amending import amend_event
from events.calendar.models import Occurrence
from events.competitions import stops
from events.messages import EventChanged, RegistrationChanged
from events.registrations.models import Registration
from events.registrations.rules import RegistrationStatus
from events.registrations.withdrawals import withdraw
from infra import outbox
from infra.installation import Installation
from infra.outbox import Outbox
from tests.offices import YANGPU, draft, hour
from tests.waiting import until
from tests.workers.office import Sink, all_sent, enter_team, hold_event


@pytest.fixture(params=["postgres", "amqp"])
def broker_url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        return "postgres"
    if not (given := os.environ.get("SAILI_TEST_AMQP_URL")):
        pytest.skip("SAILI_TEST_AMQP_URL names no RabbitMQ")
    return given


def part(mail: EmailMessage, kind: str) -> str:
    """The text of the one part of this type."""
    [found] = [p for p in mail.walk() if p.get_content_type() == kind]
    return str(found.get_content())


@pytest.mark.usefixtures("at_work")
async def test_a_leader_is_told_in_text_and_html_with_the_event_for_the_calendar(office: Installation, sink: Sink) -> None:
    _, division_id = await hold_event(office)
    await enter_team(office, division_id, name="王芳", email="wang@example.org")
    await enter_team(office, division_id, name="Jane Doe", email="jane@example.org", language="en")
    await until(lambda: all_sent(office, 2))
    chinese, english = sorted(sink.mails, key=lambda mail: str(mail["Content-Language"]), reverse=True)
    assert (chinese["To"].addresses[0].addr_spec, chinese["To"].addresses[0].display_name) == ("wang@example.org", "王芳")
    assert "报名已确认：滨江龙舟赛" in chinese["Subject"]
    assert "You are in: 滨江龙舟赛" in english["Subject"]
    assert chinese["Auto-Submitted"] == "auto-generated"
    for mail, day in ((chinese, "2027年5月2日 周日 09:00"), (english, "Sun, May 2, 2027 09:00")):
        assert day in part(mail, "text/plain")
        assert day in part(mail, "text/html")
        assert "https://saili.example/registrations/manage#" in part(mail, "text/plain")
        calendar = Calendar.from_ical(part(mail, "text/calendar"))
        assert (calendar["METHOD"], [str(e["STATUS"]) for e in calendar.walk("VEVENT")]) == ("PUBLISH", ["CONFIRMED"] * 2)


@pytest.mark.usefixtures("at_work")
async def test_told_twice_of_the_same_a_team_gets_one_mail(office: Installation, sink: Sink) -> None:
    _, division_id = await hold_event(office)
    team_id = await enter_team(office, division_id)
    await until(lambda: all_sent(office, 1))
    async with office.sessions.begin() as session:
        [told] = await session.scalars(select(Outbox).where(Outbox.name == "RegistrationChanged"))
        await outbox.put_all(session, [RegistrationChanged(**told.body), RegistrationChanged(team_id, "manage_link", team_id)])
    await until(lambda: all_sent(office, 2))
    assert ["报名已确认" in mail["Subject"] for mail in sink.mails].count(True) == 1


@pytest.mark.usefixtures("at_work")
async def test_a_postponed_event_tells_its_active_teams_once_and_its_calendar_file_says_so(office: Installation, sink: Sink) -> None:
    event_id, division_id = await hold_event(office, quota=1)
    teams = [await enter_team(office, division_id, email=email) for email in ("a@example.org", "b@example.org", None, "d@example.org")]
    await until(lambda: all_sent(office, 3))
    async with office.sessions.begin() as session:
        (await session.get_one(Registration, teams[3])).status = RegistrationStatus.WITHDRAWN
    sink.received.clear()
    async with office.sessions.begin() as session:
        change = await service.postpone(session, YANGPU, event_id, reason="台风将至")
    async with office.sessions.begin() as session:
        await outbox.put(session, EventChanged(event_id, change.id))
    await until(lambda: all_sent(office, 5))
    assert sorted(mail["To"].addresses[0].addr_spec for mail in sink.mails) == ["a@example.org", "b@example.org"]
    for mail in sink.mails:
        assert ("活动延期" in mail["Subject"], "原因：台风将至" in part(mail, "text/plain")) == (True, True)
        assert "2027年5月2日 周日 09:00" in part(mail, "text/plain")  # what no longer holds
        assert "STATUS:CANCELLED" in part(mail, "text/calendar")


@pytest.mark.usefixtures("at_work")
async def test_a_moved_session_is_told_as_it_was_and_as_it_is(office: Installation, sink: Sink) -> None:
    event_id, division_id = await hold_event(office)
    await enter_team(office, division_id, language="en")
    await until(lambda: all_sent(office, 1))
    async with office.sessions.begin() as session:
        first = (await session.scalars(select(Occurrence).where(Occurrence.event_id == event_id).order_by(Occurrence.position))).first()
        assert first
        to = service.DraftSession(first.first_on.replace(day=9), first.last_on.replace(day=9), first.starts_at.replace(day=9))
        await occurrences.move_occurrence(session, YANGPU, first.id, to, reason="rain")
    await until(lambda: all_sent(office, 2))
    text = part(sink.mails[-1], "text/plain")
    assert "Before: Sun, May 2, 2027 09:00" in text
    assert "Now: Sun, May 9, 2027 09:00" in text


@pytest.mark.usefixtures("at_work")
async def test_a_postponed_event_with_new_dates_takes_teams_again(office: Installation) -> None:
    event_id, division_id = await hold_event(office, quota=1)
    first, second = [await enter_team(office, division_id) for _ in range(2)]
    async with office.sessions.begin() as session:
        await stops.postpone(session, YANGPU, event_id, reason="台风将至")
    async with office.sessions.begin() as session:
        await withdraw(session, first)
    async with office.sessions() as session:
        assert (await session.get_one(Registration, second)).status is RegistrationStatus.WAITLISTED
    async with office.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, draft(hour(2027, 6, 5, 9)), only={"when"})

    async def promoted() -> bool:
        async with office.sessions() as session:
            return (await session.get_one(Registration, second)).status is RegistrationStatus.CONFIRMED

    await until(promoted)
    await enter_team(office, division_id)
