"""A backup taken while everything runs is a whole installation somewhere else."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.journeys.conftest import Place, Start
from tests.journeys.office import hold_competition, register_until_acknowledged, teams
from tests.journeys.tree import remove, saili
from tests.teams import bearer

PUBLIC = "https://saili.example"


async def test_a_backup_of_a_running_installation_is_started_elsewhere_with_the_same_months_and_manage_links(
    place: Place, start: Start, http: httpx.AsyncClient, unused_tcp_port: int, tmp_path: Path
) -> None:
    running = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port, BASE_URL=PUBLIC)
    await running.is_ready()
    division = await hold_competition(http, quota=1, SAILI_DATA=place.data)
    receipt = await register_until_acknowledged(http, division, teams(1)[0])
    today = datetime.now(UTC)
    addresses = [f"/api/v1/calendar/{today + timedelta(days=days):%Y-%m}" for days in (0, 28)]
    months = [(await http.get(address)).json() for address in addresses]
    assert sum(len(day["events"]) for month in months for day in month["days"]) > 0

    data, file = tmp_path / "elsewhere", tmp_path / "saili.backup"
    saved = await asyncio.to_thread(saili, "backup", str(file), SAILI_DATA=place.data)
    assert (saved.returncode, saved.stdout.startswith(f"Wrote {file} (")) == (0, True), saved.stderr
    assert await running.ends(signal.SIGTERM) == 0
    try:
        restored = await asyncio.to_thread(saili, "restore", str(file), SAILI_DATA=data)
        assert (restored.returncode, restored.stdout) == (0, f"Restored {file}.\n"), restored.stderr
        moved = start("run", SAILI_DATA=data, PORT=unused_tcp_port, BASE_URL=PUBLIC)
        await moved.is_ready()
        assert [(await http.get(address)).json() for address in addresses] == months
        found = await http.get(receipt["links"]["self"].removeprefix(PUBLIC), headers=bearer(receipt["manage_token"]))
        assert (found.status_code, found.json()["number"]) == (200, receipt["number"])
        assert await moved.ends(signal.SIGTERM) == 0
    finally:
        remove(data)
