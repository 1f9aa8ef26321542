"""Saili as an operator starts it: real processes, in an environment that would lead a client of PostgreSQL astray."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from tests.waiting import until

ROOT = Path(__file__).parents[2]
ASTRAY = {"PGHOST": "nowhere.invalid", "PGPORT": "1", "PGUSER": "nobody", "PGDATABASE": "none", "PGSSLMODE": "verify-full"}


def environment(**own: object) -> dict[str, str]:
    """What the process is given: nothing of the tests' own settings. An external database's client is led where it is told."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    astray = {} if "DATABASE_URL" in own else ASTRAY
    return kept | astray | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | {name: str(value) for name, value in own.items()}


def saili(*words: str, cwd: Path = ROOT, **own: object) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    argv = [sys.executable, "-m", "events.cli", *words]
    return subprocess.run(argv, env=environment(**own), cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


class Running:
    """A command that runs until it is ended; `lines` is what it has said so far."""

    def __init__(self, *words: str, cwd: Path = ROOT, **own: object) -> None:
        self.lines: list[str] = []
        self.began = time.monotonic()
        argv = [sys.executable, "-m", "events.cli", *words]
        self.process = subprocess.Popen(argv, env=environment(**own), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.known: dict[int, psutil.Process] = {}

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    async def says(self, words: str) -> None:
        """Wait until it has said so; fail when it ends or two minutes pass without."""
        await until(lambda: words in self.text or self.process.poll() is not None, seconds=120)
        assert words in self.text, self.text

    async def is_ready(self) -> None:
        """Wait until all of `saili run` has started."""
        for words in ("Saili is ready", "the clock is at work", "the relay is at work", "the worker is at work"):
            await self.says(words)
        self.family()

    def family(self) -> list[psutil.Process]:
        """It and everything below it, and whatever was below it when this was asked before."""
        if self.process.poll() is None:
            me = psutil.Process(self.process.pid)
            self.known |= {process.pid: process for process in (me, *me.children(recursive=True))}
        return list(self.known.values())

    def left(self) -> list[psutil.Process]:
        """Those of the family that still run."""
        return [process for process in self.family() if _runs(process)]

    async def ends(self, number: signal.Signals | None = None, *, within: float = 5.0) -> int:
        """Its exit status, once it and all below it have ended in time: by itself, or upon the signal."""
        self.family()
        if number:
            self.process.send_signal(number)
        await until(lambda: self.process.poll() is not None and not self.left(), seconds=within)
        self._reader.join()
        return self.process.returncode

    def kill(self) -> None:
        """kill -9 of it and everything below it, at once."""
        for process in self.left():
            with contextlib.suppress(psutil.NoSuchProcess):  # the end of the first is the end of the others
                process.kill()
        self.process.wait()
        self._reader.join()


def remove(data: Path) -> None:
    """Remove an installation. The database that root's server made lies outside, where a note says."""
    note = data / "postgres.home"
    if note.exists():
        shutil.rmtree(note.read_text().strip())
    shutil.rmtree(data, ignore_errors=True)


def _runs(process: psutil.Process) -> bool:
    """Whether it does. It may end while it is asked."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
