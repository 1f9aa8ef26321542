"""Web Push, from a browser that asks to what it reads, through a service that behaves as RFC 8030 says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from events.calendar import service
from events.calendar.amending import amend_event
from events.notices import pushing as following_by_push
from events.notices.models import Delivery, DeliveryAttempt, Subscription
from events.notices.rules import PAUSES, DeliveryState, SubscriptionStatus
from events.notices.targets import Scope
from infra import clock, push
from infra.installation import Installation
from infra.mail import make_mailer
from infra.push import make_pusher
from infra.settings import Settings
from infra.vapid import public_key
from tests.apps import app_over
from tests.followers import follow, subscriptions
from tests.offices import YANGPU, draft, hour
from tests.workers.followers_at_work import deal, plan_all, publish
from tests.workers.office import Sink, deliveries, history, open_office
from tests.workers.push_service import BrowserOf, PushService, pushing
from workers.work import Work


@pytest.fixture
async def push_service() -> AsyncIterator[PushService]:
    async with pushing() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, push_service: PushService) -> Settings:
    return replace(settings, push=True, push_services=(push_service.origin,))


@pytest.fixture
async def work(office: Installation) -> AsyncIterator[Work]:
    work = Work(open_office(office.settings), make_mailer(office.settings), make_pusher(office.settings, office.keys))
    yield work
    await work.close()


@pytest.fixture
async def client(office: Installation) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app_over(office), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def cancelled(office: Installation, event_id: object) -> None:
    async with office.sessions.begin() as session:
        await service.cancel(session, YANGPU, event_id, reason="台风将至")


async def test_a_browser_is_told_what_only_it_can_read_signed_by_the_key_it_subscribed_with(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    event_id, browser = await publish(office), BrowserOf(push_service)
    key = (await client.get("/api/v1/push")).json()["key"]
    for _ in range(2):
        followed = await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
        assert (followed.status_code, followed.content) == (204, b"")
    await deal(work)
    await cancelled(office, event_id)
    await deal(work)
    [received] = push_service.received
    assert browser.reads(received) == {
        "title": "活动取消：社区篮球赛", "body": "已取消\n原因：台风将至", "url": f"/events/{event_id}", "lang": "zh-CN",
        "tag": str((await deliveries(office))[0].id),
    }  # fmt: skip
    headers = received.headers
    assert (received.path, headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("/push/1", "aes128gcm", "86400", "high")
    assert headers["topic"] == event_id.hex
    assert headers["authorization"].endswith(f"k={key}")
    assert key == public_key(office.keys)
    claims = received.claims
    assert (claims["aud"], claims["sub"]) == (push_service.origin, "mailto:no-reply@localhost")
    assert timedelta() < timedelta(seconds=claims["exp"] - clock.now().timestamp()) <= timedelta(hours=24)
    assert await history(office) == [(1, True, "201")]


async def test_a_browser_is_told_of_a_stop_that_was_undone_as_little_as_a_mailbox(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    event_id, browser = await publish(office), BrowserOf(push_service)
    await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
    async with office.sessions.begin() as session:
        await service.postpone(session, YANGPU, event_id, reason="台风将至")
    await plan_all(work)
    async with office.sessions.begin() as session:
        await amend_event(session, YANGPU, event_id, draft(hour(2027, 6, 5, 9)), only={"when"})
    await deal(work)
    [received] = push_service.received
    assert browser.reads(received)["title"] == "活动有变化：社区篮球赛"
    assert sorted(one.state for one in await deliveries(office)) == [DeliveryState.DROPPED, DeliveryState.SENT]


async def test_a_browser_knows_what_it_follows_and_leaves_it(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    first, second = await publish(office), await publish(office, "滨江健步走")
    browser, other = BrowserOf(push_service), BrowserOf(push_service, "2")
    for event_id, one in ((first, browser), (second, browser), (first, other)):
        assert (await client.put(f"/api/v1/events/{event_id}/push", json=one.subscription(language="en"))).status_code == 204
    asked = await client.post("/api/v1/push/followed", json={"endpoint": browser.endpoint})
    assert (asked.json(), asked.headers["cache-control"]) == ({"events": [str(first), str(second)]}, "private, no-store")
    for _ in range(2):
        assert (await client.post(f"/api/v1/events/{first}/push/leave", json={"endpoint": browser.endpoint})).status_code == 204
    assert (await client.post("/api/v1/push/followed", json={"endpoint": browser.endpoint})).json() == {"events": [str(second)]}
    left = next(one for one in await subscriptions(office) if one.status is SubscriptionStatus.LEFT)
    assert (left.address, left.contact, left.p256dh, left.auth) == (None,) * 4
    await cancelled(office, first)
    await deal(work)
    assert [received.path for received in push_service.received] == ["/push/2"]
    assert other.reads(push_service.received[0])["title"] == "Cancelled: 社区篮球赛"


@pytest.mark.parametrize("answer", ["404 Not Found", "410 Gone"])
async def test_a_browser_that_its_service_knows_no_more_is_forgotten_with_all_it_followed(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService, answer: str
) -> None:
    first, second = await publish(office), await publish(office, "滨江健步走")
    gone, stays = BrowserOf(push_service), BrowserOf(push_service, "2")
    for event_id, one in ((first, gone), (second, gone), (second, stays)):
        await client.put(f"/api/v1/events/{event_id}/push", json=one.subscription())
    push_service.answers = [answer]
    await cancelled(office, first)
    await deal(work)
    status = SubscriptionStatus
    assert [(one.status, one.address is None) for one in await subscriptions(office)] == [
        (status.GONE, True), (status.GONE, True), (status.ACTIVE, False),
    ]  # fmt: skip
    assert [one.state for one in await deliveries(office)] == [DeliveryState.GIVEN_UP]
    await cancelled(office, second)
    await deal(work)
    assert [received.path for received in push_service.received] == ["/push/1", "/push/2"]


@pytest.mark.parametrize(
    "answer", ["429 Too Many Requests", "503 Service Unavailable", "403 Forbidden", "302 Found\r\nLocation: /elsewhere"]
)
async def test_a_refusal_for_now_is_tried_again_later_and_no_redirect_is_followed(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService, answer: str
) -> None:
    event_id, browser = await publish(office), BrowserOf(push_service)
    await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
    push_service.answers = [answer]
    await cancelled(office, event_id)
    await deal(work)
    [delivery] = await deliveries(office)
    assert (delivery.state, [one.path for one in push_service.received]) == (DeliveryState.QUEUED, ["/push/1"])
    with clock.frozen(clock.now() + PAUSES[0]):
        await deal(work)
    [delivery] = await deliveries(office)
    assert (delivery.state, delivery.attempts, len(push_service.received)) == (DeliveryState.SENT, 2, 2)
    assert [(number, accepted, said[:3]) for number, accepted, said in await history(office)] == [(1, False, answer[:3]), (2, True, "201")]


async def test_a_service_that_never_answers_holds_nothing_up(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "SECONDS", 0.3)
    event_id = await publish(office)
    await client.put(f"/api/v1/events/{event_id}/push", json=BrowserOf(push_service).subscription())
    push_service.answers = [None]
    await cancelled(office, event_id)
    await deal(work)
    [delivery] = await deliveries(office)
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 1)


async def test_an_address_that_is_not_allowed_is_neither_taken_nor_called(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    event_id, browser = await publish(office), BrowserOf(push_service)
    asked = browser.subscription(endpoint="http://127.0.0.1:1/internal")
    refused = await client.put(f"/api/v1/events/{event_id}/push", json=asked)
    assert (refused.status_code, [fault["code"] for fault in refused.json()["errors"]]) == (422, ["bad_endpoint"])
    await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
    async with office.sessions.begin() as session:  # allowed when it was taken, and no more
        await session.execute(update(Subscription).values(address=f"http://127.0.0.1:{push_service.port}0/x"))
    await cancelled(office, event_id)
    await deal(work)
    assert ([one.state for one in await deliveries(office)], push_service.received) == ([DeliveryState.GIVEN_UP], [])


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, ["bad_push_key"]),
        ({"language": "fr"}, ["unknown_value"]),
        (
            {"keys": {"p256dh": "x" * 10_000, "auth": ""}, "language": "x", "endpoint": ""},
            ["bad_endpoint", "bad_push_key", "unknown_value"],
        ),
        ({"keys": None, "language": "fr"}, ["wrong_type", "unknown_value"]),
        ({"other": 1}, ["unknown_field"]),
    ],
)
async def test_every_fault_of_what_a_browser_sent_is_named(
    client: httpx.AsyncClient, office: Installation, push_service: PushService, more: dict[str, object], codes: list[str]
) -> None:
    event_id = await publish(office)
    refused = await client.put(f"/api/v1/events/{event_id}/push", json=BrowserOf(push_service).subscription(**more))
    assert (refused.status_code, [fault["code"] for fault in refused.json()["errors"]]) == (422, codes)
    assert await subscriptions(office) == []


async def test_one_browser_follows_so_many_events_and_a_network_asks_so_often(
    client: httpx.AsyncClient, office: Installation, push_service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, answers = [await publish(office, f"第{n}场") for n in range(3)], []
    office.settings = replace(office.settings, network_limit=3)
    for most, name, event_id in ((1, "1", events[0]), (1, "1", events[1]), (2, "1", events[1]), (2, "2", events[2]), (2, "3", events[2])):
        monkeypatch.setattr(following_by_push, "MOST_FOLLOWED", most)
        asked = await client.put(f"/api/v1/events/{event_id}/push", json=BrowserOf(push_service, name).subscription())
        answers.append((asked.status_code, asked.json()["code"] if asked.content else ""))
    assert answers == [(204, ""), (409, "too_many_followed"), (204, ""), (204, ""), (429, "too_many")]


async def test_where_pushing_is_off_nothing_is_offered_taken_or_sent(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    event_id, browser = await publish(office), BrowserOf(push_service)
    page = f"/follow?event={event_id}"
    assert "data-push-event" in (await client.get(page)).text
    await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
    office.settings = replace(office.settings, push=False)
    assert "data-push-event" not in (await client.get(page)).text
    assert (await client.get("/api/v1/push")).status_code == 404
    assert (await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())).status_code == 404
    await cancelled(office, event_id)
    await deal(Work(office, work.mailer, make_pusher(office.settings, office.keys)))
    assert ([one.state for one in await deliveries(office)], push_service.received) == ([DeliveryState.GIVEN_UP], [])
    assert (await client.post(f"/api/v1/events/{event_id}/push/leave", json={"endpoint": browser.endpoint})).status_code == 204


async def test_mail_and_push_of_one_event_go_each_its_way(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService, sink: Sink
) -> None:
    event_id = await publish(office)
    await follow(office, "wang@example.org", Scope.EVENT, str(event_id))
    await client.put(f"/api/v1/events/{event_id}/push", json=BrowserOf(push_service).subscription())
    await deal(work)
    sink.received.clear()
    await cancelled(office, event_id)
    await deal(work)
    assert (len(sink.mails), len(push_service.received)) == (1, 1)
    async with office.sessions() as session:
        assert push_service.origin not in "".join(await session.scalars(select(DeliveryAttempt.answer)))
        assert list(await session.scalars(select(Delivery.address))) == [None] * 3


async def test_a_title_as_long_as_can_be_fits(
    client: httpx.AsyncClient, office: Installation, work: Work, push_service: PushService
) -> None:
    event_id, browser = await publish(office, "龙" * 100 + "🏮" * 100), BrowserOf(push_service)
    await client.put(f"/api/v1/events/{event_id}/push", json=browser.subscription())
    async with office.sessions.begin() as session:
        await service.cancel(session, YANGPU, event_id, reason="雨" * 500)
    await deal(work)
    [received] = push_service.received
    assert len(received.body) < 4_096
    assert browser.reads(received)["body"].endswith("…")
