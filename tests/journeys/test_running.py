"""`saili run`: how it starts, what it says, how it ends, and what it refuses."""

import signal
import time
from pathlib import Path

import httpx
import psutil

from tests.journeys.conftest import Place, Start
from tests.journeys.tree import saili
from tests.waiting import until

# Promised are 4 s on a machine that does nothing else; what is computed takes longer, too, on one that does.
SECONDS = 6.0


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/live")).status_code == 200
    except httpx.TransportError:
        return False


def database_home(data: Path) -> str:
    """Where the database's files are: root's is not in the data folder, which then says where."""
    note = data / "postgres.home"
    return note.read_text().strip() if note.exists() else str(data / "postgres")


def processor_seconds(processes: list[psutil.Process]) -> float:
    """What they and their ended children have used."""
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


def test_the_first_start_says_what_it_does_and_then_where_everything_is(place: Place) -> None:
    text = "".join(place.said)
    expected = (
        "Starting PostgreSQL",
        "Making the database",
        "Bringing the database up to date",
        "Loading the country's regions",
        "Starting the web server",
        f"Saili is ready: http://127.0.0.1:{place.port}",
        f"data: {place.data}\n",
        f"database: {database_home(place.data)}\n",
        f"mail: {place.data / 'mail'}, read at http://127.0.0.1:{place.port}/mail",
        "stop: Ctrl-C",
        "the worker is at work",
    )
    assert [words for words in expected if words not in text] == []
    assert [text.index(words) for words in expected] == sorted(text.index(words) for words in expected)
    assert "Traceback" not in text


async def test_the_second_start_is_quick_and_ctrl_c_ends_it_all(
    place: Place, start: Start, http: httpx.AsyncClient, unused_tcp_port: int, tmp_path: Path
) -> None:
    running = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port)
    await until(lambda: answers(http))
    took, used = time.monotonic() - running.began, processor_seconds(running.family())
    print(f"second start: {took:.1f} s to the first answer, {used:.1f} s of them computing")
    assert used < SECONDS  # the clock on the wall also shows what else this machine does
    assert (await http.get("/health/ready")).json() == {"status": "ready"}
    await running.is_ready()
    assert f"database: {database_home(place.data)}\n" in running.text
    parent = psutil.Process(running.process.pid).memory_full_info().pss / 2**20
    print(f"the watching process holds {parent:.0f} MB of memory of its own")
    assert parent < 20

    again = saili("run", SAILI_DATA=place.data, PORT=unused_tcp_port)
    elsewhere = saili("run", SAILI_DATA=tmp_path / "new", PORT=unused_tcp_port)
    alone = saili("web", SAILI_DATA=place.data, PORT=unused_tcp_port)
    for refused, words in (
        (again, f"Another Saili is already running on {place.data}: stop it first, or set SAILI_DATA to another folder.\n"),
        (elsewhere, f"Port {unused_tcp_port} on 127.0.0.1 is in use: stop the program that listens there, or set PORT to another.\n"),
        (alone, f"Port {unused_tcp_port} on 127.0.0.1 is in use: stop the program that listens there, or set PORT to another.\n"),
    ):
        assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", words)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lock"]

    assert await running.ends(signal.SIGINT) == 0
    assert "Traceback" not in running.text


async def test_kill_9_of_the_parent_alone_ends_all_below_it_and_the_next_start_works(
    place: Place, start: Start, unused_tcp_port: int
) -> None:
    first = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port)
    await first.is_ready()
    assert len(first.family()) >= 6
    assert await first.ends(signal.SIGKILL) == -signal.SIGKILL
    second = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port)
    await second.is_ready()
    assert await second.ends(signal.SIGTERM) == 0


async def test_a_start_that_is_told_to_end_half_way_ends_at_once(place: Place, start: Start, unused_tcp_port: int) -> None:
    running = start("run", SAILI_DATA=place.data, PORT=unused_tcp_port)
    await running.says("Bringing the database up to date")
    assert await running.ends(signal.SIGTERM) == 0
    assert "Stopped before all had started." in running.text
    assert "Traceback" not in running.text


def test_what_can_not_be_listened_on_or_written_to_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    nowhere = saili("run", SAILI_DATA=tmp_path / "data", HOST="192.0.2.1")
    no_folder = saili("run", SAILI_DATA=tmp_path / "file" / "data")
    assert (nowhere.returncode, nowhere.stderr.startswith("Nothing can listen on port 8000 of 192.0.2.1 (")) == (1, True)
    assert (no_folder.returncode, no_folder.stderr) == (
        1,
        f"The folder {tmp_path / 'file' / 'data'} can't be used (Not a directory): set SAILI_DATA to another.\n",
    )
