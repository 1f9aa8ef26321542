"""The life of a delivery: tries, history, giving up, and what is left when a worker is lost."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from events.calendar.amending import amend_event
from events.competitions import stops
from events.messages import MESSAGES, DeliveryDue, RegistrationChanged
from events.notices import service
from events.notices.models import Delivery
from events.notices.rules import PAUSES, DeliveryState
from events.registrations.models import Registration
from events.registrations.rules import RegistrationStatus
from events.registrations.withdrawals import void, withdraw
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.mail import make_mailer
from infra.outbox import Outbox
from tests.offices import YANGPU, draft, hour
from tests.workers.office import Sink, deliveries, enter_team, history, hold_event
from workers import notices
from workers.work import Work


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, make_mailer(office.settings))


async def planned(work: Work, **leader: object) -> DeliveryDue:
    """A team that is to be told, and the message of it."""
    _, division_id = await hold_event(work.installation, quota=1)
    team_id = await enter_team(work.installation, division_id, **leader)
    await notices.registration_changed(work, [RegistrationChanged(team_id, "confirmed", new_id())])
    [delivery] = await deliveries(work.installation)
    return DeliveryDue(delivery.id)


async def retries(office: Installation) -> list[timedelta]:
    """How long from now the messages of waiting deliveries are due."""
    async with office.sessions() as session:
        due = await session.scalars(select(Outbox.due_at).where(Outbox.name == "DeliveryDue", Outbox.due_at > clock.now()))
        return [timedelta(minutes=round((at - clock.now()).total_seconds() / 60)) for at in due]


async def test_a_mail_refused_for_now_is_tried_again_later_and_its_history_tells_both(work: Work, sink: Sink) -> None:
    due = await planned(work)
    sink.answers = ["451 too busy"]
    await notices.delivery_due(work, [due])
    [delivery] = await deliveries(work.installation)
    assert (delivery.state, await retries(work.installation)) == (DeliveryState.QUEUED, [PAUSES[0]])
    await notices.delivery_due(work, [due])
    [delivery] = await deliveries(work.installation)
    assert (delivery.state, delivery.attempts, len(sink.mails)) == (DeliveryState.SENT, 2, 1)
    assert await history(work.installation) == [(1, False, "451 too busy"), (2, True, "taken")]


@pytest.mark.parametrize("answer", ["550 no such user", "DATA 554 not that content"])
async def test_a_mail_refused_for_good_is_given_up_at_once(work: Work, sink: Sink, answer: str) -> None:
    due = await planned(work)
    sink.answers = [answer]
    await notices.delivery_due(work, [due])
    [delivery] = await deliveries(work.installation)
    assert (delivery.state, await retries(work.installation)) == (DeliveryState.GIVEN_UP, [])
    assert await history(work.installation) == [(1, False, answer.removeprefix("DATA "))]


async def test_an_address_that_can_be_none_is_given_up_without_asking_the_server(work: Work, sink: Sink) -> None:
    due = await planned(work)
    async with work.installation.sessions.begin() as session:
        await session.execute(update(Delivery).values(address="a@b> SIZE=1\r\nRCPT TO:<c@d"))
    await notices.delivery_due(work, [due])
    [delivery] = await deliveries(work.installation)
    assert (delivery.state, sink.sessions) == (DeliveryState.GIVEN_UP, set())


async def test_a_server_that_stays_away_is_given_up_after_the_last_pause(work: Work, sink: Sink) -> None:
    due = await planned(work)
    for pause in (*PAUSES, None):
        sink.answers = ["451 too busy"]
        before = len(await retries(work.installation))
        await notices.delivery_due(work, [due])
        [delivery] = await deliveries(work.installation)
        assert (delivery.state is DeliveryState.QUEUED, len(await retries(work.installation)) > before) == (pause is not None,) * 2
    assert (delivery.state, delivery.attempts) == (DeliveryState.GIVEN_UP, len(PAUSES) + 1)


async def test_what_another_worker_holds_is_left_to_it_until_its_lease_ends_and_then_sent_as_the_same_mail(work: Work, sink: Sink) -> None:
    due = await planned(work)
    async with work.installation.sessions.begin() as session:
        [held] = await service.claim(session, [due.delivery_id])
    await notices.delivery_due(work, [due])
    assert (sink.mails, held.attempts) == ([], 1)
    async with work.installation.sessions.begin() as session:
        await session.execute(update(Delivery).values(leased_until=clock.now() - timedelta(seconds=1)))
        await service.requeue_overdue(session)
    await notices.delivery_due(work, [due])
    async with work.installation.sessions.begin() as session:  # the first worker was only slow: its word comes last and settles nothing
        await service.record(session, [service.Outcome(held, "451 late", accepted=False)])
    [delivery] = await deliveries(work.installation)
    assert (delivery.state, [mail["Message-ID"] for mail in sink.mails]) == (DeliveryState.SENT, [f"<{delivery.id}@localhost>"])
    assert await history(work.installation) == [(1, False, "451 late"), (2, True, "taken")]


async def test_word_is_sent_again_of_a_delivery_whose_message_was_lost_but_not_while_one_may_be_on_its_way(work: Work) -> None:
    await planned(work)
    for late, expected in ((timedelta(minutes=9), 1), (timedelta(minutes=11), 2)):
        async with work.installation.sessions.begin() as session:
            await session.execute(update(Delivery).values(due_at=clock.now() - late))
            await service.requeue_overdue(session)
            await service.requeue_overdue(session)
        async with work.installation.sessions() as session:
            assert len(list(await session.scalars(select(Outbox).where(Outbox.name == "DeliveryDue")))) == expected


async def test_the_place_on_the_waitlist_is_that_of_the_moment_of_writing(work: Work, sink: Sink) -> None:
    _, division_id = await hold_event(work.installation, quota=1)
    teams = [await enter_team(work.installation, division_id) for _ in range(4)]
    await notices.registration_changed(work, [RegistrationChanged(team, "waitlisted", new_id()) for team in teams[2:]])
    async with work.installation.sessions.begin() as session:
        (await session.get_one(Registration, teams[1])).status = RegistrationStatus.WITHDRAWN
    await notices.delivery_due(work, [DeliveryDue(delivery.id) for delivery in await deliveries(work.installation)])
    told = "".join(mail.get_body(("plain",)).get_content() for mail in sink.mails)
    assert sorted(line for line in told.splitlines() if line.startswith("报名状态")) == [
        "报名状态：候补，现在排在第 1 位",
        "报名状态：候补，现在排在第 2 位",
    ]


async def plan_all(work: Work) -> None:
    """Make every delivery that the outbox holds cause for, as if they all waited in the queue."""
    async with work.installation.sessions() as session:
        put = (await session.execute(select(Outbox.name, Outbox.body).order_by(Outbox.id))).all()
    for name, body in put:
        if name in ("RegistrationChanged", "EventChanged"):
            message = msgspec.convert(body, MESSAGES[name])
            await (notices.registration_changed if name == "RegistrationChanged" else notices.event_changed)(work, [message])


async def sent_of_all(work: Work, sink: Sink) -> list[str]:
    """Send what waits, newest first, for the queue keeps no order; the kinds that arrived."""
    await notices.delivery_due(work, [DeliveryDue(d.id) for d in reversed(await deliveries(work.installation))])
    return sorted(str(d.kind) for d in await deliveries(work.installation) if d.state is DeliveryState.SENT)


@pytest.mark.parametrize("leaving", ["voided", "withdrawn"])
async def test_a_team_that_left_while_the_queue_was_behind_is_told_that_alone(work: Work, sink: Sink, leaving: str) -> None:
    event_id, division_id = await hold_event(work.installation)
    team_id = await enter_team(work.installation, division_id)
    async with work.installation.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, draft(title="换了名字"), only={"title"})
    await plan_all(work)
    async with work.installation.sessions.begin() as session:
        await (void(session, team_id, reason="重复报名") if leaving == "voided" else withdraw(session, team_id))
    await plan_all(work)
    assert await sent_of_all(work, sink) == [leaving]
    dropped = [d for d in await deliveries(work.installation) if d.state is DeliveryState.DROPPED]
    assert (sorted(d.kind for d in dropped), all(d.settled_at for d in dropped)) == (["confirmed", "event_changed"], True)
    assert (await history(work.installation)).count((1, False, f"overtaken: the registration is {leaving}")) == 2
    assert [mail["To"].addresses[0].addr_spec for mail in sink.mails] == ["leader@example.org"]


async def test_a_change_and_a_stop_that_later_ones_undid_are_not_told(work: Work, sink: Sink) -> None:
    event_id, division_id = await hold_event(work.installation)
    await enter_team(work.installation, division_id)
    moves = [draft(hour(2027, 6, day, 9), hour(2027, 6, day, 14)) for day in (5, 6)]
    async with work.installation.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, moves[0], only={"when"})
    async with work.installation.sessions.begin() as session:
        await stops.postpone(session, YANGPU, event_id, reason="台风")
    await plan_all(work)
    async with work.installation.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, moves[1], only={"when"})
    await plan_all(work)
    assert await sent_of_all(work, sink) == ["confirmed", "event_changed"]
    [told] = [mail for mail in sink.mails if "活动有变化" in mail["Subject"]]
    text = told.get_body(("plain",)).get_content()
    assert ("原来：2027年6月5日 周六 09:00" in text, "2027年6月6日 周日 09:00" in text, "已取消" in text) == (True, True, False)


async def test_of_a_cancelled_event_the_cancelling_is_told_and_nothing_before_it(work: Work, sink: Sink) -> None:
    event_id, division_id = await hold_event(work.installation, quota=1)
    for _ in range(2):
        await enter_team(work.installation, division_id)
    async with work.installation.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, draft(hour(2027, 6, 5, 9)), only={"when"})
    async with work.installation.sessions.begin() as session:
        await stops.cancel(session, YANGPU, event_id, reason="台风")
    await plan_all(work)
    assert await sent_of_all(work, sink) == ["event_cancelled"] * 2
    assert "overtaken: the event was cancelled" in {answer for _, _, answer in await history(work.installation)}


async def test_many_deliveries_go_over_a_few_connections_that_are_kept(work: Work, sink: Sink) -> None:
    _, division_id = await hold_event(work.installation, quota=100)
    teams = [await enter_team(work.installation, division_id) for _ in range(25)]
    await notices.registration_changed(work, [RegistrationChanged(team, "confirmed", new_id()) for team in teams])
    await notices.delivery_due(work, [DeliveryDue(d.id) for d in await deliveries(work.installation)])
    assert len(sink.mails) == 25
    assert len(sink.sessions) <= 8
