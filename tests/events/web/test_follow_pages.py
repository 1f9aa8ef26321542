"""Following by e-mail on pages without JavaScript: asked for, confirmed, managed, left."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from events.calendar.rules import EventStatus
from events.notices.models import Delivery, SubscriptionAsk
from events.notices.rules import ASKS_A_DAY, ASKS_AN_HOUR, NoticeKind, SubscriptionStatus
from events.notices.subscribing import forget_unconfirmed
from events.notices.targets import Scope
from infra import clock
from infra.installation import Installation
from infra.outbox import Outbox
from tests.filling import add_event, add_series
from tests.followers import confirm_code, follow, leave_code, manage_code, post, statuses, subscriptions
from tests.statements import sent
from tests.teams import STREET

HTML = {"Accept": "text/html"}
ASKED = {"scope": "region", "key": STREET, "email": "Wang@Example.org"}
ASKED_STATUS, ACTIVE, LEFT = SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE, SubscriptionStatus.LEFT


async def kinds(office: Installation) -> list[NoticeKind]:
    async with office.sessions() as session:
        return list(await session.scalars(select(Delivery.kind).order_by(Delivery.id)))


async def fill(office: Installation) -> UUID:
    async with office.sessions.begin() as session:
        await add_series(session, "yundong", "韵动杨浦")
        return await add_event(session, "滨江龙舟赛", date(2027, 5, 2))


async def test_everything_that_can_be_followed_has_its_form(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await fill(installation)
    for query, name in (
        ("region=310110", "杨浦区"),
        ("series=yundong", "韵动杨浦"),
        ("sport=basketball", "篮球"),
        (f"event={event_id}", "滨江龙舟赛"),
    ):
        with sent(installation) as said:
            answer = await client.get(f"/follow?{query}", headers=HTML)
        assert (query, answer.status_code, f"<h1>{name}" in answer.text, len(said) <= 4) == (query, 200, True, True)
        assert f'name="key" value="{query.partition("=")[2]}"' in answer.text


async def test_without_a_target_or_with_several_one_is_chosen(client: httpx.AsyncClient, installation: Installation) -> None:
    await fill(installation)
    with sent(installation) as said:
        html = (await client.get("/follow?sport=football&region=310110016", headers=HTML)).text
    assert len(said) <= 4
    assert '<option value="310110016" selected>' in html
    assert '<option value="football" selected>' in html
    assert '<option value="310000"' in html
    assert html.count("<option") > 20
    assert '<form method="get" action="/follow"' in (await client.get("/follow", headers=HTML)).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("region=999999", 404),
        ("series=nothing", 404),
        ("sport=%00", 422),
        ("event=x", 422),
        ("event=0190a000-0000-7000-8000-000000000000", 404),
        ("region=" + "1" * 101, 422),
        ("region=%ff", 422),
    ],
)
async def test_what_is_not_there_is_not_followed(client: httpx.AsyncClient, installation: Installation, query: str, status: int) -> None:
    assert (await client.get(f"/follow?{query}", headers=HTML)).status_code == status


async def test_a_draft_is_not_followed(client: httpx.AsyncClient, installation: Installation) -> None:
    async with installation.sessions.begin() as session:
        draft = await add_event(session, "秘密", date(2027, 5, 2), status=EventStatus.DRAFT)
    assert (await client.get(f"/follow?event={draft}", headers=HTML)).status_code == 404
    assert (await post(client, "/follow", {"scope": "event", "key": str(draft), "email": "a@example.org"})).status_code == 404


async def test_an_address_is_told_nothing_until_its_owner_presses_the_button(client: httpx.AsyncClient, installation: Installation) -> None:
    sent = await post(client, "/follow", ASKED)
    assert (sent.status_code, sent.headers["location"]) == (303, "/follow/sent")
    assert "请查收邮件" in (await client.get("/follow/sent", headers=HTML)).text
    [asked] = await subscriptions(installation)
    assert (asked.status, asked.address, asked.consent, asked.language) == (ASKED_STATUS, "Wang@Example.org", "2026-1", "zh-CN")
    code = confirm_code(installation, asked.id)
    shown = await client.get("/follow/confirm", params=code, headers=HTML)  # as every mail scanner does
    assert (shown.status_code, "殷行街道" in shown.text, await statuses(installation)) == (200, True, [ASKED_STATUS])
    for _ in range(2):  # the button, pressed twice
        done = await post(client, "/follow/confirm", code)
        assert (done.status_code, "已关注「殷行街道」" in done.text) == (200, True)
    [active] = await subscriptions(installation)
    assert active.status is ACTIVE
    assert active.asked_at <= active.confirmed_at
    assert await kinds(installation) == [NoticeKind.FOLLOW_CONFIRM]


async def test_the_answer_never_tells_whether_an_address_is_known(client: httpx.AsyncClient, installation: Installation) -> None:
    await follow(installation, "wang@example.org")
    answers = []
    for email in ("wang@example.org", "WANG@example.org", "nobody@example.org"):
        with sent(installation) as said:
            answer = await post(client, "/follow", ASKED | {"email": email})
        answers.append((answer.status_code, answer.text, answer.headers["location"], len(said)))
        with sent(installation) as said:
            answer = await post(client, "/follow/manage/link", {"email": email})
        answers.append((answer.status_code, answer.text, answer.headers["location"], len(said)))
    assert len(set(answers)) == 2
    assert max(number for *_, number in answers) <= 4
    assert await kinds(installation) == [
        NoticeKind.FOLLOW_CONFIRM,
        NoticeKind.FOLLOW_LINK,
        NoticeKind.FOLLOW_LINK,
        NoticeKind.FOLLOW_CONFIRM,
    ]
    assert len(await subscriptions(installation)) == 2


@pytest.mark.parametrize("email", ["", "wang", "wang@", "a@b>\r\nBcc: c@d.org", "x" * 250 + "@example.org"])
async def test_what_is_no_address_is_said_at_its_field(client: httpx.AsyncClient, installation: Installation, email: str) -> None:
    for address, fields in (("/follow", ASKED), ("/follow/manage/link", {})):
        answer = await post(client, address, fields | {"email": email})
        assert (answer.status_code, 'id="fault-email"' in answer.text, 'aria-invalid="true"' in answer.text) == (422, True, True)
    assert await subscriptions(installation) == []


async def test_an_address_gets_few_mails_whoever_types_it_in_and_nobody_is_told(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    for n in range(ASKS_AN_HOUR + 2):
        answer = await post(client, "/follow", ASKED, x_forwarded_for=f"192.0.2.{n}")
        assert answer.headers["location"] == "/follow/sent"
    assert len(await kinds(installation)) == ASKS_AN_HOUR
    with clock.frozen(clock.now() + timedelta(hours=2)):
        for _ in range(ASKS_AN_HOUR + 2):
            await post(client, "/follow", ASKED)
        assert len(await kinds(installation)) <= ASKS_A_DAY


async def test_nobody_can_keep_an_address_from_following_by_asking_on(client: httpx.AsyncClient, installation: Installation) -> None:
    now = clock.now()
    for minutes in (0, 50):
        with clock.frozen(now + timedelta(minutes=minutes)):
            for _ in range(ASKS_AN_HOUR * 2):
                await post(client, "/follow", ASKED)
            assert len(await kinds(installation)) == ASKS_AN_HOUR
    with clock.frozen(now + timedelta(minutes=61)):
        await post(client, "/follow", ASKED)
    assert len(await kinds(installation)) == ASKS_AN_HOUR + 1


async def test_the_manage_link_has_a_share_of_its_own(client: httpx.AsyncClient, installation: Installation) -> None:
    for _ in range(ASKS_AN_HOUR + 1):
        await post(client, "/follow", ASKED)
    for _ in range(ASKS_AN_HOUR + 1):
        assert (await post(client, "/follow/manage/link", {"email": ASKED["email"]})).status_code == 303
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).where(Outbox.name == "LinkAsked")) == ASKS_AN_HOUR


async def test_a_school_behind_one_address_is_let_through_and_a_flood_is_not(client: httpx.AsyncClient, installation: Installation) -> None:
    assert installation.settings.network_limit == 500
    async with installation.sessions.begin() as session:
        network = installation.keys.mac("network", "127.0.0.1")
        session.add_all(
            SubscriptionAsk(id=uuid4(), contact=n.to_bytes(4, "big"), network=network, language="zh-CN", at=clock.now()) for n in range(499)
        )
    assert (await post(client, "/follow", ASKED)).status_code == 303
    for address, fields in (("/follow", ASKED | {"email": "b@example.org"}), ("/follow/manage/link", {"email": "b@example.org"})):
        refused = await post(client, address, fields)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert (await post(client, "/follow", ASKED | {"email": "b@example.org"})).status_code == 303


@pytest.mark.parametrize("path", ["/follow/confirm", "/follow/leave"])
@pytest.mark.parametrize("wrong", [{}, {"t": "x" * 43}, {"s": "no-id"}, {"s": "018f0000-0000-7000-8000-000000000000"}])
async def test_a_wrong_code_opens_nothing(client: httpx.AsyncClient, installation: Installation, path: str, wrong: dict[str, str]) -> None:
    await post(client, "/follow", ASKED)
    [asked] = await subscriptions(installation)
    other = leave_code if path == "/follow/confirm" else confirm_code
    answer = await post(client, path, other(installation, asked.id) | wrong)
    assert (answer.status_code, "这个链接不能用" in answer.text, await statuses(installation)) == (404, True, [ASKED_STATUS])


async def test_what_nobody_confirmed_is_forgotten_after_three_days(client: httpx.AsyncClient, installation: Installation) -> None:
    kept = await follow(installation, "kept@example.org")
    await post(client, "/follow", ASKED)
    asked = (await subscriptions(installation))[-1]
    for days, left in ((2.9, 2), (3.1, 1)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            async with installation.sessions.begin() as session:
                await forget_unconfirmed(session)
        assert len(await subscriptions(installation)) == left
    assert [one.id for one in await subscriptions(installation)] == [kept]
    late = await post(client, "/follow/confirm", confirm_code(installation, asked.id))
    assert (late.status_code, "已经过期" in late.text) == (404, True)
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(SubscriptionAsk)) == 0


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_one_click_of_a_mail_program_leaves(client: httpx.AsyncClient, installation: Installation, kind: str) -> None:
    """RFC 8058, section 3.2: a POST without cookies or any other context, from wherever the mail server is, and no redirect."""
    stays, leaves = await follow(installation, "a@example.org"), await follow(installation, "b@example.org")
    body = (
        b"List-Unsubscribe=One-Click"
        if "urlencoded" in kind
        else b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    code = leave_code(installation, leaves)
    assert (await client.get("/follow/leave", params=code, headers=HTML)).status_code == 200  # which changes nothing
    assert await statuses(installation) == [ACTIVE, ACTIVE]
    for _ in range(2):
        answer = await client.post(
            "/follow/leave", params=code, content=body, headers={"Content-Type": kind, "Origin": "https://mail.example"}
        )
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    left = {one.id: one for one in await subscriptions(installation)}
    assert (left[stays].status, left[leaves].status) == (ACTIVE, LEFT)


async def test_of_who_has_left_stays_that_somebody_did_and_not_who(client: httpx.AsyncClient, installation: Installation) -> None:
    id_ = await follow(installation, "wang@example.org")
    assert "已取消关注" in (await post(client, "/follow/leave", leave_code(installation, id_))).text
    [left] = await subscriptions(installation)
    assert (left.address, left.contact, left.p256dh, left.auth) == (None,) * 4
    assert (left.region_code, left.status, left.consent) == (STREET, LEFT, "2026-1")
    assert left.asked_at <= left.confirmed_at <= left.ended_at
    again = await post(client, "/follow/confirm", confirm_code(installation, id_))
    assert (again.status_code, await statuses(installation)) == (404, [LEFT])
    await follow(installation, "wang@example.org")
    assert await statuses(installation) == [LEFT, ACTIVE]


@pytest.fixture
async def managing(client: httpx.AsyncClient, installation: Installation) -> list[UUID]:
    """An address that follows a street and an event, let in by the link of the first; and another address, that follows the street too."""
    event_id = await fill(installation)
    mine = [await follow(installation, "wang@example.org"), await follow(installation, "wang@example.org", Scope.EVENT, str(event_id))]
    other = await follow(installation, "li@example.org")
    entered = await post(client, "/follow/manage", {"code": f"https://saili.example/follow/manage#{manage_code(installation, mine[0])}"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/follow/manage")
    cookie = entered.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/follow/manage"))
    return [*mine, other]


async def test_the_link_shows_everything_that_the_address_follows(
    client: httpx.AsyncClient, installation: Installation, managing: list[UUID]
) -> None:
    with sent(installation) as said:
        html = (await client.get("/follow/manage", headers=HTML)).text
    assert len(said) <= 4
    assert ("wang@example.org" in html, "殷行街道" in html, "滨江龙舟赛" in html, html.count('name="id"')) == (True, True, True, 2)


async def test_one_is_left_and_the_rest_is_still_managed(
    client: httpx.AsyncClient, installation: Installation, managing: list[UUID]
) -> None:
    for _ in range(2):  # the first is the one whose link let the browser in
        assert (await post(client, "/follow/manage/leave", {"id": str(managing[0])})).status_code == 303
    html = (await client.get("/follow/manage", headers=HTML)).text
    assert ("殷行街道" in html, "滨江龙舟赛" in html) == (False, True)
    assert await statuses(installation) == [LEFT, ACTIVE, ACTIVE]


async def test_all_is_left_and_the_browser_is_let_out(client: httpx.AsyncClient, installation: Installation, managing: list[UUID]) -> None:
    answer = await post(client, "/follow/manage/leave", {"all": "yes"})
    assert ("已取消全部关注" in answer.text, await statuses(installation)) == (True, [LEFT, LEFT, ACTIVE])
    assert "saili_follow" not in client.cookies
    door = await client.get("/follow/manage", headers=HTML)
    assert 'action="/follow/manage/link"' in door.text
    wrong = await post(client, "/follow/manage", {"code": manage_code(installation, managing[0])})
    assert (wrong.status_code, "已经作废" in wrong.text) == (404, True)


async def test_another_address_is_not_managed(client: httpx.AsyncClient, installation: Installation, managing: list[UUID]) -> None:
    await post(client, "/follow/manage/leave", {"id": str(managing[2])})
    assert await statuses(installation) == [ACTIVE] * 3


async def test_the_language_of_the_mails_is_chosen(client: httpx.AsyncClient, installation: Installation, managing: list[UUID]) -> None:
    assert (await post(client, "/follow/manage/language", {"language": "en"})).status_code == 303
    assert [one.language for one in await subscriptions(installation)] == ["en", "en", "zh-CN"]
    assert (await post(client, "/follow/manage/language", {"language": "fr"})).status_code == 404


async def test_a_form_of_another_site_changes_nothing(client: httpx.AsyncClient, installation: Installation, managing: list[UUID]) -> None:
    asked = await subscriptions(installation)
    for path, fields in (
        ("/follow", ASKED),
        ("/follow/confirm", confirm_code(installation, managing[0])),
        ("/follow/manage/link", {"email": "wang@example.org"}),
        ("/follow/manage/leave", {"all": "yes"}),
        ("/follow/manage/language", {"language": "en"}),
    ):
        assert (path, (await post(client, path, fields, sec_fetch_site="cross-site")).status_code) == (path, 403)
    assert [(one.id, one.status, one.language) for one in await subscriptions(installation)] == [
        (o.id, o.status, o.language) for o in asked
    ]


@pytest.mark.parametrize("code", ["", "x", "x.y", "018f0000-0000-7000-8000-000000000000.y", "é.é"])
async def test_a_code_that_is_none_opens_no_list(client: httpx.AsyncClient, installation: Installation, code: str) -> None:
    assert (await post(client, "/follow/manage", {"code": code})).status_code == 404
    shown = await client.get("/follow/manage", headers=HTML | {"Cookie": f"saili_follow={code}"} if code.isascii() else HTML)
    assert 'action="/follow/manage/link"' in shown.text
    assert (await post(client, "/follow/manage/leave", {"all": "yes"})).status_code in (401, 404)


async def test_pages_lead_here(client: httpx.AsyncClient, installation: Installation) -> None:
    event_id = await fill(installation)
    assert f'href="/follow?event={event_id}"' in (await client.get(f"/events/{event_id}", headers=HTML)).text
    month = (await client.get("/calendar/2027-05?region=310110&tier=street&lang=en", headers=HTML)).text
    assert 'href="/follow?tier=street&amp;region=310110&amp;lang=en"' in month
    assert 'lang="en"' in (await client.get("/follow?region=310110&lang=en", headers=HTML)).text


async def test_names_are_text_however_strange(client: httpx.AsyncClient, installation: Installation) -> None:
    title = "<b>龙舟</b>🏮" * 10
    async with installation.sessions.begin() as session:
        event_id = await add_event(session, title, date(2027, 5, 2))
    html = (await client.get(f"/follow?event={event_id}", headers=HTML)).text
    assert ("<b>" in html, "&lt;b&gt;龙舟&lt;/b&gt;🏮" in html) == (False, True)


@pytest.mark.parametrize("targets", ["region=310110", "region=310110&sport=football", ""])
async def test_what_of_a_calendars_filters_following_does_not_take_is_said(
    client: httpx.AsyncClient, installation: Installation, targets: str
) -> None:
    await fill(installation)
    query = f"{targets}&when=weekend&free=yes&q=龙舟".lstrip("&")
    calendar = (await client.get(f"/calendar/2027-05?{query}", headers=HTML)).text
    link = re.search(r'href="(/follow\?[^"]*)"', calendar)
    assert link
    with sent(installation) as said:
        html = (await client.get(link[1].replace("&amp;", "&"), headers=HTML)).text
    assert "只按地区、系列、项目关注；不含：免费、周末和节假日、龙舟" in html
    assert len(said) <= 4
    assert "不含：" not in (await client.get(f"/follow?{targets}", headers=HTML)).text
