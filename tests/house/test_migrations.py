import asyncio
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from events.tables import metadata
from infra.database import url_for
from infra.migrations import downgrade, upgrade
from tests.databases import Server


@pytest.fixture
def dsn(database_server: Server) -> Iterator[str]:
    """A database of its own without a table."""
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    yield asyncio.run(database_server.create(name))
    asyncio.run(database_server.drop(name))


def below(ending: str) -> str:
    """The revision before the one of a file."""
    [file] = Path("infra/migrations/versions").glob(f"*_{ending}.py")
    found = re.search(r'^down_revision = "(\w+)"', file.read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_migrations_run_up_down_and_up_again_and_end_at_the_models(dsn: str) -> None:
    upgrade(dsn, metadata())
    downgrade(dsn, metadata())
    upgrade(dsn, metadata())
    engine = create_engine(url_for(dsn, "psycopg"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata())
    engine.dispose()
    assert differences == []


def test_deliveries_of_teams_survive_the_way_down_and_up_and_those_of_followers_go(dsn: str) -> None:
    engine = create_engine(url_for(dsn, "psycopg"))
    insert = "INSERT INTO deliveries (id, kind, state, attempts, due_at, created_at, cause_id, {}) VALUES (gen_random_uuid(), {})"
    team = "'confirmed', 'sent', 0, now(), now(), gen_random_uuid(), gen_random_uuid(), 'a@b'"
    follower = "'digest', 'dropped', 0, now(), now(), gen_random_uuid(), gen_random_uuid()"
    upgrade(dsn, metadata())
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no team, no follower: only their deliveries
        connection.execute(text(insert.format("registration_id, address", team)))
        connection.execute(text(insert.format("subscription_id", follower)))
    downgrade(dsn, metadata(), below("subscriptions"))
    upgrade(dsn, metadata())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT kind, state, address FROM deliveries")).all() == [("confirmed", "sent", "a@b")]
    engine.dispose()


ENTERED = (
    """
    INSERT INTO events (id, title, status, tier, region_code, tier_guessed, precision, sports, audience, demo, searched, grams, created_at,
        changed_at, registration_windows, registration_free)
    SELECT :id, :title, 'published', 'district', '310110', false, 'day', '{}', '{}', false, '', '{}', now(), now(), span, span
    FROM (SELECT tstzmultirange(tstzrange('2026-01-01', '2099-01-01')) AS span) AS open
    """,
    """
    INSERT INTO occurrences (id, event_id, position, first_on, last_on, status, sequence, changed_at)
    SELECT gen_random_uuid(), :id, n, '2098-05-01', '2098-05-01', held, 0, now()
    FROM unnest(CAST(:sessions AS text[])) WITH ORDINALITY AS x(held, n)
    """,
    """
    INSERT INTO competitions (id, event_id, title, entry, promotion, registration_opens_at, registration_closes_at, per_contact, created_at)
    VALUES (:id, :id, '赛', 'open', 'automatic', '2026-01-01', '2099-01-01', 1, now())
    """,
    """
    INSERT INTO divisions (id, competition_id, name, position, quota, roster_min, roster_max, confirmed, waitlisted, last_rank)
    VALUES (:id, :id, '组', 0, 10, 1, 5, 0, 0, 0)
    """,
)
GOES_ON = """
    SELECT events.title, closed_at IS NULL, registration_windows @> now() + interval '1 day', registration_free @> now() + interval '1 day'
    FROM events JOIN competitions ON event_id = events.id JOIN divisions ON competition_id = competitions.id
"""


def test_sign_ups_of_an_event_with_no_session_left_end_and_those_of_others_go_on(dsn: str) -> None:
    engine = create_engine(url_for(dsn, "psycopg"))
    upgrade(dsn, metadata(), below("none_left"))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # without their region
        for title, sessions in (("none left", ["cancelled", "cancelled"]), ("one left", ["cancelled", "scheduled"]), ("no day yet", [])):
            for statement in ENTERED:
                connection.execute(text(statement), {"id": uuid.uuid5(uuid.NAMESPACE_OID, title), "title": title, "sessions": sessions})
    upgrade(dsn, metadata())
    with engine.connect() as connection:
        found = {title: went_on for title, *went_on in connection.execute(text(GOES_ON))}
    engine.dispose()
    assert found == {"none left": [False] * 3, "one left": [True] * 3, "no day yet": [True] * 3}
