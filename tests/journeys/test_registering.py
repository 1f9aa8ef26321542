"""A team registers, and its confirmation is in the mail; whatever happens in between."""

import asyncio
import signal
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.conftest import Place, Start
from tests.journeys.office import hold_competition, in_database, register_until_acknowledged, teams
from tests.journeys.tree import remove, saili
from tests.teams import bearer
from tests.waiting import until
from tests.workers.office import Sink

# Not this machine's own port, and yet no address but its own: letters that are kept as files may be read.
PUBLIC = "http://localhost"
TEAMS, QUOTA, KILLED_AFTER = 40, 30, 20


async def test_a_team_registers_finds_its_confirmation_in_the_mail_and_its_link_still_opens_after_a_restore_elsewhere(
    place: Place, start: Start, http: httpx.AsyncClient, unused_tcp_port: int, tmp_path: Path
) -> None:
    running = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port, BASE_URL=PUBLIC)
    await running.is_ready()
    division = await hold_competition(http, quota=1, SAILI_DATA=place.data)
    [body] = teams(1)
    receipt = await register_until_acknowledged(http, division, body)
    leader = body["leader"]["email"]
    await until(lambda: len(letters_to(leader, place.data)) == 1)
    [letter] = letters_to(leader, place.data)
    text = letter.get_body(("plain",))
    assert text
    assert receipt["number"] in text.get_content()
    assert receipt["links"]["manage"] in text.get_content()
    page = await http.get("/mail")
    assert (page.status_code, letter["Subject"] in page.text, leader in page.text) == (200, True, True)
    assert (await http.get("/mail", headers={"X-Forwarded-For": "192.0.2.7"})).status_code == 404
    months = await read_months(http)
    assert sum(len(day["events"]) for month in months for day in month["days"]) > 0

    elsewhere, file = tmp_path / "elsewhere", tmp_path / "saili.backup"
    saved = await asyncio.to_thread(saili, "backup", str(file), SAILI_DATA=place.data)
    assert (saved.returncode, saved.stdout.startswith(f"Wrote {file} (")) == (0, True), saved.stderr
    assert await running.ends(signal.SIGTERM) == 0
    try:
        restored = await asyncio.to_thread(saili, "restore", str(file), SAILI_DATA=elsewhere)
        assert (restored.returncode, restored.stdout) == (0, f"Restored {file}.\n"), restored.stderr
        moved = start("run", SAILI_DATA=elsewhere, PORT=unused_tcp_port, BASE_URL=PUBLIC)
        await moved.says("Saili is ready")
        assert await read_months(http) == months
        found = await http.get(receipt["links"]["self"].removeprefix(PUBLIC), headers=bearer(receipt["manage_token"]))
        assert (found.status_code, found.json()["number"]) == (200, receipt["number"])
        assert await moved.ends(signal.SIGTERM) == 0
    finally:
        remove(elsewhere)


def letters_to(leader: str, data: Path) -> list[EmailMessage]:
    found = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in data.glob("mail/*.eml"))
    return [letter for letter in found if isinstance(letter, EmailMessage) and leader in letter["To"]]


async def read_months(http: httpx.AsyncClient) -> list[Any]:
    """This month and the one that holds the event."""
    today = datetime.now(UTC)
    return [(await http.get(f"/api/v1/calendar/{today + timedelta(days=days):%Y-%m}")).json() for days in (0, 28)]


async def test_after_kill_9_of_everything_no_registration_is_lost_and_no_team_gets_two_mails(
    place: Place, start: Start, http: httpx.AsyncClient, sink: Sink, unused_tcp_port: int
) -> None:
    own: dict[str, Any] = {"SAILI_DATA": place.data, "PORT": unused_tcp_port, "SMTP_URL": f"smtp://127.0.0.1:{sink.port}"}
    running = start("run", **own)
    await running.is_ready()
    assert (await http.get("/mail")).status_code == 404
    division = await hold_competition(http, quota=QUOTA, SAILI_DATA=place.data)

    acknowledged: list[dict[str, Any]] = []
    turns = asyncio.Semaphore(4)

    async def register(body: dict[str, Any]) -> None:
        async with turns:
            receipt = await register_until_acknowledged(http, division, body)
        acknowledged.append(receipt | {"email": body["leader"]["email"]})
        if len(acknowledged) == KILLED_AFTER:  # with other attempts under way, and mail of the first ones too
            running.kill()

    first, *rest = teams(TEAMS)
    await register(first)
    await until(lambda: len(sink.received) == 1)
    async with asyncio.TaskGroup() as attempts:
        for body in rest:
            attempts.create_task(register(body))
        await until(lambda: running.process.poll() is not None)
        print(f"killed after {len(acknowledged)} registrations and {len(sink.received)} mails")
        again = start("run", **own)
    assert len(acknowledged) == TEAMS

    for receipt in acknowledged:
        found = await http.get(receipt["links"]["self"], headers=bearer(receipt["manage_token"]))
        assert (found.status_code, found.json()["number"], found.json()["status"]) == (200, receipt["number"], receipt["status"])
    statuses = [receipt["status"] for receipt in acknowledged]
    assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (QUOTA, TEAMS - QUOTA)

    await again.is_ready()
    # What a killed worker held is given out again when its lease has ended; this test does not wait for that.
    in_database(place.data, "UPDATE deliveries SET leased_until = now() - interval '1 second' WHERE state = 'sending'")
    wanted = {receipt["email"] for receipt in acknowledged}
    await until(lambda: wanted <= {mail["To"].addresses[0].addr_spec for mail in sink.mails}, seconds=40)
    letters = defaultdict(set)
    for mail in sink.mails:
        letters[mail["To"].addresses[0].addr_spec].add(mail["Message-ID"])
    assert {address: len(ids) for address, ids in letters.items()} == dict.fromkeys(wanted, 1)
    assert await again.ends(signal.SIGINT) == 0
