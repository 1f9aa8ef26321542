"""Child processes that never outlive us: how they start, how a set of them is watched, how they end.

The standard library alone, so that the process which only watches stays small.
"""

import contextlib
import ctypes
import fcntl
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class StartError(Exception):
    """Why the program can't start, as a sentence for the person who started it."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone; StartError when another process holds it.

    The kernel lets go with the process, however it ends, and a child doesn't inherit it: there is nothing to clean up.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
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
    if os.getppid() == 1 or (parent is not None and os.getppid() != parent):  # it ended before the kernel knew
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
