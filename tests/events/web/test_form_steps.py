"""What the form of a team is asked before it is sent, and what happens when it is sent twice."""

import re

import httpx
import pytest

from events.competitions.rules import Entry
from events.registrations.form_keys import new_form_key
from infra.installation import Installation
from tests.apps import app_over
from tests.events.web.test_registering_pages import HTML, form, post, registered
from tests.teams import make_division, places

NUMBER = "110101199003074514"


def names_in(html: str) -> list[str]:
    shown = html.partition('<template id="person">')[0]
    return [name for name in re.findall(r'name="roster_name" value="([^"]*)"', shown) if name]


async def test_pasted_people_stand_in_the_list_and_nothing_is_sent(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    sent = [*form(), ("pasted", f"张三\t{NUMBER}\n队员甲\n李四\t领队\n??"), ("do", "paste")]
    answer = await post(client, f"/divisions/{division}/register", sent)
    html = answer.text
    assert (answer.status_code, names_in(html)[-3:]) == (200, ["教练", "张三", "李四"])
    assert ("放进名单 2 人" in html, "没有重复放入：队员甲" in html, "<li>??</li>" in html, NUMBER in html) == (True, True, True, False)
    assert ('value="k1"' in html, 'value="王建国"' in html) == (True, True)
    assert await places(installation, division) == {}


async def test_who_pastes_and_sends_at_once_reads_the_list_first(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    answer = await post(client, f"/divisions/{division}/register", [*form(), ("pasted", "张三")])
    assert (answer.status_code, "张三" in names_in(answer.text), await places(installation, division)) == (200, True, {})


async def test_faults_are_told_before_anything_is_sent(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    answer = await post(client, f"/divisions/{division}/register", [*form(unit_region="", team_name="字" * 51), ("do", "check")])
    assert set(re.findall(r'id="fault-([^"]+)"', answer.text)) == {"team_name", "unit_region"}
    assert "请选择所属地区。" in answer.text
    good = await post(client, f"/divisions/{division}/register", [*form(), ("do", "check")])
    assert (good.status_code, 'class="fault"' in good.text, await places(installation, division)) == (200, False, {})


async def test_the_name_field_takes_no_more_than_a_name_may_have(client: httpx.AsyncClient, installation: Installation) -> None:
    html = (await client.get(f"/divisions/{await make_division(installation)}/register", headers=HTML)).text
    assert re.search(r'name="team_name" required maxlength="50"', html)


async def test_one_name_twice_is_said_and_not_refused(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation)
    twice = [*form(), ("roster_name", "队员甲"), ("roster_role", "athlete")]
    assert "名单里有重名：队员甲" in (await post(client, f"/divisions/{division}/register", [*twice, ("do", "check")])).text
    assert (await post(client, f"/divisions/{division}/register", twice)).status_code == 303


async def test_a_wrong_invitation_code_stands_at_its_field(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation, entry=Entry.CODE, entry_code=b"x" * 32)
    html = (await post(client, f"/divisions/{division}/register", form(entry_code="wrong"))).text
    assert 'aria-describedby="fault-entry_code"' in html


async def test_a_form_sent_again_from_another_network_is_one_registration(installation: Installation) -> None:
    division, key = await make_division(installation), new_form_key(installation.keys)
    addresses = []
    for host in ("192.0.2.1", "198.51.100.7"):
        transport = httpx.ASGITransport(app_over(installation), client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            addresses.append(await registered(client, division, key=key))
    assert (addresses[0] == addresses[1], await places(installation, division)) == (True, {"confirmed": 1})


@pytest.mark.parametrize("ours", [True, False])
async def test_a_form_that_was_changed_after_a_lost_answer_leads_to_what_it_made(
    client: httpx.AsyncClient, installation: Installation, ours: bool
) -> None:
    """Only with a key that was made here: any other may be a stranger's who chose the same."""
    division, key = await make_division(installation), new_form_key(installation.keys) if ours else "1"
    address = await registered(client, division, key=key)
    client.cookies.clear()
    answer = await post(client, f"/divisions/{division}/register", form(key=key, team_name="殷行新队"))
    assert (answer.status_code, "殷行新队" in answer.text, address in answer.text) == (422, True, ours)
    assert (await client.get(address, headers=HTML)).status_code == (200 if ours else 303)
    assert await places(installation, division) == {"confirmed": 1}


async def test_a_form_sent_again_after_the_link_was_exchanged_locks_nobody_out(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    division = await make_division(installation)
    address = await registered(client, division)
    await post(client, f"{address}/rotate", [])
    assert await registered(client, division) == address
    assert (await client.get(address, headers=HTML)).status_code == 200


async def test_a_waiting_team_is_told_what_its_place_means(client: httpx.AsyncClient, installation: Installation) -> None:
    division = await make_division(installation, quota=1)
    await registered(client, division)
    waiting = [await registered(client, division, key=f"k{n}", **{"leader.phone": f"1390000000{n}"}) for n in (2, 3)]
    first, second = [(await client.get(address, headers=HTML)).text for address in waiting]
    assert ("下一个空出的名额就是您的" in first, "您前面还有 1 队在等" in second) == (True, True)
    assert ("比赛当天" in first, re.search(r'href="/events/[0-9a-f-]{36}\.ics"', second) is not None) == (False, True)
