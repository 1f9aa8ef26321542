"""The day's digest: gathered, sent once, and never repeated, through a real database and a real mail server."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update

from events.calendar import service
from events.calendar.amending import amend_event
from events.messages import DigestDue, EventChanged
from events.notices import following
from events.notices.models import Delivery, News, Subscription
from events.notices.rules import BETWEEN_DIGESTS, Channel, DeliveryState, NoticeKind, SubscriptionStatus
from events.notices.service import requeue_overdue
from events.notices.targets import Scope
from infra import clock
from infra.installation import Installation
from infra.mail import make_mailer
from infra.outbox import Outbox
from tests.filling import add_series
from tests.offices import YANGPU, day, draft
from tests.statements import sent
from tests.teams import STREET
from tests.waiting import until
from tests.workers.followers_at_work import deal, evening, followers, publish, text_of, told
from tests.workers.office import Sink, deliveries, relaying, starting
from workers import notices
from workers.clock import JOBS
from workers.work import Work


@pytest.fixture
def work(office: Installation) -> Work:
    return Work(office, make_mailer(office.settings))


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
        assert "2027年5月9日 周日" in text  # as it stands now
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


async def test_a_digest_tells_no_postponing_of_an_event_that_has_a_new_date(work: Work, sink: Sink) -> None:
    both, late = await publish(work.installation, "改好的"), await publish(work.installation, "刚改的")
    await deal(work)
    await evening(work)
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    for event_id in (both, late):
        async with work.installation.sessions.begin() as session:
            await service.postpone(session, YANGPU, event_id, reason="修场地")
    for event_id, planned in ((both, True), (late, False)):
        async with work.installation.sessions.begin() as session:
            await amend_event(session, YANGPU, event_id, draft(day(2027, 6, 5)), only={"when"})
        if planned:
            await deal(work)
    for days, lines in ((1, ["改期：改好的"]), (2, ["改期：刚改的"])):
        with clock.frozen(clock.now() + days * BETWEEN_DIGESTS):
            async with work.installation.sessions.begin() as session:
                await following.issue_digest(session)
            await deal(work)
        [text] = [text_of(mail) for mail in sink.mails]
        sink.received.clear()
        assert [line for line in text.splitlines() if line.partition("：")[0] in ("改期", "延期")] == lines
        assert "修场地" not in text


async def test_at_most_one_digest_goes_out_a_day_and_what_comes_too_soon_waits(work: Work, sink: Sink) -> None:
    await followers(work, ("wang@example.org", Scope.REGION, STREET))
    now = clock.now()
    for hours, expected in ((1, 1), (2, 0), (20, 0), (22, 1)):
        with clock.frozen(now + timedelta(hours=hours)):
            await publish(work.installation, f"第{hours}场")
            await deal(work)
            await evening(work)
            assert (hours, len(told(sink))) == (hours, expected)


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
        await following.plan_digest(session, issue)
        assert await session.scalar(select(func.count()).select_from(Delivery)) == 500
    with sent(work.installation) as said:
        for _ in range(2):
            await notices.digest_due(work, [DigestDue(issue)])
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
