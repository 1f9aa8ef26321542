"""Python programs that the tests start, read, kill: what outlives a process can only be seen from another one."""

import contextlib
import os
import pwd
import select
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


SITE = sysconfig.get_path("purelib")


@dataclass(frozen=True)
class Runner:
    """Who runs a program (None: we ourselves), with which Python."""

    account: pwd.struct_passwd | None = None
    python: str = sys.executable

    def popen(self, *arguments: str) -> subprocess.Popen[bytes]:
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (None, None)
        return subprocess.Popen(
            [self.python, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            bufsize=0,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "PYTHONPATH": f"{ROOT}:{SITE}"},
            user=uid,
            group=gid,
            extra_groups=[] if self.account else None,
        )


def find_plain_user() -> Runner | None:
    """An account that isn't root, with a Python that it can run on this checkout: root's own may lie in a private home."""
    for python in (sys.executable, "/usr/bin/python3"):
        runner = Runner(pwd.getpwnam("nobody"), python)
        with (
            contextlib.suppress(OSError),
            runner.popen("-c", "from infra import postgres; postgres.find_programs()") as tried,
        ):
            if tried.wait() == 0:
                return runner
    return None


class Program:
    """A running program; `said` holds its lines so far."""

    def __init__(self, code: str, *arguments: object, runner: Runner | None = None) -> None:
        self.said: list[str] = []
        self.process = (runner or Runner()).popen("-c", code, *map(str, arguments))

    def line(self, wanted: str) -> str:
        """The next line that holds these words, from where they begin; an assertion fails when the program ends or 20 s pass without it."""
        assert self.process.stdout
        while True:
            came, _, _ = select.select([self.process.stdout], [], [], 20)
            line = self.process.stdout.readline().decode() if came else ""
            assert line, f"no {wanted!r} in {self.said}"
            self.said.append(line.rstrip("\n"))
            if wanted in line:
                return line[line.index(wanted) :].rstrip("\n")

    def finish(self, within: float = 10) -> int:
        """Close its input, read it to its end; the exit code."""
        rest, _ = self.process.communicate(timeout=within)
        self.said += rest.decode().splitlines()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def lives(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(holds: Callable[[], bool], within: float = 5) -> bool:
    """Whether it holds at some moment before the deadline."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
