"""What a command says of a database that it can't work on: one sentence, and status 1."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from events.cli import main
from infra.migrations import head
from infra.revision import EXPECTED

COMMANDS = (["web"], ["worker"], ["relay"], ["clock"], ["keys", "list"])


@pytest.fixture(autouse=True)
def _port(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    monkeypatch.setenv("PORT", str(unused_tcp_port))


def refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command that is refused says last on standard error; before that stands the log."""
    capsys.readouterr()
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said.splitlines()[-1]


def run(dsn: str, statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(execute())


def test_the_revision_expected_is_the_last_migration() -> None:
    assert head() == EXPECTED


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DROP TABLE alembic_version", "The database was never prepared: run `saili prepare` first."),
        (
            "UPDATE alembic_version SET version_num = '0000'",
            f"The database was prepared by an older Saili (it is at 0000, this one needs {EXPECTED}): run `saili prepare` first.",
        ),
        (
            "UPDATE alembic_version SET version_num = '9999'",
            f"The database was prepared by a newer Saili (it is at 9999, this one knows {EXPECTED}): start that one.",
        ),
    ],
    ids=["never", "older", "newer"],
)
def test_a_command_refuses_a_database_of_another_shape(
    dsn: str,
    capsys: pytest.CaptureFixture[str],
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    statement: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("PORT", str(unused_tcp_port))
    run(dsn, statement)
    assert refused(command, capsys) == sentence


@pytest.mark.parametrize("command", ["prepare", "migrate"])
def test_a_newer_database_is_not_prepared_by_an_older_program(dsn: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    run(dsn, "UPDATE alembic_version SET version_num = '9999'")
    assert "by a newer Saili (it is at 9999" in refused([command], capsys)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda _, port: f"postgresql://saili@127.0.0.1:{port}/saili", "Connect call failed"),
        (lambda dsn, _: urlsplit(dsn)._replace(path="/not_there").geturl(), "does not exist"),
        (lambda dsn, _: dsn + ("&" if "?" in dsn else "?") + "sslmode=nonsense", "sslmode"),
    ],
    ids=["nobody listens", "no such database", "bad option"],
)
def test_a_database_that_can_not_be_used_is_a_sentence_with_its_reason(
    dsn: str,
    capsys: pytest.CaptureFixture[str],
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    changed: Callable[[str, int], str],
    reason: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", changed(dsn, unused_tcp_port))
    assert re.fullmatch(rf"The database can't be used \(.*{reason}.*\): see DATABASE_URL\.", refused(["relay"], capsys))


def test_a_database_may_be_prepared_twice_and_then_works(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(dsn, "TRUNCATE sports, regions CASCADE")
    assert (main(["prepare"]), main(["prepare"]), main(["sports", "list"])) == (0, 0, 0)
    said = capsys.readouterr().out
    assert (said.count("Loading the country's regions"), "足球" in said) == (1, True)
