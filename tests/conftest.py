import asyncio
import gc
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from events.calendar.sports import ensure_sports
from events.regions.service import load_facts, set_up
from events.tables import metadata
from infra import postgres
from infra.database import make_engine, make_sessions
from infra.installation import Installation, open_installation
from infra.migrations import upgrade
from infra.settings import read_settings
from tests.apps import app_over
from tests.databases import Server

# What every test may read and none may change: filled once, when the template is built.
FACTS = {"regions", "sports", "alembic_version"}


@pytest.fixture(autouse=True)
def _log_of_this_test_alone() -> Iterator[None]:
    """A command run inside a test sets logging up; its handler would write to what the test's own output was, long closed."""
    root = logging.getLogger()
    before = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]
    yield
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler and handler not in before:
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """One server a session: the embedded one, fast and disposable, or the one that SAILI_TEST_DATABASE_URL names."""
    if given := os.environ.get("SAILI_TEST_DATABASE_URL"):
        yield Server(given)
        return
    with tempfile.TemporaryDirectory(prefix="saili-tests-") as data:
        server = postgres.start(Path(data), durable=False)
        yield Server(server.dsn, strategy="FILE_COPY")
        server.stop()
        shutil.rmtree(server.home)


@pytest.fixture(scope="session")
def template(database_server: Server) -> Iterator[str]:
    """The name of a database that was built by migrating and holds the facts; clone it, or use it and leave it as it was."""
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = asyncio.run(database_server.create(name))
    upgrade(dsn, metadata())
    asyncio.run(fill(dsn))
    yield name
    asyncio.run(database_server.drop(name))


async def fill(dsn: str) -> None:
    """The facts: regions, with Shanghai's offices, and sports."""
    engine = make_engine(dsn, pool_size=1)
    async with make_sessions(engine).begin() as session:
        await load_facts(session)
        await set_up(session, "310000")
        await ensure_sports(session)
    await engine.dispose()


@pytest.fixture
async def installation(database_server: Server, template: str, tmp_path: Path) -> AsyncIterator[Installation]:
    """A whole installation over a real database with real commits; what a test wrote is deleted after it."""
    settings = read_settings({"SAILI_DATA": str(tmp_path), "SECRET_KEY": "a key for tests, of enough characters"})
    installation = open_installation(settings, database_server.dsn(template), pool_size=20)
    yield installation
    emptied = "".join(f"{table.delete()};" for name, table in metadata().tables.items() if name not in FACTS)
    async with installation.sessions.begin() as session:
        await session.execute(text(f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {emptied} END $$"))
    await installation.close()


@pytest.fixture
async def session(installation: Installation) -> AsyncIterator[AsyncSession]:
    """One transaction, rolled back at the end; constraints that wait for the commit are checked first."""
    async with installation.sessions() as session:
        yield session
        if session.in_transaction():
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await session.rollback()


@pytest.fixture
async def client(installation: Installation) -> AsyncIterator[httpx.AsyncClient]:
    """The application in the test's own event loop, so that both share an engine."""
    transport = httpx.ASGITransport(app_over(installation), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def pytest_collection_finish() -> None:
    """What is imported by now stays: a collection of garbage that looks through all of it takes as long as three tests."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    """What of the surroundings these tests use, and what they leave alone."""
    unused = "SAILI_TEST_REDIS_URL is given, but Saili uses no Redis: docs/decisions/0005"
    redis = [unused] if os.environ.get("SAILI_TEST_REDIS_URL") else []
    database = "an external PostgreSQL" if os.environ.get("SAILI_TEST_DATABASE_URL") else "the embedded PostgreSQL"
    broker = "PostgreSQL and RabbitMQ" if os.environ.get("SAILI_TEST_AMQP_URL") else "PostgreSQL"
    return [f"database: {database}; brokers: {broker}", *redis]
