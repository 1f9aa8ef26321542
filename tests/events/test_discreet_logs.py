"""The log of a web process when the database refuses: what failed and where, and nothing of whose data it was."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from events.web import routes_my
from infra.installation import Installation
from infra.logs import configure
from tests.teams import enter, make_division

LEADER = {"name": "王建国", "phone": "13900000099", "email": "leader@example.org"}
DIVISION = "UPDATE registrations SET leader_name = :name, leader_phone = :phone, division_id = NULL"
TWICE = (
    "INSERT INTO followed_by (address, name) VALUES (:email, :name), (:email, :name)",
    "CREATE TEMPORARY TABLE followed_by (address text PRIMARY KEY, name text) ON COMMIT DROP",
)
LOCKED = ("SELECT * FROM registrations WHERE :phone <> '' FOR UPDATE", "SET LOCAL lock_timeout = '100ms'")
WRONG = "SELECT * FROM registrations WHERE leader_phone <> :phone AND generation = CAST(:name AS integer)"


def running(statement: str, *before: str) -> Callable[..., Any]:
    """A reading of a leader's registrations that asks this, with a leader's data."""

    async def ask(session: AsyncSession, **_: object) -> list[object]:
        for one in before:
            await session.execute(text(one))
        names = [name for name in LEADER if f":{name}" in statement]
        await session.execute(text(statement).bindparams(*(bindparam(name, LEADER[name]) for name in names)))
        return []

    return ask


@pytest.mark.parametrize(
    ("statements", "status", "told"),
    [
        ((DIVISION,), 500, "IntegrityError (SQLSTATE 23502"),
        (TWICE, 500, "IntegrityError (SQLSTATE 23505, followed_by_pkey)"),
        ((WRONG,), 500, "SQLSTATE 22"),
        (LOCKED, 503, "DBAPIError (SQLSTATE 55P03)"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_a_refusal_of_the_database_is_logged_without_the_values(
    client: httpx.AsyncClient,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    statements: tuple[str, ...],
    status: int,
    told: str,
    accept: str,
) -> None:
    await enter(installation, await make_division(installation), leader=LEADER)
    monkeypatch.setattr(routes_my, "list_mine", running(*statements))
    configure("INFO")
    async with installation.sessions.begin() as other:
        if statements is LOCKED:
            await other.execute(text("SELECT 1 FROM registrations FOR UPDATE"))
        answer = await client.get("/my", headers={"Accept": accept})
    logged = capsys.readouterr().err
    assert (answer.status_code, told in logged) == (status, True), logged
    assert ("routes_my.py" in logged) is (status == 500)
    for secret in (*LEADER.values(), "DETAIL", "[parameters"):
        assert secret not in logged
        assert secret not in answer.text


def test_no_engine_shows_parameters() -> None:
    """Also in what is printed by a command."""
    trees = [ast.parse(path.read_text()) for room in ("infra", "events", "workers") for path in Path(room).rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if ast.unparse(call.func) in ("create_engine", "create_async_engine")]
    assert len(made) == 4
    assert [ast.unparse(call) for call in made if "hide_parameters=True" not in ast.unparse(call)] == []
