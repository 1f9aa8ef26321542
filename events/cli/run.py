"""`saili run`: everything in one foreground process tree. This module imports little, because its process only watches."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from infra import postgres
from infra.listening import answers, require_free
from infra.processes import Child, StartError, command, hold, spawn, supervise
from infra.settings import Settings

# The web server starts alone: whoever waits, waits for it.
FIRST, REST = "web", ("worker", "relay", "clock")

say = partial(print, flush=True)  # read while it works, also through a pipe


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> None:
    """Run until Ctrl-C or SIGTERM. Raises StartError when it can't start."""
    settings = replace(settings, data=settings.data.resolve())
    with hold(settings.data), _told_to_end():
        require_free(settings.host, settings.port)
        with contextlib.ExitStack() as ending:
            _run(settings, ending)


def _run(settings: Settings, ending: contextlib.ExitStack) -> None:
    children: list[Child] = []
    dsn, home = settings.database_url, None
    if dsn is None:
        postgres.ignore_client_settings()
        say("Starting PostgreSQL …")
        server = postgres.start(settings.data, pg_bin=settings.pg_bin, log=say)
        ending.callback(server.stop)
        children.append(Child("postgres", server.run, server.stop))
        dsn, home = server.dsn, server.home
    environment = {**os.environ, "DATABASE_URL": dsn, "SAILI_DATA": str(settings.data), "PYTHONUNBUFFERED": "1"}
    _prepare(environment)
    say("Starting the web server, then the worker, relay and clock …")
    children += [command(part, _saili(part), environment, waits=part in REST) for part in (FIRST, *REST)]
    supervise(children, ready=_announcing(settings, home))


def _saili(part: str) -> list[str]:
    return [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-m", "events.cli", part]


def _prepare(environment: Mapping[str, str]) -> None:
    """Bring the database up to date in a process of its own, whose memory goes with it."""
    prepared = spawn(_saili("prepare"), env=environment, output=sys.stdout.fileno())
    try:
        status = prepared.wait()
    except BaseException:  # told to end: what it has not committed, it does again at the next start
        prepared.kill()
        prepared.wait()
        raise
    if status:
        raise StartError(f"The database could not be prepared (status {status}); the lines above say why.")


@contextlib.contextmanager
def _told_to_end() -> Iterator[None]:
    """Whoever asks us to end before all has started is heard as Ctrl-C is; afterwards `supervise` listens."""
    old = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped before all had started.")
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _announcing(settings: Settings, home: Path | None) -> Callable[[], bool]:
    """A check that says where everything is, once the web server answers. `home` holds the embedded database, if it is that."""

    def ready() -> bool:
        if not answers(settings.local_host, settings.port):
            return False
        address = settings.local_url
        read = f", read at {address}/mail" if settings.at_home else ""
        mail = "sent by SMTP" if settings.smtp_url else f"{settings.data / 'mail'}{read}"
        lines = (
            f"\nSaili is ready: {settings.base_url or address}",
            f"data: {settings.data}",
            f"database: {home or 'the server of DATABASE_URL'}",
            f"mail: {mail}",
            "stop: Ctrl-C\n",
        )
        say("\n  ".join(lines))
        return True

    return ready
