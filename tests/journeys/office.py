"""What an office and its teams do over HTTP."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg

from infra.postgres import find_running
from tests.journeys.tree import saili
from tests.teams import bearer, team


async def hold_competition(http: httpx.AsyncClient, *, quota: int, **own: object) -> str:
    """A published event in four weeks and one division of its competition, made with a key as an office has one: the division's id."""
    made = await asyncio.to_thread(lambda: saili("keys", "create", "--role", "district_officer", "--region", "310110", **own))
    assert made.returncode == 0, made.stderr
    key = bearer(next(line.split()[1] for line in made.stdout.splitlines() if line.startswith("key ")))
    now = datetime.now(UTC)
    day = (now + timedelta(days=28)).date().isoformat()
    event = await posted(http, "/api/v1/events", {"title": "滨江龙舟赛", "region": "310110", "occurrences": [{"on": day}]}, key)
    await posted(http, f"/api/v1/events/{event['id']}/publish", {}, key)
    competition = {
        "title": "龙舟", "entry": "open", "promotion": "automatic",
        "registration_opens_at": (now - timedelta(days=1)).isoformat(), "registration_closes_at": (now + timedelta(days=7)).isoformat(),
        "divisions": [{"name": "公开组", "quota": quota, "roster_min": 5, "roster_max": 10}],
    }  # fmt: skip
    made_competition = await posted(http, f"/api/v1/events/{event['id']}/competitions", competition, key)
    division: str = made_competition["divisions"][0]["id"]
    return division


async def posted(http: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    made: dict[str, Any] = answer.json()
    return made


async def register_until_acknowledged(http: httpx.AsyncClient, division: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a patient program does: the same attempt again, under the same key, until it is answered."""
    headers = {"Idempotency-Key": body["leader"]["email"]}
    while True:
        try:
            answer = await http.post(f"/api/v1/divisions/{division}/registrations", json=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code != 503:
            assert answer.status_code == 201, answer.text
            made: dict[str, Any] = answer.json()
            return made
        await asyncio.sleep(0.1)


def teams(number: int) -> list[dict[str, Any]]:
    return [team() for _ in range(number)]


def in_database(data: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a statement returns on the embedded database that runs on this data."""
    assert not {"PGHOST", "PGPORT"} & os.environ.keys()
    with psycopg.connect(str(find_running(data))) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else []
