"""Telling those who follow: at once, in the day's digest, and never twice, through a real database and a real mail server."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as events_of
from sqlalchemy import func, insert, select, update

from events.calendar import occurrences, service
from events.calendar.amending import amend_event
from events.calendar.models import Event, Occurrence
from events.competitions.models import Competition
from events.i18n import Language
from events.messages import DeliveryDue, DigestDue, EventChanged, LinkAsked, SignUpsOpen
from events.notices import following, subscribing
from events.notices.models import Delivery, DeliveryAttempt, News, Subscription
from events.notices.rules import BETWEEN_DIGESTS, Channel, DeliveryState, NoticeKind, SubscriptionStatus
from events.notices.service import claim, requeue_overdue
from events.notices.targets import Scope
from infra import clock
from infra.installation import Installation
from infra.mail import make_mailer
from infra.outbox import Outbox
from tests.filling import add_series
from tests.followers import ask, follow, leave_code, link_in, subscriptions
from tests.offices import YANGPU, day, draft, hour
from tests.teams import STREET
from tests.waiting import until
from tests.workers.office import Sink, deliveries, enter_team, hold_event, relaying, starting
from workers import notices
from workers.clock import JOBS
from workers.work import Work

SOON = datetime.now(UTC).date() + timedelta(days=1)
LATER = datetime.now(UTC).date() + timedelta(days=60)


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, make_mailer(office.settings))


async def publish(office: Installation, title: str = "社区篮球赛", on: date = LATER, **written: object) -> UUID:
    """An event of the street 殷行街道, a basketball match, on one day."""
    async with office.sessions.begin() as session:
        plan = draft(day(on.year, on.month, on.day), title=title, **{"region_code": STREET, "sports": ("basketball",)} | written)
        return (await service.create_event(session, YANGPU, plan, published=True)).id


async def deal(work: Work) -> None:
    """Do by hand what the relay and a worker do with the messages that are due, until none is left."""
    acts = {
        "EventChanged": (EventChanged, notices.event_changed),
        "SignUpsOpen": (SignUpsOpen, notices.sign_ups_open),
        "DigestDue": (DigestDue, notices.digest_due),
        "LinkAsked": (LinkAsked, notices.link_asked),
        "DeliveryDue": (DeliveryDue, notices.delivery_due),
    }
    while rows := await _take(work.installation):
        for name, (kind, act) in acts.items():
            if told := [kind(**{k: UUID(v) for k, v in row.body.items()}) for row in rows if row.name == name]:
                await act(work, told)


async def _take(office: Installation) -> Iterable[Outbox]:
    async with office.sessions.begin() as session:
        due = Outbox.taken_at.is_(None), Outbox.due_at <= clock.now()
        taken = update(Outbox).where(*due).values(taken_at=func.now()).returning(Outbox)
        return list(await session.scalars(taken.execution_options(synchronize_session=False)))


async def evening(work: Work) -> None:
    """The clock's hour comes."""
    async with work.installation.sessions.begin() as session:
        await JOBS["issue the digest"].act(session)
    await deal(work)


async def followers(work: Work, *asked: tuple[str, Scope, str]) -> list[UUID]:
    """People who follow something, with their confirmations sent and put aside."""
    found = [await follow(work.installation, email, scope, key) for email, scope, key in asked]
    await deal(work)
    return found


def told(sink: Sink) -> list[tuple[str, str]]:
    """Who was told of what, since the last look."""
    mails, _ = [(str(mail["To"]), str(mail["Subject"])) for mail in sink.mails], sink.received.clear()
    return sorted(mails)


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


