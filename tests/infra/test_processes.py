"""The tree of `saili run`: it relays, restarts, ends in order, and leaves nobody behind."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.programs import Program, eventually, lives

HEAD = "import os, subprocess, sys\nfrom infra.processes import *\nfrom pathlib import Path\n"
STAYS = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("asked to end", flush=True), sys.exit(0)))
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""
DEAF = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('pid', os.getpid(), flush=True); time.sleep(60)"
HAS_CHILD = """
import os, subprocess, sys, time
from infra.processes import die_with_parent
if sys.argv[1:] == ["grandchild"]:
    die_with_parent()
    print("grandchild pid", os.getpid(), flush=True)
    time.sleep(60)
subprocess.Popen([sys.executable, "-c", open("/proc/self/cmdline").read().split("\\0")[2], "grandchild"])
time.sleep(60)
"""

Run = Callable[..., Program]


@pytest.fixture
def run() -> Iterator[Run]:
    programs: list[Program] = []

    def start(code: str, *arguments: object) -> Program:
        programs.append(Program(HEAD + code, *arguments))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


def pid_in(line: str) -> int:
    return int(line.rsplit(maxsplit=1)[-1])


def test_each_line_of_a_child_is_said_with_its_name_and_the_last_needs_no_end(run: Run) -> None:
    noisy = "import time; print('赛历 one\\ntwo\\nthree', end='', flush=True); time.sleep({})"
    parent = run(f"supervise([command('web', [sys.executable, '-c', {noisy.format(0)!r}]), command('worker', ['sleep', '60'])])")
    parent.line("web    | ended with 0")
    parent.line("web    | three")
    assert {"web    | 赛历 one", "web    | two"} <= set(parent.said)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_children_and_after_them_those_with_a_stop_of_their_own(run: Run, number: signal.Signals) -> None:
    parent = run(
        """
server = spawn(["sleep", "60"], output=subprocess.DEVNULL)
def stop():
    server.terminate()
    print("server ended with", server.wait(), flush=True)
supervise([Child("server", lambda: server, stop), *(command(name, [sys.executable, "-c", sys.argv[1]]) for name in ("one", "two"))])
print("all ended")
""",
        STAYS,
    )
    pids = [pid_in(parent.line("pid")), pid_in(parent.line("pid"))]
    parent.process.send_signal(number)
    assert parent.finish(within=5) == 0
    words = [line.replace(" ", "") for line in parent.said if "pid" not in line]
    assert words[-2:] == ["serverendedwith-15", "allended"]
    assert sorted(words[:-2]) == ["one|askedtoend", "two|askedtoend"]
    assert not any(map(lives, pids))


def test_a_child_that_ignores_the_request_is_killed_in_time(run: Run) -> None:
    parent = run("supervise([command('deaf', [sys.executable, '-c', sys.argv[1]])])", DEAF)
    pid = pid_in(parent.line("pid"))
    began = time.monotonic()
    parent.process.terminate()
    assert parent.finish() == 0
    assert time.monotonic() - began < 5
    assert not lives(pid)


def test_kill_9_of_the_parent_alone_ends_children_and_their_children(run: Run) -> None:
    parent = run(
        "supervise([command('deaf', [sys.executable, '-c', sys.argv[1]]), command('has child', [sys.executable, '-c', sys.argv[2]])])",
        DEAF,
        HAS_CHILD,
    )
    pids = [pid_in(parent.line("pid")), pid_in(parent.line("pid"))]
    parent.process.kill()
    assert eventually(lambda: not any(map(lives, pids)))


def test_a_child_that_ends_is_begun_again_after_growing_pauses_and_what_it_left_behind_is_killed(run: Run, tmp_path: Path) -> None:
    leaves = "sleep 60 & echo left pid $!; exit 3"
    parent = run("supervise([command('frail', ['sh', '-c', sys.argv[1]])])", leaves)
    left = pid_in(parent.line("left pid"))
    assert parent.line("ended") == "ended with 3; starting it again in 0.5 s"
    parent.line("left pid")
    assert parent.line("ended") == "ended with 3; starting it again in 1 s"
    assert eventually(lambda: not lives(left))


def test_a_killed_child_is_said_to_have_ended_by_its_signal_and_the_others_go_on(run: Run) -> None:
    parent = run("supervise([command(name, [sys.executable, '-c', sys.argv[1]]) for name in ('one', 'two')])", STAYS)
    first, second = pid_in(parent.line("pid")), pid_in(parent.line("pid"))
    os.kill(first, signal.SIGKILL)
    assert parent.line("ended") == "ended by SIGKILL; starting it again in 0.5 s"
    assert pid_in(parent.line("pid")) not in (first, second)
    assert lives(second)


def test_ready_is_asked_until_it_says_yes(run: Run) -> None:
    parent = run(
        "answers = iter([False, False, True])\nsupervise([command('one', ['sleep', '60'])], ready=lambda: print('asked') or next(answers))"
    )
    for _ in range(3):
        parent.line("asked")
    parent.process.terminate()
    assert parent.finish() == 0  # a fourth question would have ended it with StopIteration


def test_those_that_wait_are_begun_when_the_rest_is_ready(run: Run) -> None:
    parent = run(
        "answers = iter([False, True])\n"
        "supervise([Child('late', lambda: print('late begun') or spawn(['sleep', '60']), waits=True),\n"
        "           Child('first', lambda: print('first begun') or spawn(['sleep', '60']))], ready=lambda: print('asked') or next(answers))"
    )
    parent.line("late begun")
    assert parent.said == ["first begun", "asked", "asked", "late begun"]
    parent.process.terminate()
    assert parent.finish() == 0


def test_a_folder_is_held_by_one_process_and_free_once_that_is_killed(run: Run, tmp_path: Path) -> None:
    take = "with hold(Path(sys.argv[1])):\n  subprocess.Popen(['sleep', '5'], stdout=-3, stderr=-3); print('held'); sys.stdin.read()"
    holder = run(take, tmp_path / "data")
    holder.line("held")
    refused = run(take, tmp_path / "data")
    assert "Another Saili is already running" in refused.line("StartError: ")
    holder.process.kill()
    holder.process.wait()
    run(take, tmp_path / "data").line("held")  # though a child of the first is still there


def test_the_watching_process_loads_neither_an_event_loop_nor_a_package(run: Run) -> None:
    names = ("asyncio", "http", "logging", "sqlalchemy", "ssl")
    program = run(f"import events.cli.run; print('loaded', [name for name in {names} if name in sys.modules])")
    assert program.line("loaded") == "loaded []"
