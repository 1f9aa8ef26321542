"""The embedded server through everything that can happen to it, as ourselves and, where we are root, as a plain user too."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from infra import postgres
from infra.postgres_home import ROOT_HOMES
from infra.postgres_programs import find_programs
from infra.processes import StartError
from tests.infra.programs import ROOT, Program, Runner, eventually, find_plain_user, lives

SERVER = """
import sys, time
from pathlib import Path
import infra.processes
from infra import postgres
data, pg_bin, parent = sys.argv[1:]
if parent == "unwatched":  # as on a system that can't tell a child of its parent's end
    infra.processes._prctl = None
began = time.monotonic()
try:
    server = postgres.start(Path(data), pg_bin=Path(pg_bin) if pg_bin else None)
except infra.processes.StartError as refusal:
    sys.exit(f"refused: {refusal}")
print("seconds", time.monotonic() - began)
print("pid", server.process.pid)
print("dsn", server.dsn)
if parent == "supervising":
    infra.processes.supervise([infra.processes.Child("server", server.run, server.stop)])
sys.stdin.read()
began = time.monotonic()
server.stop()
print("stopped after", time.monotonic() - began)
"""

Serve = Callable[..., Program]


@pytest.fixture(scope="module")
def plain_user() -> Runner:
    runner = find_plain_user()
    if runner is None:
        pytest.skip(f"no plain account can read {ROOT} and a Python 3.11")
    return runner


@pytest.fixture(params=["as ourselves", "as a plain user"])
def runner(request: pytest.FixtureRequest) -> Runner:
    if request.param == "as ourselves":
        return Runner()
    if os.geteuid() != 0:
        pytest.skip("we are a plain user already")
    plain: Runner = request.getfixturevalue("plain_user")
    return plain


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that doesn't exist yet, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="saili-tests-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "data"
        for note in Path(folder).rglob("postgres.home"):
            shutil.rmtree(note.read_text().strip(), ignore_errors=True)


@pytest.fixture
def serve(data: Path, runner: Runner) -> Iterator[Serve]:
    programs: list[Program] = []

    def start(*, folder: Path = data, pg_bin: Path | None = None, parent: str = "watched") -> Program:
        programs.append(Program(SERVER, folder, pg_bin or "", parent, runner=runner))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


def value(program: Program, name: str) -> str:
    return program.line(name).split()[1]


def ask(dsn: str, statement: str) -> object:
    """The first value of the statement's answer, committed."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_a_first_start_makes_the_database_and_a_second_finds_its_rows(serve: Serve) -> None:
    # Two other tests share the cores; alone a first start takes less than three.
    first = serve()
    assert float(value(first, "seconds")) < 5
    dsn = value(first, "dsn")
    assert (
        ask(dsn, "SELECT concat_ws(' ', current_database(), current_setting('server_encoding'), current_setting('timezone'))")
        == "saili UTF8 UTC"
    )
    ask(dsn, "CREATE TABLE sport AS SELECT '藤球' AS name")
    assert first.finish() == 0
    assert float(first.said[-1].split()[-1]) < 3

    second = serve()
    assert float(value(second, "seconds")) < 0.5
    assert ask(value(second, "dsn"), "SELECT name FROM sport") == "藤球"


def test_a_committed_row_survives_kill_9_of_the_server_and_its_parent(serve: Serve) -> None:
    first = serve()
    pid, dsn = int(value(first, "pid")), value(first, "dsn")
    ask(dsn, "CREATE TABLE team (name text)")
    ask(dsn, "INSERT INTO team VALUES ('殷行龙舟队')")
    os.kill(pid, signal.SIGKILL)
    first.kill()

    again = serve()
    assert ask(value(again, "dsn"), "SELECT name FROM team") == "殷行龙舟队"


def test_kill_9_of_the_parent_alone_ends_the_server(serve: Serve, data: Path) -> None:
    parent = serve()
    pid = int(value(parent, "pid"))
    parent.kill()
    assert eventually(lambda: not lives(pid))


def test_a_server_that_outlived_its_parent_is_ended_by_the_next_start(serve: Serve) -> None:
    first = serve(parent="unwatched")
    pid, dsn = int(value(first, "pid")), value(first, "dsn")
    ask(dsn, "CREATE TABLE kept AS SELECT 1 AS one")
    first.kill()
    assert lives(pid)

    second = serve()
    assert ask(value(second, "dsn"), "SELECT one FROM kept") == 1
    assert not lives(pid)


