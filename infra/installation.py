"""What every process of an installation holds: its settings, its way to the database, its key."""

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from infra.crypto import Keys
from infra.database import Sessions, make_engine, make_sessions, reading
from infra.settings import Settings


class Installation:
    """`sessions` are transactions; `reader` is the same pool for single reads in autocommit.

    A plain class: msgspec looks into a dataclass that a handler asks for, field by field, at every request.
    """

    def __init__(self, settings: Settings, engine: AsyncEngine, reader: AsyncEngine, sessions: Sessions, keys: Keys) -> None:
        self.settings = settings
        self.engine = engine
        self.reader = reader
        self.sessions = sessions
        self.keys = keys

    async def close(self) -> None:
        await self.engine.dispose()


def open_installation(
    settings: Settings, dsn: str, *, pool_size: int = 8, application: str = "saili", idle_seconds: float = 0
) -> Installation:
    """Make the engine inside the process (and loop) that uses it; nothing is connected yet."""
    engine = make_engine(dsn, pool_size=pool_size, application=application, idle_seconds=idle_seconds)
    return Installation(settings, engine, reading(engine), make_sessions(engine, settings=settings), Keys(settings.require_secret()))


def settings_of(session: AsyncSession) -> Settings:
    """The settings of the installation that a session belongs to: zone and links shape what is stored, whoever writes it."""
    settings = session.info["settings"]
    assert isinstance(settings, Settings)  # noqa: S101 - make_sessions above is the only one that fills it
    return settings
