"""A leader's registrations: by a mailed link, by what the browser holds, and by nothing else."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from events.messages import RegistrationChanged
from events.notices.letters import compose
from events.notices.models import Delivery
from events.notices.queries import list_notices
from events.notices.service import plan_registrations
from events.registrations import brake
from events.registrations.models import Registration
from infra import clock
from infra.ids import new_id
from infra.installation import Installation
from infra.outbox import Outbox
from tests.events.web.test_registering_pages import HTML, post, registered
from tests.statements import sent
from tests.teams import enter, make_division

ADDRESS, PHONE = "leader@example.org", "13900000099"


def leader(email: str | None = ADDRESS, phone: str = PHONE) -> dict[str, str | None]:
    return {"name": "王建国", "phone": phone, "email": email}


@pytest.fixture(autouse=True)
def _no_brake() -> None:
    brake.asks._counts.clear()


async def asked(client: httpx.AsyncClient, installation: Installation, contact: str = ADDRESS) -> list[UUID]:
    """Which registrations a mail was asked for."""
    assert (await post(client, "/my/ask", [("contact", contact)])).status_code == 200
    async with installation.sessions() as session:
        bodies = await session.scalars(
            select(Outbox.body).where(Outbox.name == "RegistrationChanged", Outbox.body["kind"].astext == "manage_link")
        )
        return [UUID(body["registration_id"]) for body in bodies]


async def mailed(installation: Installation, registration_id: UUID) -> str:
    """The code in the letter that is sent of an asking."""
    async with installation.sessions.begin() as session:
        await plan_registrations(session, [RegistrationChanged(registration_id, "manage_link", new_id())])
        delivery = await session.scalar(select(Delivery.id).order_by(Delivery.id.desc()))
        [notice] = await list_notices(session, [delivery] if delivery else [])
    letter = BytesParser(policy=policy.default).parsebytes(compose(notice, installation).content).get_body(("plain",))
    assert letter
    content = letter.get_content()
    found = re.search(r"/my#([0-9a-f-]{36}\.\d+\.[\w-]{43})", content)
    assert found, content
    return found[1]


async def test_a_link_lists_what_was_registered_under_its_address_and_leads_to_each(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    mine = [await enter(installation, await make_division(installation), leader=leader(), team_name=f"我的{n}队") for n in (1, 2)]
    # Somebody else wrote my telephone down, with an address of their own.
    other = await enter(installation, await make_division(installation), leader=leader("other@example.org"), team_name="别人的队")
    sent = await asked(client, installation, PHONE)
    assert set(sent) == {mine[1].id, other.id}
    entered = await post(client, "/my/enter", [("code", await mailed(installation, mine[1].id))])
    assert (entered.status_code, entered.headers["location"]) == (303, "/my")
    assert all(part in entered.headers["set-cookie"] for part in ("HttpOnly", "SameSite=strict", "Path=/my"))
    html = (await client.get("/my", headers=HTML)).text
    assert ("我的1队" in html, "我的2队" in html, "别人的队" in html) == (True, True, False)
    opened = await post(client, f"/my/open/{mine[0].id}", [])
    assert opened.headers["location"] == f"/registrations/{mine[0].id}"
    assert "我的1队" in (await client.get(opened.headers["location"], headers=HTML)).text
    assert (await post(client, f"/my/open/{other.id}", [])).status_code == 404


async def test_a_link_works_once_and_for_a_day(client: httpx.AsyncClient, installation: Installation) -> None:
    made = await enter(installation, await make_division(installation), leader=leader())
    used, late = await mailed(installation, made.id), await mailed(installation, made.id)
    assert (await post(client, "/my/enter", [("code", f"http://x/my#{used}")])).status_code == 303
    assert (await post(client, "/my/enter", [("code", used)])).status_code == 404
    with clock.frozen(clock.now() + timedelta(hours=24, seconds=1)):
        assert (await post(client, "/my/enter", [("code", late)])).status_code == 404


@pytest.mark.parametrize("change", [{"leader_email": "new@example.org"}, {"generation": 1}])
async def test_a_new_address_or_an_exchanged_link_ends_links_and_passes(
    client: httpx.AsyncClient, installation: Installation, change: dict[str, object]
) -> None:
    made = await enter(installation, await make_division(installation), leader=leader(), team_name="我的队")
    link, other = await mailed(installation, made.id), await mailed(installation, made.id)
    await post(client, "/my/enter", [("code", link)])
    assert "我的队" in (await client.get("/my", headers=HTML)).text
    async with installation.sessions.begin() as session:
        await session.execute(update(Registration).values(**change))
    assert "我的队" not in (await client.get("/my", headers=HTML)).text
    assert (await post(client, "/my/enter", [("code", other)])).status_code == 404


@pytest.mark.parametrize("code", ["", "x", "1.2.3", f"{UUID(int=1)}.99999999999.{'a' * 43}", f"{UUID(int=1)}.{'9' * 5000}.a", "☃.☃.☃"])
async def test_a_made_up_code_opens_nothing(client: httpx.AsyncClient, installation: Installation, code: str) -> None:
    answer = await post(client, "/my/enter", [("code", code)])
    assert (answer.status_code, "这个链接不对" in answer.text) == (404, True)
    assert (await client.get("/my", headers=HTML | {"Cookie": "saili_my=" + code.encode().hex()})).status_code == 200


@pytest.mark.parametrize("contact", [ADDRESS, "nobody@example.org", PHONE, "13911111111"])
async def test_nothing_tells_whether_a_contact_is_known(client: httpx.AsyncClient, installation: Installation, contact: str) -> None:
    await enter(installation, await make_division(installation), leader=leader())
    answers = [await post(client, "/my/ask", [("contact", contact)]) for _ in range(2)]
    assert {(answer.status_code, "如果有用这个联系方式" in answer.text) for answer in answers} == {(200, True)}
    assert len(await asked(client, installation, contact)) == (contact in (ADDRESS, PHONE))


async def test_a_network_asks_so_often_and_no_more(client: httpx.AsyncClient, installation: Installation) -> None:
    answers = [await post(client, "/my/ask", [("contact", f"n{n}@example.org")]) for n in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "n30@example.org" in answers[-1].text


async def test_what_can_be_no_contact_is_said_at_its_field(client: httpx.AsyncClient, installation: Installation) -> None:
    answer = await post(client, "/my/ask", [("contact", "not a phone")])
    assert (answer.status_code, 'aria-describedby="fault-contact"' in answer.text, "not a phone" in answer.text) == (422, True, True)


async def test_a_leader_without_an_address_finds_what_this_browser_registered_until_it_forgets(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    address = await registered(client, await make_division(installation))
    html = (await client.get("/my", headers=HTML)).text
    assert ("殷行一队" in html, "没有留邮箱？" in html) == (True, True)
    await post(client, f"{address}/rotate", [])
    assert "殷行一队" in (await client.get("/my", headers=HTML)).text
    assert (await post(client, "/my/forget", [])).status_code == 303
    assert "这个浏览器里还没有报名" in (await client.get("/my", headers=HTML)).text
    assert (await client.get(address, headers=HTML)).status_code == 303


async def test_the_list_costs_few_statements(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation, per_contact=50)
    made = [await enter(installation, division, leader=leader()) for _ in range(5)]
    await post(client, "/my/enter", [("code", await mailed(installation, made[0].id))])
    with sent(installation) as statements:
        html = (await client.get("/my", headers=HTML)).text
    assert (html.count('<li class="card stack">'), len(statements)) == (5, 2)


@pytest.mark.parametrize("address", ["/my/ask", "/my/enter", "/my/forget", f"/my/open/{UUID(int=1)}"])
async def test_another_sites_form_is_refused(client: httpx.AsyncClient, address: str) -> None:
    assert (await post(client, address, [], sec_fetch_site="cross-site")).status_code == 403
