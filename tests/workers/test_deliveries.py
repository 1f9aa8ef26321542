"""The life of a delivery: tries, history, giving up, and what is left when a worker is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events.messages import DeliveryDue, RegistrationChanged
from events.notices import service
from events.notices.models import Delivery
from events.notices.rules import PAUSES, DeliveryState
from events.registrations.models import Registration
from events.registrations.rules import RegistrationStatus
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.mail import make_mailer
from infra.outbox import Outbox
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
        (await session.get_one(Registration, teams[3])).status = RegistrationStatus.CONFIRMED
    await notices.delivery_due(work, [DeliveryDue(delivery.id) for delivery in await deliveries(work.installation)])
    told = "".join(mail.get_body(("plain",)).get_content() for mail in sink.mails)  # type: ignore[union-attr]
    assert sorted(line for line in told.splitlines() if line.startswith("报名状态")) == [
        "报名状态：候补，现在排在第 1 位",
        "报名状态：已确认",
    ]


async def test_many_deliveries_go_over_a_few_connections_that_are_kept(work: Work, sink: Sink) -> None:
    _, division_id = await hold_event(work.installation, quota=100)
    teams = [await enter_team(work.installation, division_id) for _ in range(25)]
    await notices.registration_changed(work, [RegistrationChanged(team, "confirmed", new_id()) for team in teams])
    await notices.delivery_due(work, [DeliveryDue(d.id) for d in await deliveries(work.installation)])
    assert len(sink.mails) == 25
    assert len(sink.sessions) <= 8