def test_a_stale_pid_that_another_process_has_now_is_no_server(serve: Serve) -> None:
    first = serve()
    pid_file = Path(value(first, "dsn").partition("host=")[2]).parent / "data" / "postmaster.pid"
    left = pid_file.read_text().splitlines()
    assert first.finish() == 0
    owner = pid_file.parent.stat()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None) as other:
        pid_file.write_text("\n".join([str(other.pid), *left[1:]]))  # the rest says "ready"
        os.chown(pid_file, owner.st_uid, owner.st_gid)

        second = serve()
        assert ask(value(second, "dsn"), "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_second_start_on_the_same_data_is_refused_with_a_sentence_and_the_first_goes_on(serve: Serve) -> None:
    first = serve()
    dsn = value(first, "dsn")
    second = serve()
    assert "Another Saili is already running" in second.line("refused")
    assert second.finish() == 1
    assert ask(dsn, "SELECT 1") == 1


def test_a_server_that_dies_is_begun_again_by_whoever_watches_it(serve: Serve) -> None:
    parent = serve(parent="supervising")
    pid, dsn = int(value(parent, "pid")), value(parent, "dsn")
    ask(dsn, "CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(pid, signal.SIGKILL)
    parent.line("ended by SIGKILL")

    def answers() -> bool:
        try:
            return ask(dsn, "SELECT one FROM kept") == 1
        except psycopg.OperationalError:
            return False

    assert eventually(answers)
    parent.process.terminate()
    assert parent.finish(within=5) == 0


@pytest.mark.parametrize("name", ["x" * 120, "赛历, with spaces"])
def test_a_path_that_no_socket_can_have_is_no_obstacle(serve: Serve, data: Path, name: str) -> None:
    for _ in range(2):
        program = serve(folder=data.parent / name / "data")
        assert ask(value(program, "dsn"), "SELECT 1") == 1
        assert program.finish() == 0


def test_the_server_of_another_process_is_found_while_it_runs(data: Path) -> None:
    assert postgres.find_running(data) is None
    server = postgres.start(data, durable=False)
    try:
        assert postgres.find_running(data) == server.dsn
        assert ask(server.dsn, "SHOW fsync") == "off"
    finally:
        server.stop()
    server.stop()
    assert postgres.find_running(data) is None


@pytest.fixture
def system_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("no system PostgreSQL in /usr/lib/postgresql")
    return found[0].parent


def test_a_systems_postgresql_is_accepted_and_its_data_are_not_given_to_another_version(serve: Serve, system_programs: Path) -> None:
    major = find_programs(system_programs).major
    old = serve(pg_bin=system_programs)
    assert str(ask(value(old, "dsn"), "SHOW server_version")).startswith(f"{major}.")
    assert old.finish() == 0
    if major == find_programs().major:
        return
    refusal = serve().line("refused")
    assert f"was made by PostgreSQL {major}," in refusal
    assert f"are {find_programs().major}: set PG_BIN" in refusal


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (None, "There is no program postgres in"),
        ("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'", "holds PostgreSQL 14, but Saili needs 15 or newer"),
        ("#!/bin/sh\necho 'wrong machine' >&2; exit 1", "does not run here: wrong machine"),
    ],
)
def test_unsuitable_programs_are_refused_with_a_sentence(tmp_path: Path, script: str | None, sentence: str) -> None:
    for name in ("postgres", "initdb", "pg_dump", "pg_restore", "psql") if script else ():
        (tmp_path / name).write_text(str(script))
        (tmp_path / name).chmod(0o755)
    with pytest.raises(StartError, match=sentence):
        find_programs(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
class TestAsRoot:
    def test_data_in_a_private_home_are_kept_where_the_server_can_reach_them(self, data: Path) -> None:
        data.mkdir(mode=0o700)
        server = postgres.start(data, durable=False)
        try:
            assert server.home.is_relative_to(ROOT_HOMES)
            assert (server.data.stat().st_uid, server.data.stat().st_mode & 0o777) == (
                server.account.pw_uid if server.account else 0,
                0o700,
            )
            assert server.home.owner() == server.programs.folder.owner() == "root"
        finally:
            server.stop()

    def test_no_other_account_can_reach_the_socket(self, data: Path, plain_user: Runner) -> None:
        server = postgres.start(data, durable=False)
        knock = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        socket = str(server.sockets / ".s.PGSQL.5432")
        try:
            assert Program(knock, socket).finish() == 0
            other = Program(knock, socket, runner=plain_user)
            other.line("PermissionError")
            other.kill()
        finally:
            server.stop()

    def test_a_database_that_is_gone_is_never_replaced_by_an_empty_one(self, data: Path) -> None:
        server = postgres.start(data, durable=False)
        server.stop()
        shutil.rmtree(server.home)
        with pytest.raises(StartError, match=f"says that the database is in {server.home}, which is gone"):
            postgres.start(data)

    def test_a_plain_users_database_is_left_to_that_user(self, data: Path) -> None:
        (data / "postgres").mkdir(parents=True)
        shutil.chown(data / "postgres", "nobody")
        with pytest.raises(StartError, match="belongs to the user nobody: run Saili as nobody"):
            postgres.start(data)
