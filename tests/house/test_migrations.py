import asyncio
import uuid

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from events.tables import metadata
from infra.database import url_for
from infra.migrations import downgrade, upgrade
from tests.databases import Server


def test_migrations_run_up_down_and_up_again_and_end_at_the_models(database_server: Server) -> None:
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = asyncio.run(database_server.create(name))
    try:
        upgrade(dsn, metadata())
        downgrade(dsn, metadata())
        upgrade(dsn, metadata())
        engine = create_engine(url_for(dsn, "psycopg"))
        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata())
        engine.dispose()
        assert differences == []
    finally:
        asyncio.run(database_server.drop(name))
