"""The database that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.settings import BadSetting, Settings


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The DSN of the external database, or of the embedded one."""
    if settings.database_url is None:
        raise BadSetting("DATABASE_URL must be set.")
    yield settings.database_url
