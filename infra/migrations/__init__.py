"""Moving a database to the shape that the code expects (Alembic, run from Python: there is no ini file)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, text

from infra.database import url_for

HERE = Path(__file__).parent
# Two processes that start together migrate one after the other: an advisory lock of the session, its number taken from the name.
LOCK = int.from_bytes(b"saili", "big")


def configuration(dsn: str, metadata: MetaData) -> Config:
    """Alembic's configuration. The metadata comes from the caller, since `infra` knows no table of the product's."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["metadata"] = metadata
    config.attributes["url"] = url_for(dsn, "psycopg")
    return config


def upgrade(dsn: str, metadata: MetaData, revision: str = "head") -> None:
    """Bring the database up to a revision. Whoever comes second waits, and finds nothing to do."""
    engine = create_engine(url_for(dsn, "psycopg"), hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        command.upgrade(configuration(dsn, metadata), revision)
    engine.dispose()


def downgrade(dsn: str, metadata: MetaData, revision: str = "base") -> None:
    command.downgrade(configuration(dsn, metadata), revision)


def head() -> str | None:
    """The newest revision, as Alembic finds it."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return ScriptDirectory.from_config(config).get_current_head()
