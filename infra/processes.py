"""Child processes that never outlive us: how they start, how a set of them is watched, how they end.

The standard library alone, so that the process which only watches stays small.
"""

import contextlib
import ctypes
import fcntl
import math
import os
import pwd
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

GRACE_SECONDS = 3.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class StartError(Exception):
    """Why the program can't start, as a sentence for the person who started it."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone; StartError when another process holds it.

    The kernel lets go with the process, however it ends, and a child doesn't inherit it: there is nothing to clean up.
    """
    with contextlib.ExitStack() as opened:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = opened.enter_context((folder / "lock").open("a"))
        except OSError as error:
            raise StartError(f"The folder {folder} can't be used ({error.strerror}): set SAILI_DATA to another.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"Another Saili is already running on {folder}: stop it first, or set SAILI_DATA to another folder.") from None
        yield


def die_with_parent(number: signal.Signals = signal.SIGKILL, *, parent: int | None = None) -> None:
    """Have the kernel send this process a signal when its parent ends, even by kill -9. A Python child of a child calls it as it starts.

    Linux only (prctl(2), PR_SET_PDEATHSIG): it follows the parent's *thread* that started us, survives exec and is forgotten when the
    user id changes. Elsewhere a killed parent leaves its children; the next start ends a server left behind.
    """
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:  # it ended before the kernel knew whom to watch
        os._exit(1)


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    account: pwd.struct_passwd | None = None,
    output: int | IO[bytes] = subprocess.PIPE,
    on_parent_death: signal.Signals = signal.SIGKILL,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command that ends with us, as another account when one is given; both its outputs go to `output`.

    It leads its own process group: Ctrl-C in the terminal reaches us alone, and we end the rest in order.
    """
    parent = os.getpid()
    return subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        process_group=0,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=lambda: die_with_parent(on_parent_death, parent=parent),  # noqa: PLW1509 (runs after the change of user, as it must)
    )


@dataclass(frozen=True)
class Child:
    """A process to keep running: `start` gives a live one. Where `stop` is given, it ends the child after all the others have ended.

    One that `waits` is begun only when the rest is ready.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop: Callable[[], None] | None = None
    waits: bool = False


def command(name: str, argv: Sequence[str], env: Mapping[str, str] | None = None, *, waits: bool = False) -> Child:
    """A child that is a command; it is asked to end by SIGTERM and its output lines are relayed."""
    return Child(name, lambda: spawn(argv, env=env), waits=waits)


def supervise(
    children: Sequence[Child], *, ready: Callable[[], bool] | None = None, say: Callable[[str], None] = lambda line: print(line, flush=True)
) -> None:
    """Keep the children running until SIGINT, SIGTERM or SIGHUP; then end them, asking the last one first, and return. Main thread only.

    One that ends is begun again, after a pause that doubles with each early end. `ready` is asked twenty times a second until it says yes;
    until then, those that wait are not begun.
    Every line of a child is said with its name before it. Ending takes at most GRACE_SECONDS and what the children's own `stop` takes.
    """
    width = max(len(child.name) for child in children)
    with selectors.DefaultSelector() as selector, _signals(selector) as asked_to_end:
        members = [_Member(child, child.name.ljust(width), selector, say) for child in children]
        try:
            while not asked_to_end:
                begun = [member for member in members if not (ready and member.child.waits)]
                for member in begun:
                    member.tend()
                pause = min(0.05 if ready else 60.0, *(member.seconds_to_begin() for member in begun))
                if ready and ready():
                    ready, pause = None, 0.0
                _wait(selector, pause)
        finally:
            _end_all(members, selector)


@dataclass
class _Member:
    """A child with its present process, or with the instant at which it gets a new one."""

    child: Child
    label: str
    selector: selectors.BaseSelector
    say: Callable[[str], None]
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS

    def seconds_to_begin(self) -> float:
        return math.inf if self.process else max(0.0, self.due - time.monotonic())

    def tend(self) -> None:
        """Begin the child when it is due, and see to it when it has ended of itself."""
        if self.process is None and time.monotonic() >= self.due:
            self._begin()
        elif self.process and self.process.poll() is not None:
            self._mourn(self.process)

    def _begin(self) -> None:
        self.process, self.begun = self.child.start(), time.monotonic()
        if output := self.process.stdout:
            self.selector.register(output, selectors.EVENT_READ, _relay(output, lambda line: self.say(f"{self.label} | {line}")))

    def _mourn(self, process: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        self.pause = FIRST_PAUSE_SECONDS if now - self.begun > LONGEST_PAUSE_SECONDS else self.pause
        how = f"with {process.returncode}" if process.returncode >= 0 else f"by {signal.Signals(-process.returncode).name}"
        self.say(f"{self.label} | ended {how}; starting it again in {self.pause:g} s")
        self.kill()
        self.due, self.pause = now + self.pause, min(2 * self.pause, LONGEST_PAUSE_SECONDS)

    def kill(self) -> None:
        """Kill what is left of the child's process group: the child itself, or those that it began and left behind."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _relay(output: IO[bytes], say: Callable[[str], None]) -> Callable[[], bool]:
    """A reader that says each whole line which has come, and answers whether more can come; the last line may lack its end."""
    rest = b""

    def read() -> bool:
        nonlocal rest
        some = os.read(output.fileno(), 65536)
        *lines, rest = (rest + some).split(b"\n")
        for line in lines if some else filter(None, [rest]):
            say(line.decode(errors="replace"))
        return bool(some)

    return read


def _wait(selector: selectors.BaseSelector, seconds: float) -> None:
    """Relay what comes, until something has come, a signal woke us or the time is over."""
    for key, _ in selector.select(seconds):
        if not key.data():
            cast("IO[bytes]", selector.unregister(key.fileobj).fileobj).close()


def _end_all(members: Sequence[_Member], selector: selectors.BaseSelector) -> None:
    """Ask them all to end, wait while their last words come, kill whoever is left; then those that have a stop of their own."""
    asked = [member for member in reversed(members) if not member.child.stop]
    for process in _alive(asked):
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    while _alive(asked) and (left := deadline - time.monotonic()) > 0:
        _wait(selector, left)
    for member in asked:
        member.kill()
    for member in reversed(members):
        if member.child.stop:
            member.child.stop()
    for _ in range(2):  # a full pipe is one read, its end another
        _wait(selector, 0)


def _alive(members: Sequence[_Member]) -> list[subprocess.Popen[bytes]]:
    return [member.process for member in members if member.process and member.process.poll() is None]


@contextlib.contextmanager
def _signals(selector: selectors.BaseSelector) -> Iterator[list[int]]:
    """The signals to end that have come; these and the end of a child wake the selector."""
    came: list[int] = []
    ours, kernels = socket.socketpair()
    with ours, kernels:
        ours.setblocking(False)
        kernels.setblocking(False)
        selector.register(ours, selectors.EVENT_READ, lambda: ours.recv(4096))
        old = {number: signal.signal(number, lambda number, _: came.append(number)) for number in _TO_END}
        old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        wakened = signal.set_wakeup_fd(kernels.fileno())
        try:
            yield came
        finally:
            signal.set_wakeup_fd(wakened)
            for number, handler in old.items():
                signal.signal(number, handler)
