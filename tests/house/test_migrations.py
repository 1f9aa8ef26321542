import asyncio
import re
import uuid
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

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


def test_deliveries_of_teams_survive_the_way_down_and_up_and_those_of_followers_go(database_server: Server) -> None:
    [file] = Path("infra/migrations/versions").glob("*_subscriptions.py")
    below = re.search(r'^down_revision = "(\w+)"', file.read_text(), re.MULTILINE)
    assert below
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = asyncio.run(database_server.create(name))
    engine = create_engine(url_for(dsn, "psycopg"))
    insert = "INSERT INTO deliveries (id, kind, state, attempts, due_at, created_at, cause_id, {}) VALUES (gen_random_uuid(), {})"
    team = "'confirmed', 'sent', 0, now(), now(), gen_random_uuid(), gen_random_uuid(), 'a@b'"
    follower = "'digest', 'dropped', 0, now(), now(), gen_random_uuid(), gen_random_uuid()"
    try:
        upgrade(dsn, metadata())
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no team, no follower: only their deliveries
            connection.execute(text(insert.format("registration_id, address", team)))
            connection.execute(text(insert.format("subscription_id", follower)))
        downgrade(dsn, metadata(), below[1])
        upgrade(dsn, metadata())
        with engine.connect() as connection:
            assert connection.execute(text("SELECT kind, state, address FROM deliveries")).all() == [("confirmed", "sent", "a@b")]
    finally:
        engine.dispose()
        asyncio.run(database_server.drop(name))
