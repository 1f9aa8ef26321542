"""Reporting an error: the form, who reads it, what is kept and for how long."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from events.errors import Faulty, NoRegion, NotFound
from events.reports.models import Mailbox, Report, ReportAttempt
from events.reports.queries import list_reports
from events.reports.rules import KEPT, ReportState, number_of
from events.reports.service import finish, forget, set_mailbox
from infra import clock
from infra.installation import Installation, open_installation
from infra.outbox import Outbox
from tests.apps import app_over
from tests.statements import sent
from tests.teams import make_event

HTML = {"Accept": "text/html"}
WRONG = {"message": "时间不对，应该是 5 月 3 日\n请改正", "contact": "王 13900000001"}
# 殷行街道 lies in 杨浦区, which lies in 上海市.
STREET, DISTRICT, CITY = "310110016", "310110", "310000"


async def send(client: httpx.AsyncClient, event: UUID, **fields: str) -> httpx.Response:
    return await client.post(f"/events/{event}/report", data=WRONG | fields, headers=HTML)


async def mailbox(installation: Installation, region: str, address: str | None) -> int:
    async with installation.sessions.begin() as session:
        return await set_mailbox(session, region, address)


async def reports(installation: Installation) -> list[Report]:
    async with installation.sessions() as session:
        return [*await session.scalars(select(Report).order_by(Report.id))]


async def messages(installation: Installation) -> list[str]:
    async with installation.sessions() as session:
        return [row["report_id"] for row in await session.scalars(select(Outbox.body).where(Outbox.name == "ReportDue"))]


async def test_a_report_costs_few_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    await mailbox(installation, DISTRICT, "yangpu@example.org")
    for fields, status, most in (({}, 303, 3), ({}, 303, 1), ({"message": ""}, 422, 2)):
        with sent(installation) as said:
            assert (await send(client, event, **fields)).status_code == status
        assert len(said) <= most, said


async def test_a_report_reaches_the_mailbox_of_its_office(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    await mailbox(installation, DISTRICT, " yangpu@example.org ")
    assert f'href="/events/{event}/report"' in (await client.get(f"/events/{event}", headers=HTML)).text
    form = await client.get(f"/events/{event}/report", headers=HTML)
    assert (form.status_code, "社区篮球赛" in form.text, "180 天后删除" in form.text) == (200, True, True)
    sent = await send(client, event)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/events/{event}/report/sent")
    thanks = (await client.get(sent.headers["location"], headers=HTML)).text
    assert ("谢谢" in thanks, "转给负责的单位" in thanks) == (True, True)
    [made] = await reports(installation)
    assert (made.message, made.contact, made.state, made.address) == (
        WRONG["message"],
        WRONG["contact"],
        ReportState.QUEUED,
        "yangpu@example.org",
    )
    assert await messages(installation) == [str(made.id)]


@pytest.mark.parametrize(
    ("set_up", "to"),
    [
        ({STREET: "street@example.org", DISTRICT: "district@example.org", CITY: "city@example.org"}, "street@example.org"),
        ({DISTRICT: "district@example.org", CITY: "city@example.org"}, "district@example.org"),
        ({CITY: "city@example.org"}, "city@example.org"),
        ({"310109": "elsewhere@example.org", "310110021": "beside@example.org"}, None),
    ],
)
async def test_where_an_office_has_none_the_one_above_it_reads(
    client: httpx.AsyncClient, installation: Installation, set_up: dict[str, str], to: str | None
) -> None:
    event = await make_event(installation, region_code=STREET)
    for region, address in set_up.items():
        await mailbox(installation, region, address)
    await send(client, event)
    assert [made.address for made in await reports(installation)] == [to]


async def test_without_any_mailbox_it_is_kept_and_the_page_says_whom_to_call(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation, contact="王老师 021-00000000")
    sent = await send(client, event)
    thanks = (await client.get(sent.headers["location"], headers=HTML)).text
    assert ("还没有登记收信的邮箱" in thanks, "王老师 021-00000000" in thanks) == (True, True)
    [made] = await reports(installation)
    assert (made.state, await messages(installation)) == (ReportState.KEPT, [])
    assert await mailbox(installation, CITY, "city@example.org") == 1
    [made] = await reports(installation)
    assert (made.state, made.address, await messages(installation)) == (ReportState.QUEUED, "city@example.org", [str(made.id)])


async def test_whoever_runs_the_installation_reads_what_no_office_does(installation: Installation) -> None:
    settings = replace(installation.settings, reports_mail="operator@example.org")
    own = open_installation(settings, installation.engine.url.render_as_string(hide_password=False))
    event = await make_event(installation)
    transport = httpx.ASGITransport(app_over(own))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await send(client, event)
    await own.close()
    assert [made.address for made in await reports(installation)] == ["operator@example.org"]


async def test_what_is_wrong_with_a_report_stands_at_its_field_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event = await make_event(installation)
    cases = {"message": ("  ", "不能为空"), "contact": ("11010519491231002X", "不收证件号码")}
    for field, (typed, sentence) in cases.items():
        answer = await send(client, event, **{field: typed})
        assert (answer.status_code, sentence in answer.text, f'id="fault-{field}"' in answer.text) == (422, True, True)
        kept = WRONG["contact"] if field == "message" else "时间不对"
        assert kept in answer.text
    assert (await send(client, event, message="x" * 1001)).status_code == 422
    for unusable in ("a\u202eb", "a\0b"):
        assert (await send(client, event, message=unusable)).status_code == 422
    assert await reports(installation) == []


async def test_a_program_that_fills_in_every_field_is_thanked_and_forgotten(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    form = (await client.get(f"/events/{event}/report", headers=HTML)).text
    fields = re.findall(r'name="(\w+)"', form.partition("<form")[2])
    answer = await client.post(f"/events/{event}/report", data=dict.fromkeys(fields, "x"), headers=HTML)
    assert (answer.status_code, await reports(installation)) == (303, [])


async def test_one_network_sends_ten_an_hour_and_a_second_press_is_the_first(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    for _ in range(3):
        assert (await send(client, event)).status_code == 303
    assert len(await reports(installation)) == 1
    codes = [(await send(client, event, message=f"第 {n} 条")).status_code for n in range(10)]
    assert codes == [303] * 9 + [429]
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        assert (await send(client, event, message="又一条")).status_code == 303


async def test_another_site_cannot_send_one(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    answer = await client.post(f"/events/{event}/report", data=WRONG, headers=HTML | {"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, await reports(installation)) == (403, [])


async def test_a_draft_and_what_is_no_event_cannot_be_reported(client: httpx.AsyncClient, installation: Installation) -> None:
    draft = await make_event(installation, status="draft")
    for event in (draft, UUID(int=1)):
        assert [(await send(client, event)).status_code, (await client.get(f"/events/{event}/report", headers=HTML)).status_code] == [
            404,
            404,
        ]


async def test_markup_in_a_report_stays_text(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    answer = await send(client, event, message="", contact='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text


async def test_a_report_goes_when_its_term_is_over_and_with_its_event(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation)
    await send(client, event)
    async with installation.sessions.begin() as session:
        [made] = await session.scalars(select(Report))
        session.add(ReportAttempt(report_id=made.id, number=1, at=clock.now(), accepted=False, answer="451"))
    for later, left in ((KEPT - timedelta(seconds=5), 1), (KEPT + timedelta(seconds=5), 0)):
        with clock.frozen(clock.now() + later):
            async with installation.sessions.begin() as session:
                await forget(session)
        assert len(await reports(installation)) == left
    async with installation.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(ReportAttempt)) == 0


async def test_reports_are_listed_of_a_region_and_all_below_it(client: httpx.AsyncClient, installation: Installation) -> None:
    await send(client, await make_event(installation, region_code=STREET, title="街道的"))
    await send(client, await make_event(installation, region_code="310109", title="虹口的"))
    async with installation.sessions() as session:
        assert [one.event for one in await list_reports(session)] == ["虹口的", "街道的"]
        assert [one.event for one in await list_reports(session, region_code=DISTRICT)] == ["街道的"]


async def test_a_mailbox_is_an_address_of_a_region_that_is_there(installation: Installation) -> None:
    with pytest.raises(NoRegion):
        await mailbox(installation, "999999", "a@example.org")
    for bad in ("nobody", "a@b", "a@example.org\r\nBcc: b@example.org"):
        with pytest.raises(Faulty):
            await mailbox(installation, CITY, bad)
    await mailbox(installation, CITY, "a@example.org")
    await mailbox(installation, CITY, None)
    async with installation.sessions() as session:
        assert (await session.scalars(select(Mailbox))).all() == []


async def test_the_form_is_complete_in_english(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation, title="Run")
    for path in ("report", "report/sent"):
        html = (await client.get(f"/events/{event}/{path}?lang=en", headers=HTML)).text.partition("<main")[2]
        assert re.findall("[\u4e00-\u9fff]+", re.sub("<[^>]*>", " ", html).replace("杨浦区", "")) == []


async def test_a_report_that_was_dealt_with_is_deleted_by_its_number_and_a_wrong_number_deletes_none(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    event = await make_event(installation)
    for message in ("时间不对", "地点不对"):
        await send(client, event, message=message)
    first, second = [number_of(one.id) for one in await reports(installation)]
    async with installation.sessions.begin() as session:
        with pytest.raises(NotFound):
            await finish(session, [first, "00000000"])
        assert await finish(session, [first.upper()]) == 1
    assert [number_of(one.id) for one in await reports(installation)] == [second]
