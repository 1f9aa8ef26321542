import re
from uuid import UUID

import httpx
import pytest

from events.competitions.models import Division
from events.competitions.rules import Entry
from infra.installation import Installation
from tests.teams import STREET, desk, division_of, make_division, make_event, places

HTML = {"Accept": "text/html"}


def form(**changes: str) -> list[tuple[str, str]]:
    """A team of five with its coach, as a browser sends it: every line of the roster, the empty ones too."""
    fields = {"key": "k1", "team_name": "殷行一队", "unit_region": STREET, "leader.name": "王建国", "leader.phone": "13900000001"} | changes
    people = [("队员甲", "athlete"), ("", "athlete"), *((f"队员{n}", "athlete") for n in "乙丙丁戊"), ("教练", "coach")]
    return [*fields.items(), *(pair for name, role in people for pair in (("roster_name", name), ("roster_role", role)))]


async def post(client: httpx.AsyncClient, address: str, pairs: list[tuple[str, str]], **headers: str) -> httpx.Response:
    body = str(httpx.QueryParams(pairs))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await client.post(address, content=body, headers=HTML | kind | {name.replace("_", "-"): v for name, v in headers.items()})


async def registered(client: httpx.AsyncClient, division: UUID, **changes: str) -> str:
    """The address of a registration that this client was let in to."""
    answer = await post(client, f"/divisions/{division}/register", form(**changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_team_registers_and_is_told_its_number_and_its_link(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    assert "提交报名" in (await client.get(f"/divisions/{division}/register", headers=HTML)).text
    address = await registered(client, division)
    html = (await client.get(address, headers=HTML)).text
    assert "报名已确认" in html
    assert re.search(r'class="code">[0-9A-HJKMNP-TV-Z]{8}<', html)
    assert re.search(r'href="http://127.0.0.1:8000/registrations/manage#[0-9a-f-]{36}\.[\w-]{43}"', html)
    assert "<svg" in html
    assert html.count("队员") == 5


async def test_a_team_may_come_from_around_from_the_city_and_from_anywhere_in_this_order(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    division = await make_division(installation)
    html = (await client.get(f"/divisions/{division}/register", headers=HTML)).text
    codes = [code for code in re.findall(r'<option value="(\d+)"', html) if int(code)]
    around, city, country = codes[:13], codes[13:29], codes[29:]
    assert {"310110", STREET} < {*around} == {code for code in codes if code.startswith("310110")}
    assert {code[:2] for code in city} == {"31"}
    assert {"310000", "310109", "310151"} < {*city}
    assert (country[0], country[-1], len(country)) == ("110000", "820000", 33)


async def test_the_button_pressed_twice_is_one_registration(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    first, second = await registered(client, division), await registered(client, division)
    assert (first == second, await places(installation, division)) == (True, {"confirmed": 1})


async def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    sent = form(**{"team_name": "", "leader.phone": "12345"})
    sent[sent.index(("roster_name", "队员丙"))] = ("roster_name", "110101199003074514")
    answer = await post(client, f"/divisions/{division}/register", sent)
    html = answer.text
    assert answer.status_code == 422
    assert set(re.findall(r'id="fault-([^"]+)"', html)) == {"team_name", "leader.phone", "roster[2].name"}
    # The second line was left empty, so the third person sent stands on the fourth line.
    assert re.search(r'id="roster\[3\]\.name" name="roster_name" value="110101199003074514" aria-invalid="true"', html)
    assert 'value="王建国"' in html
    assert await places(installation, division) == {}


async def test_a_closed_window_is_said_on_the_form(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation, entry=Entry.CODE, entry_code=b"x" * 32)
    answer = await post(client, f"/divisions/{division}/register", form(entry_code="wrong"))
    assert (answer.status_code, "邀请码不对" in answer.text, "殷行一队" in answer.text) == (403, True, True)


async def test_a_leader_gets_in_by_the_link_and_nobody_without_it(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    address = await registered(client, division)
    link = re.search(r'href="(http://[^"]*/registrations/manage#[^"]+)"', (await client.get(address, headers=HTML)).text)
    assert link
    client.cookies.clear()
    outside = await client.get(address, headers=HTML)
    assert (outside.status_code, outside.headers["location"]) == (303, "/registrations/manage")
    wrong = await post(client, "/registrations/manage", [("code", link[1][:-1] + "x")])
    assert (wrong.status_code, "管理链接不对" in wrong.text) == (404, True)
    entered = await post(client, "/registrations/manage", [("code", link[1])])
    assert (entered.status_code, entered.headers["location"]) == (303, address)
    cookie = entered.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", f"Path={address}"))
    assert "殷行一队" in (await client.get(address, headers=HTML)).text


async def test_a_leader_changes_the_team_and_sees_faults_as_before(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    address = await registered(client, division)
    assert 'value="队员戊"' in (await client.get(f"{address}/edit", headers=HTML)).text
    wrong = await post(client, f"{address}/edit", form(team_name=""))
    assert (wrong.status_code, 'id="fault-team_name"' in wrong.text) == (422, True)
    saved = await post(client, f"{address}/edit", form(team_name="殷行新队"))
    assert saved.headers["location"] == f"{address}?done=saved"
    html = (await client.get(saved.headers["location"], headers=HTML)).text
    assert ("殷行新队" in html, "已保存" in html) == (True, True)


async def test_a_renewed_link_ends_the_old_one(client: httpx.AsyncClient, installation: Installation) -> None:
    address = await registered(client, await make_division(installation))
    old = client.cookies["saili_manage"]
    assert (await post(client, f"{address}/rotate", [])).status_code == 303
    assert "链接已经换了" in (await client.get(f"{address}?done=renewed", headers=HTML)).text
    client.cookies.clear()
    assert (await client.get(address, headers=HTML | {"Cookie": f"saili_manage={old}"})).status_code == 404


async def test_a_team_that_leaves_makes_room_for_the_next(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation, quota=1)
    address = await registered(client, division)
    waiting = await registered(client, division, key="k2", **{"leader.phone": "13900000002"})
    assert "第 1 位" in (await client.get(waiting, headers=HTML)).text
    assert (await post(client, f"{address}/withdraw", [])).status_code == 303
    assert "已退出" in (await client.get(address, headers=HTML)).text
    assert "报名已确认" in (await client.get(waiting, headers=HTML)).text
    assert (await division_of(installation, division)).confirmed == 1


@pytest.mark.parametrize("said", [{"sec_fetch_site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}])
async def test_another_sites_form_is_refused(client: httpx.AsyncClient, installation: Installation, said: dict[str, str]) -> None:
    division = await make_division(installation)
    answer = await post(client, f"/divisions/{division}/register", form(), **said)
    assert (answer.status_code, await places(installation, division)) == (403, {})


@pytest.mark.parametrize("site", ["http://test", "http://127.0.0.1:8000"])
async def test_a_form_of_ours_is_known_by_the_host_it_came_to_or_by_our_public_address(
    client: httpx.AsyncClient, installation: Installation, site: str
) -> None:
    division = await make_division(installation)
    assert (await post(client, f"/divisions/{division}/register", form(), origin=site)).status_code == 303


async def test_a_form_keeps_every_person_of_the_largest_team(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    async with installation.sessions.begin() as session:
        (await session.get_one(Division, division)).roster_max = 200
    sent = [*form()[:5], *(pair for n in range(200) for pair in (("roster_name", f"队员{n}"), ("roster_role", "athlete")))]
    address = (await post(client, f"/divisions/{division}/register", sent)).headers["location"]
    shown = (await client.get(f"{address}/edit", headers=HTML)).text
    again = re.findall(r'name="roster_name" value="([^"]*)"', shown)
    saved = [*form()[:5], *(pair for name in again for pair in (("roster_name", name), ("roster_role", "athlete")))]
    assert (await post(client, f"{address}/edit", saved)).headers["location"] == f"{address}?done=saved"
    assert (await client.get(address, headers=HTML)).text.count("队员") == 200


async def test_a_desks_key_opens_no_leaders_page(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    address = await registered(client, division)
    key = (await desk(installation))["Authorization"].removeprefix("Bearer ")
    client.cookies.clear()
    cookie = HTML | {"Cookie": f"saili_manage={key}"}
    assert (await client.get(address, headers=cookie)).status_code == 404
    assert (await client.post(f"{address}/rotate", headers=cookie)).status_code == 404


async def test_a_team_that_left_is_not_asked_to_come(client: httpx.AsyncClient, installation: Installation) -> None:
    address = await registered(client, await make_division(installation))
    await post(client, f"{address}/withdraw", [])
    html = (await client.get(address, headers=HTML)).text
    assert ("比赛当天" in html, "<svg" in html, "可以重新报名" in html) == (False, False, True)


async def test_the_event_shows_its_divisions_and_leads_to_their_forms(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation, contact="021-0000 0000", summary="欢迎组队")
    division = await make_division(installation, event_id=event, quota=3)
    await registered(client, division)
    html = (await client.get(f"/events/{event}", headers=HTML)).text
    assert f'href="/divisions/{division}/register"' in html
    assert "还剩 2（共 3）" in html
    assert "欢迎组队" in html


async def test_a_draft_is_no_page(client: httpx.AsyncClient, installation: Installation) -> None:
    event = await make_event(installation, status="draft")
    answer = await client.get(f"/events/{event}", headers=HTML)
    assert (answer.status_code, "没有找到" in answer.text) == (404, True)
