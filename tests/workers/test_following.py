"""Telling those who follow, at once: through a real database and a real mail server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from events.calendar import occurrences, service
from events.calendar.amending import amend_event
from events.calendar.models import Event, Occurrence
from events.competitions.models import Competition
from events.i18n import Language
from events.messages import DeliveryDue, EventChanged, SignUpsOpen
from events.notices import subscribing
from events.notices.models import Delivery, DeliveryAttempt
from events.notices.rules import BETWEEN_DIGESTS, DeliveryState, NoticeKind, SubscriptionStatus
from events.notices.service import claim
from events.notices.targets import Scope
from infra import clock
from infra.installation import Installation
from infra.mail import make_mailer
from tests.followers import ask, follow, leave_code, link_in, subscriptions
from tests.offices import YANGPU, day, draft, hour
from tests.teams import STREET
from tests.workers.followers_at_work import LATER, SOON, deal, evening, followers, plan_all, publish, text_of, told
from tests.workers.office import Sink, deliveries, enter_team, history, hold_event
from workers import notices
from workers.work import Work


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, make_mailer(office.settings))


async def test_a_follower_confirms_by_the_mail_and_can_leave_by_each_of_its_headers(work: Work, sink: Sink) -> None:
    await ask(work.installation, "wang@example.org", language=Language.EN)
    await deal(work)
    [mail] = sink.mails
    [asked] = await subscriptions(work.installation)
    assert (mail["To"], mail["Content-Language"]) == ("wang@example.org", "en")
    assert mail["Subject"] == "Please confirm: follow Yinhang Subdistrict"
    for kind in ("plain", "html"):
        content = mail.get_body((kind,)).get_content().replace("&amp;", "&")
        assert f"s={asked.id}&t=" in link_in(content, "/follow/confirm")
        assert "/follow/manage#" not in content  # there is nothing to manage yet
    code = leave_code(work.installation, asked.id)
    assert mail["List-Unsubscribe"] == f"<https://saili.example/follow/leave?s={code['s']}&t={code['t']}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ("550 no such user", True),
        ("550 5.1.1 no such user", True),
        ("550 5.7.1 your network is blocked", False),
        ("552 5.2.2 mailbox full", False),
        ("DATA 554 not that content", False),
    ],
)
async def test_an_address_where_nobody_is_ends_all_that_it_follows_and_no_other_refusal_does(
    work: Work, sink: Sink, answer: str, ends: bool
) -> None:
    await followers(work, ("wang@example.org", Scope.REGION, STREET), ("wang@example.org", Scope.SPORT, "basketball"))
    await followers(work, ("li@example.org", Scope.SPORT, "football"))
    sink.received.clear()
    sink.answers = [answer]
    async with work.installation.sessions.begin() as session:
        await subscribing.ask_link(
            session, work.installation.keys, "wang@example.org", language=Language.ZH, network="192.0.2.9", network_limit=9
        )
    await deal(work)
    states = [one.status for one in await subscriptions(work.installation)]
    gone, active = SubscriptionStatus.GONE, SubscriptionStatus.ACTIVE
    assert states == [gone if ends else active, gone if ends else active, active]
    if ends:
        assert [one.address for one in await subscriptions(work.installation)][:2] == [None, None]
        async with work.installation.sessions() as session:
            said = await session.scalars(select(DeliveryAttempt.answer).where(DeliveryAttempt.accepted.is_(False)))
            assert [*said] == [answer]


async def test_who_confirmed_meanwhile_is_not_asked_to_confirm(work: Work, sink: Sink) -> None:
    await follow(work.installation, "wang@example.org")
    await deal(work)
    assert (told(sink), [d.state for d in await deliveries(work.installation)]) == ([], [DeliveryState.DROPPED])


async def test_the_manage_link_goes_to_an_address_that_follows_and_to_no_other(work: Work, sink: Sink) -> None:
    await followers(work, ("wang@example.org", Scope.REGION, STREET), ("wang@example.org", Scope.SPORT, "basketball"))
    for email in ("Wang@example.org", "nobody@example.org"):
        async with work.installation.sessions.begin() as session:
            await subscribing.ask_link(session, work.installation.keys, email, language=Language.ZH, network="192.0.2.1", network_limit=500)
    await deal(work)
    [mail] = sink.mails
    assert (mail["To"], "管理链接" in mail["Subject"]) == ("wang@example.org", True)
    assert link_in(text_of(mail), "/follow/manage").startswith("/follow/manage#")


async def test_an_events_followers_are_told_at_once_of_what_concerns_their_coming(work: Work, sink: Sink) -> None:
    event_id = await publish(work.installation)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)))
    acts = []
    for change in (
        lambda s: amend_event(s, YANGPU, event_id, draft(title="社区篮球总决赛"), only={"title"}),
        lambda s: amend_event(s, YANGPU, event_id, draft(summary="欢迎"), only={"summary"}),
        lambda s: amend_event(s, YANGPU, event_id, draft(hour(2027, 5, 9, 9)), only={"when"}),
        lambda s: service.postpone(s, YANGPU, event_id, reason="台风将至"),
        lambda s: amend_event(s, YANGPU, event_id, draft(hour(2027, 6, 5, 9)), only={"when"}),
        lambda s: service.cancel(s, YANGPU, event_id, reason="场地关闭"),
    ):
        async with work.installation.sessions.begin() as session:
            await change(session)
        await deal(work)
        acts.append([(str(mail["Subject"]), text_of(mail)) for mail in sink.mails])
        sink.received.clear()
    subjects = [[subject for subject, _ in act] for act in acts]
    name = "社区篮球总决赛"
    assert subjects == [
        [f"活动有变化：{name}"],
        [],
        [f"活动有变化：{name}"],
        [f"活动延期：{name}"],
        [f"活动有变化：{name}"],
        [f"活动取消：{name}"],
    ]
    (moved, postponed, redated, cancelled) = (acts[n][0][1] for n in (2, 3, 4, 5))
    assert "现在：2027年5月9日 周日 09:00" in moved
    assert "原因：台风将至" in postponed
    assert "有了新日期" in redated
    assert "2027年6月5日 周六 09:00" in redated
    assert "原因：场地关闭" in cancelled
    assert f"https://saili.example/events/{event_id}" in cancelled
    await evening(work)
    assert told(sink) == []


async def test_a_leader_who_follows_too_and_who_follows_in_two_ways_get_one_mail_of_a_cause(work: Work, sink: Sink) -> None:
    event_id, division_id = await hold_event(work.installation)
    await enter_team(work.installation, division_id, email="leader@example.org")
    async with work.installation.sessions.begin() as session:
        await session.execute(update(Event).values(first_on=SOON, last_on=SOON))
        await session.execute(update(Occurrence).values(first_on=SOON, last_on=SOON, starts_at=None))
    everywhere = [("both@example.org", scope, key) for scope, key in ((Scope.REGION, "310110"), (Scope.EVENT, str(event_id)))]
    await followers(work, ("Leader@example.org", Scope.EVENT, str(event_id)), *everywhere)
    sink.received.clear()
    async with work.installation.sessions.begin() as session:
        await service.cancel(session, YANGPU, event_id, reason="台风将至")
    await deal(work)
    assert [to for to, _ in told(sink)] == ["both@example.org", "王芳 <leader@example.org>"]


async def test_sign_ups_that_open_are_told_to_the_events_followers_then_and_once(work: Work, sink: Sink) -> None:
    event_id, _ = await hold_event(work.installation)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)), ("li@example.org", Scope.REGION, "310110"))
    async with work.installation.sessions() as session:
        competition = (await session.scalars(select(Competition))).one()
    opens = SignUpsOpen(competition.id)
    with clock.frozen(competition.registration_opens_at - timedelta(minutes=1)):
        await notices.sign_ups_open(work, [opens])
    assert NoticeKind.SIGN_UPS_OPEN not in [one.kind for one in await deliveries(work.installation)]
    await notices.sign_ups_open(work, [opens, opens])
    await deal(work)
    assert told(sink) == [("wang@example.org", "开始报名：滨江龙舟赛")]
    with clock.frozen(competition.registration_closes_at):
        await followers(work, ("late@example.org", Scope.EVENT, str(event_id)))
        await notices.sign_ups_open(work, [opens])
        await deal(work)
    assert told(sink) == []


async def test_of_changes_that_wait_together_a_follower_is_told_what_still_holds(work: Work, sink: Sink) -> None:
    event_id = await publish(work.installation)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)))
    for change in (
        lambda s: amend_event(s, YANGPU, event_id, draft(hour(2027, 5, 9, 9)), only={"when"}),
        lambda s: amend_event(s, YANGPU, event_id, draft(hour(2027, 5, 10, 9)), only={"when"}),
        lambda s: service.postpone(s, YANGPU, event_id, reason="台风将至"),
        lambda s: amend_event(s, YANGPU, event_id, draft(hour(2027, 6, 5, 9)), only={"when"}),
    ):
        async with work.installation.sessions.begin() as session:
            await change(session)
    await plan_all(work)
    await deal(work)
    [text] = [text_of(mail) for mail in sink.mails]
    assert ("有了新日期" in text, "2027年6月5日 周六 09:00" in text, "待定" in text) == (True, True, False)
    states = [d.state for d in await deliveries(work.installation) if d.kind is not NoticeKind.FOLLOW_CONFIRM]
    assert sorted(states) == [DeliveryState.DROPPED] * 3 + [DeliveryState.SENT]
    assert [answer for _, accepted, answer in await history(work.installation) if not accepted] == [
        "overtaken by a later change of the event"
    ] * 3


@pytest.mark.parametrize("stop", [service.cancel, service.postpone])
async def test_sign_ups_of_an_event_that_was_stopped_meanwhile_are_not_told(work: Work, sink: Sink, stop: Callable[..., Any]) -> None:
    event_id, _ = await hold_event(work.installation)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)))
    async with work.installation.sessions() as session:
        competition = (await session.scalars(select(Competition))).one()
    await notices.sign_ups_open(work, [SignUpsOpen(competition.id)])
    sink.received.clear()
    async with work.installation.sessions.begin() as session:
        await stop(session, YANGPU, event_id, reason="台风将至")
    await deal(work)
    assert [subject.partition("：")[0] for _, subject in told(sink)] == ["活动取消" if stop is service.cancel else "活动延期"]
    assert any(answer.startswith("overtaken: the event is ") for _, _, answer in await history(work.installation))


async def test_sign_ups_whose_window_moved_are_told_when_it_opens_again(work: Work, sink: Sink) -> None:
    event_id, _ = await hold_event(work.installation)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)))
    async with work.installation.sessions() as session:
        competition = (await session.scalars(select(Competition))).one()
    opens = SignUpsOpen(competition.id)
    await notices.sign_ups_open(work, [opens])
    async with work.installation.sessions.begin() as session:
        later = {f"registration_{name}_at": clock.now() + timedelta(days=days) for name, days in (("opens", 1), ("closes", 3))}
        await session.execute(update(Competition).values(later))
    await deal(work)
    assert told(sink) == []
    with clock.frozen(clock.now() + timedelta(days=2)):
        await notices.sign_ups_open(work, [opens, opens])
        await deal(work)
        assert told(sink) == [("wang@example.org", "开始报名：滨江龙舟赛")]
        await notices.sign_ups_open(work, [opens])
        await deal(work)
    assert told(sink) == []


async def test_what_is_stopped_within_two_days_is_told_at_once_to_all_who_follow_around_it(work: Work, sink: Sink) -> None:
    near, far = await publish(work.installation, "明天的", SOON), await publish(work.installation, "以后的")
    await deal(work)
    await evening(work)
    await followers(work, ("wang@example.org", Scope.REGION, "310110"), ("li@example.org", Scope.SPORT, "football"))
    for event_id in (near, far):
        async with work.installation.sessions.begin() as session:
            await service.cancel(session, YANGPU, event_id, reason="台风将至")
    await deal(work)
    assert told(sink) == [("wang@example.org", "活动取消：明天的")]
    with clock.frozen(clock.now() + BETWEEN_DIGESTS):
        await evening(work)
        assert [text_of(mail).count("取消：") for mail in sink.mails] == [1]
        assert told(sink) == [("wang@example.org", "杨浦区：1 项活动有消息")]


async def test_a_single_session_that_is_stopped_near_is_urgent_too(work: Work, sink: Sink) -> None:
    async with work.installation.sessions.begin() as session:
        dates = (SOON, LATER, LATER + timedelta(days=7))
        plan = draft(*(day(on.year, on.month, on.day) for on in dates), title="联赛", region_code=STREET)
        event = await service.create_event(session, YANGPU, plan, published=True)
    await deal(work)
    await evening(work)
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    async with work.installation.sessions() as session:
        first, second, _ = await session.scalars(select(Occurrence).where(Occurrence.event_id == event.id).order_by(Occurrence.position))
    for one, expected in ((second, []), (first, [("wang@example.org", "活动有变化：联赛")])):
        async with work.installation.sessions.begin() as session:
            await occurrences.cancel_occurrence(session, YANGPU, one.id, reason="雨")
        await deal(work)
        assert told(sink) == expected


async def test_told_twice_of_a_change_nothing_is_added(work: Work, sink: Sink) -> None:
    event_id = await publish(work.installation, on=SOON)
    await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)), ("li@example.org", Scope.REGION, STREET))
    async with work.installation.sessions.begin() as session:
        change = await service.cancel(session, YANGPU, event_id, reason="台风将至")
    for _ in range(3):
        await notices.event_changed(work, [EventChanged(event_id, change.id)])
        await deal(work)
    assert len(told(sink)) == 2


async def test_who_leaves_before_the_mail_is_sent_gets_none_and_their_address_is_in_no_history(work: Work, sink: Sink) -> None:
    event_id = await publish(work.installation)
    [id_] = await followers(work, ("wang@example.org", Scope.EVENT, str(event_id)))
    async with work.installation.sessions.begin() as session:
        change = await service.cancel(session, YANGPU, event_id, reason="台风将至")
    await notices.event_changed(work, [EventChanged(event_id, change.id)])
    sink.answers = ["450 <WANG@example.org> is busy"]
    await deal(work)
    async with work.installation.sessions.begin() as session:
        await session.execute(update(Delivery).values(due_at=clock.now(), state=DeliveryState.QUEUED, leased_until=None))
        code = leave_code(work.installation, id_)
        await subscribing.leave(session, work.installation.keys, id_, code["t"])
    await notices.delivery_due(work, [DeliveryDue(d.id) for d in await deliveries(work.installation)])
    assert (told(sink), {d.state for d in await deliveries(work.installation)}) == ([], {DeliveryState.DROPPED})
    async with work.installation.sessions() as session:
        assert list(await session.scalars(select(DeliveryAttempt.answer))) == ["450 <…> is busy"]
        assert [d.address for d in await deliveries(work.installation)] == [None, None]


async def test_a_lease_holds_for_followers_as_for_teams(work: Work, sink: Sink) -> None:
    await ask(work.installation, "wang@example.org")
    [delivery] = await deliveries(work.installation)
    async with work.installation.sessions.begin() as session:
        [held] = await claim(session, [delivery.id])
    await notices.delivery_due(work, [DeliveryDue(delivery.id)])
    assert (held.attempts, told(sink)) == (1, [])
