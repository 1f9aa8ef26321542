"""The database that a command works on: the external one, the embedded one that runs, or the embedded one for this command alone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from infra import postgres
from infra.settings import Settings


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Its DSN. An embedded server that nobody runs is started, and stopped at the end."""
    if settings.database_url:
        yield settings.database_url
    elif running := postgres.find_running(settings.data):
        yield running
    else:
        server = postgres.start(settings.data, pg_bin=settings.pg_bin, log=lambda line: print(line, file=sys.stderr))
        try:
            yield server.dsn
        finally:
            server.stop()
