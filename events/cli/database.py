"""The database that a command works on: the external one, the embedded one that runs, or the embedded one for this command alone."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from infra import postgres
from infra.logs import configure
from infra.revision import require_database
from infra.settings import Settings


@contextmanager
def database(settings: Settings, *, prepared: bool = True) -> Iterator[str]:
    """Its DSN. An embedded server that nobody runs is started, and stopped at the end.

    Raises StartError when the database can't be used, and when it is not of the shape that this code expects, unless `prepared` is False.
    """
    configure(settings.log_level)
    with _server(settings) as dsn:
        asyncio.run(require_database(dsn, prepared=prepared))
        yield dsn


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    if settings.database_url:
        yield settings.database_url
        return
    postgres.ignore_client_settings()
    if running := postgres.find_running(settings.data):
        yield running
        return
    server = postgres.start(settings.data, pg_bin=settings.pg_bin, log=lambda line: print(line, file=sys.stderr))
    try:
        yield server.dsn
    finally:
        server.stop()
