"""The embedded PostgreSQL: our own child process, reached over a Unix socket in a folder that nobody else can enter."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from infra.postgres_home import kept_home, new_home, server_account, socket_folder
from infra.postgres_programs import DATABASE, ENVIRONMENT, OWNER, Programs, find_programs, initialise, match_version, readable_copy
from infra.processes import StartError, hold, spawn

STOP_SECONDS = 1.5
READY_SECONDS = 120
_TICK = 0.01

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # with no address to listen on, only a part of the socket's name
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m ",
}
_DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start(data: Path, *, pg_bin: Path | None = None, log: Callable[[str], None] = print, durable: bool = True) -> "Postgres":
    """A ready server with its database `saili`, new or kept, whatever the last server left behind; StartError says why not.

    Call it from the main thread: the server ends with the thread that started it. `durable=False` trades safety for speed, for tests.
    """
    data = data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    programs, account = find_programs(pg_bin), server_account()
    home = kept_home(data, account) or new_home(data, account)
    with contextlib.ExitStack() as held:
        held.enter_context(hold(home))
        if account and pg_bin is None:
            programs = readable_copy(programs)
        if not (home / "data").exists():
            log(f"Making the database in {home} …")
            initialise(programs, home, account, durable=durable)
        match_version(programs, home / "data")
        server = Postgres(programs, home, account, durable, socket_folder(home, account), data / "postgres.log", log)
        _clear_remains(server.data, server.sockets)
        held.callback(server.end)
        server.await_ready()
        server.held = held.pop_all()
    return server


def ignore_client_settings() -> None:
    """Take PGHOST, PGPORT, PGSSLMODE and their kind out of this process's environment: they are meant for a server that is not ours."""
    for name in [name for name in os.environ if name.startswith("PG") and name.isalpha()]:
        del os.environ[name]


def find_running(data: Path) -> str | None:
    """The DSN of the server that another process of ours runs on this data folder, if one does."""
    home = kept_home(data.resolve(), server_account())
    lines = _pid_lines(home / "data") if home else []
    return _dsn(Path(lines[4])) if home and len(lines) > 7 and _is_server_of(int(lines[0]), home / "data") else None


@dataclass
class Postgres:
    """A server that we started. Its `dsn` serves asyncpg and psycopg as it is, SQLAlchemy with the driver named in its scheme."""

    programs: Programs
    home: Path
    account: pwd.struct_passwd | None
    durable: bool
    sockets: Path
    log_file: Path
    log: Callable[[str], None]
    held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return _dsn(self.sockets)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def run(self) -> subprocess.Popen[bytes]:
        """The server's process, started anew if it has ended; a new one needs a moment until it answers."""
        if self.process is None or self.process.poll() is not None:
            settings = {**_SETTINGS, "unix_socket_directories": str(self.sockets), **({} if self.durable else _DISPOSABLE)}
            options = [f"--{name}={value}" for name, value in settings.items()]
            argv = [str(self.programs.folder / "postgres"), "-D", str(self.data), *options]
            with _open_log(self.log_file) as output:
                # SIGQUIT stops it without a checkpoint, so it is gone within a moment of us; its next start replays what was committed.
                quit_ = signal.SIGQUIT
                self.process = spawn(argv, env=ENVIRONMENT, account=self.account, output=output, on_parent_death=quit_, cwd=Path("/"))
        return self.process

    def await_ready(self) -> None:
        """Return when the server answers; StartError with the server's own last words when it ends instead."""
        process = self.run()
        for tick in range(int(READY_SECONDS / _TICK)):
            lines = _pid_lines(self.data)
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            if process.poll() is not None:
                words = _last_words(self.log_file)
                if "pre-existing shared memory block" not in words or tick > 1 / _TICK:
                    raise StartError(f"PostgreSQL did not start: {words} (more in {self.log_file})")
                time.sleep(20 * _TICK)  # a killed server's last sessions are still ending
                process = self.run()
            if tick == 3 / _TICK:
                self.log("PostgreSQL is recovering what a sudden end left …")
            time.sleep(_TICK)
        raise StartError(f"PostgreSQL is not ready after {READY_SECONDS} s; its log is {self.log_file}")

    def stop(self) -> None:
        """Stop the server in under 3 s and let go of its folder; stopping twice is no fault."""
        self.held.close()

    def end(self) -> None:
        """End the process: politely, then without a checkpoint, then by force. No committed row depends on which."""
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
                break
        with contextlib.suppress(OSError):
            self.sockets.rmdir()


def _dsn(sockets: Path) -> str:
    return f"postgresql://{OWNER}@/{DATABASE}?host={sockets}"


def _clear_remains(data: Path, sockets: Path) -> None:
    """Make way for a start: we hold the lock, so a server that still runs here has lost its parent, and any other trace is stale."""
    lines = _pid_lines(data)
    pid = int(lines[0]) if lines else 0
    if pid and _is_server_of(pid, data):
        _end_orphan(pid, data)
    # PostgreSQL would take whatever process has that number now for a server, and we the old "ready" for the new server's.
    # What is lost with the file, a check for sessions left behind, PostgreSQL does a second time by the data folder's inode.
    (data / "postmaster.pid").unlink(missing_ok=True)
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink()


def _end_orphan(pid: int, data: Path) -> None:
    for number in (signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        for _ in range(int(STOP_SECONDS / _TICK)):
            if not _is_server_of(pid, data):
                return
            time.sleep(_TICK)


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether that process is a server of this very data folder: judged by its command line, which names the folder."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return False
    command = subprocess.run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return f"-D {data} " in command


def _pid_lines(data: Path) -> list[str]:
    """postmaster.pid: pid, data folder, start, port, socket folder, address, shared memory, state (PostgreSQL's pidfile.h)."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


@contextlib.contextmanager
def _open_log(path: Path) -> Iterator[IO[bytes]]:
    """The server's log, begun anew past 10 MB."""
    full = path.exists() and path.stat().st_size > 10_000_000
    with path.open("wb" if full else "ab") as log:
        path.chmod(0o600)
        yield log


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return next((line for line in reversed(lines) if "FATAL" in line), lines[-1] if lines else "it said nothing")