async def test_a_follower_confirms_by_the_mail_and_can_leave_by_each_of_its_headers(work: Work, sink: Sink) -> None:
    await ask(work.installation, "wang@example.org", language=Language.EN)
    await deal(work)
    [mail] = sink.mails
    [asked] = await subscriptions(work.installation)
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("wang@example.org", "Please confirm: follow 殷行街道", "en")
    for kind in ("plain", "html"):
        content = mail.get_body((kind,)).get_content().replace("&amp;", "&")  # type: ignore[union-attr]
        assert f"s={asked.id}&t=" in link_in(content, "/follow/confirm")
        assert "/follow/manage#" not in content  # there is nothing to manage yet
    code = leave_code(work.installation, asked.id)
    assert mail["List-Unsubscribe"] == f"<https://saili.example/follow/leave?s={code['s']}&t={code['t']}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


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
    assert "现在：2027年5月9日星期日 09:00" in moved
    assert "原因：台风将至" in postponed
    assert "有了新日期" in redated
    assert "2027年6月5日星期六 09:00" in redated
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


async def test_a_digest_gathers_a_day_and_tells_each_thing_once(work: Work, sink: Sink) -> None:
    async with work.installation.sessions.begin() as session:
        await add_series(session, "yundong", "韵动杨浦")
    before = await publish(work.installation, "早就发布的")
    await deal(work)
    await evening(work)
    await followers(
        work,
        ("region@example.org", Scope.REGION, "310110"),
        ("series@example.org", Scope.SERIES, "yundong"),
        ("sport@example.org", Scope.SPORT, "football"),
        ("both@example.org", Scope.REGION, STREET),
        ("both@example.org", Scope.SPORT, "basketball"),
    )
    match, run = await publish(work.installation), await publish(work.installation, "滨江健步走", sports=(), series="yundong")
    await publish(work.installation, "去年的", date(2020, 5, 2))
    async with work.installation.sessions.begin() as session:
        await amend_event(session, YANGPU, match, draft(day(2027, 5, 9)), only={"when"})
        await service.postpone(session, YANGPU, before, reason="修场地")
    await deal(work)
    assert told(sink) == []
    with clock.frozen(clock.now() + BETWEEN_DIGESTS):
        await evening(work)
        mails = {str(mail["To"]): mail for mail in sink.mails}
        assert told(sink) == [
            ("both@example.org", "殷行街道：3 项活动有消息"),
            ("region@example.org", "杨浦区：3 项活动有消息"),
            ("series@example.org", "韵动杨浦：1 项活动有消息"),
        ]
        text = text_of(mails["region@example.org"])
        assert [line for line in text.splitlines() if "：" in line and line.split("：")[0] in ("新发布", "延期")] == [
            "延期：早就发布的", "新发布：滨江健步走", "新发布：社区篮球赛",
        ]  # fmt: skip
        assert "2027年5月9日星期日" in text  # as it stands now
        assert f"https://saili.example/events/{run}" in text
        assert "原因：修场地" in text
        assert "https://saili.example/calendar?region=310110" in text
        assert "/follow/manage#" in text
        assert "/follow/leave?" in text
        assert mails["series@example.org"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        await evening(work)
    with clock.frozen(clock.now() + 3 * BETWEEN_DIGESTS):
        await evening(work)
    assert told(sink) == []


async def test_at_most_one_digest_goes_out_a_day_and_what_comes_too_soon_waits(work: Work, sink: Sink) -> None:
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    now = clock.now()
    for hours, expected in ((1, 1), (2, 0), (20, 0), (22, 1)):
        with clock.frozen(now + timedelta(hours=hours)):
            await publish(work.installation, f"第{hours}场")
            await deal(work)
            await evening(work)
            assert (hours, len(told(sink))) == (hours, expected)


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
        plan = draft(day(SOON.year, SOON.month, SOON.day), day(LATER.year, LATER.month, LATER.day), title="联赛", region_code=STREET)
        event = await service.create_event(session, YANGPU, plan, published=True)
    await deal(work)
    await evening(work)
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    async with work.installation.sessions() as session:
        first, second = await session.scalars(select(Occurrence).where(Occurrence.event_id == event.id).order_by(Occurrence.position))
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


async def test_a_digest_of_five_thousand_is_planned_in_few_statements_and_once_though_its_worker_died_in_the_middle(
    work: Work,
) -> None:
    rows = [
        {
            "id": uuid4(), "channel": Channel.MAIL, "status": SubscriptionStatus.ACTIVE, "region_code": "310110", "consent": "2026-1",
            "address": f"{n}@example.org", "contact": n.to_bytes(4, "big"), "language": "zh-CN", "asked_at": clock.now(),
            "confirmed_at": clock.now(),
        }
        for n in range(5_000)
    ]  # fmt: skip
    async with work.installation.sessions.begin() as session:
        await session.execute(insert(Subscription), rows)
    for n in range(3):
        await publish(work.installation, f"第{n}场")
    async with work.installation.sessions.begin() as session:
        for told_of in await session.scalars(select(Outbox.body).where(Outbox.name == "EventChanged")):
            await following.plan_change(session, EventChanged(**{k: UUID(v) for k, v in told_of.items()}))
        await following.issue_digest(session)
        [issue] = await session.scalars(select(News.issue).distinct())
        await following.plan_digest(session, issue)  # type: ignore[arg-type]
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 500
    said: list[str] = []
    events_of.listen(work.installation.engine.sync_engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    for _ in range(2):
        await notices.digest_due(work, [DigestDue(issue)])  # type: ignore[arg-type]
    async with work.installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 5_000
        assert await session.scalar(select(func.count()).where(Outbox.name == "DeliveryDue")) == 5_000
    assert len(said) < 100


async def test_a_digest_never_repeats_after_its_worker_is_killed_in_the_middle_of_the_mails(office: Installation, sink: Sink) -> None:
    work = Work(office, make_mailer(office.settings))
    names = [f"reader{n}@example.org" for n in range(30)]
    await followers(work, *((name, Scope.REGION, STREET) for name in names))
    await publish(office)
    await deal(work)
    sink.received.clear()
    sink.go.clear()  # mails are taken, and not acknowledged before the worker dies
    async with office.sessions.begin() as session:
        await JOBS["issue the digest"].act(session)
    async with relaying(office.settings):
        with starting(office.settings, "worker") as first:
            await until(lambda: len(sink.received) >= 3, seconds=40)
            first.kill()
        sink.go.set()
        async with office.sessions.begin() as session:  # what it held is given out again when its lease ends, which isn't waited for here
            ended = {"leased_until": clock.now() - timedelta(seconds=1)}
            await session.execute(update(Delivery).where(Delivery.state == DeliveryState.SENDING).values(ended))
            await requeue_overdue(session)
        with starting(office.settings, "worker"):
            await until(lambda: all_told(office, len(names)), seconds=60)
    letters: dict[str, set[str]] = {name: set() for name in names}
    for mail in sink.mails:
        letters[str(mail["To"])].add(str(mail["Message-ID"]))
    assert {name: len(ids) for name, ids in letters.items()} == dict.fromkeys(names, 1)


async def all_told(office: Installation, number: int) -> bool:
    states = [d.state for d in await deliveries(office) if d.kind is NoticeKind.DIGEST]
    return len(states) == number and set(states) == {DeliveryState.SENT}


async def test_a_lease_holds_for_followers_as_for_teams(work: Work, sink: Sink) -> None:
    await ask(work.installation, "wang@example.org")
    [delivery] = await deliveries(work.installation)
    async with work.installation.sessions.begin() as session:
        [held] = await claim(session, [delivery.id])
    await notices.delivery_due(work, [DeliveryDue(delivery.id)])
    assert (held.attempts, told(sink)) == (1, [])


async def test_what_was_told_long_ago_is_swept(work: Work, sink: Sink) -> None:
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    await publish(work.installation)
    await deal(work)
    await evening(work)
    for days, left in ((59, 2), (61, 0)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            async with work.installation.sessions.begin() as session:
                await JOBS["forget what followers were told"].act(session)
                assert len(list(await session.scalars(select(Delivery)))) == left
                assert len(list(await session.scalars(select(News)))) == bool(left)
