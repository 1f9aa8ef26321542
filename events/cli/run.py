"""`saili run`: everything in one foreground process tree. This module imports little, because its process only watches."""

import argparse
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

from infra import postgres
from infra.processes import Child, StartError, command, hold, spawn, supervise
from infra.settings import Settings

PARTS = ("web", "worker", "relay", "clock")


def arguments(_: argparse.ArgumentParser) -> None:
    """None: the settings say everything."""


def act(_: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C or SIGTERM. 1 when it can't start, with a sentence."""
    try:
        with hold(settings.data):
            _run(settings)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings) -> None:
    children: list[Child] = []
    dsn = settings.database_url
    if dsn is None:
        print("Starting PostgreSQL …", flush=True)
        server = postgres.start(settings.data, pg_bin=settings.pg_bin)
        children.append(Child("postgres", server.run, server.stop))
        dsn = server.dsn
    environment = {**os.environ, "DATABASE_URL": dsn, "SAILI_DATA": str(settings.data.resolve()), "PYTHONUNBUFFERED": "1"}
    try:
        _prepare(environment)
        children += [command(part, [sys.executable, "-m", "events.cli", part], environment) for part in PARTS]
        print("Starting the web server, relay, clock and workers …", flush=True)
        supervise(children, ready=_announcing(settings))
    finally:
        for child in children[:1]:
            if child.stop:
                child.stop()


def _prepare(environment: dict[str, str]) -> None:
    """Bring the database up to date in a process of its own, whose memory goes with it."""
    prepared = spawn([sys.executable, "-m", "events.cli", "prepare"], env=environment, output=sys.stdout.buffer.fileno())
    if status := prepared.wait():
        raise StartError(f"The database could not be prepared (status {status}); the lines above say why.")


def _announcing(settings: Settings) -> Callable[[], bool]:
    """A check that says where everything is, once the web server answers."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not listened on
    address = f"http://{host}:{settings.port}"

    def ready() -> bool:
        try:
            urllib.request.urlopen(f"{address}/health/live", timeout=1).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, OSError):
            return False
        mail = "sent by SMTP" if settings.smtp_url else f"{settings.data / 'mail'}, read at {address}/mail"
        print(f"\nSaili is ready: {settings.base_url or address}\n  data: {settings.data}\n  mail: {mail}\n  stop: Ctrl-C\n", flush=True)
        return True

    return ready
