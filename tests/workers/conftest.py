import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.installation import Installation
from infra.settings import Settings, read_settings
from tests.databases import Server
from tests.workers.office import Sink, open_office, relaying, serving, working


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with serving() as sink:
        yield sink


@pytest.fixture
async def dsn(database_server: Server, template: str) -> AsyncIterator[str]:
    """A database of this test's own: other processes write to it, and the broker keeps its queue there."""
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    yield await database_server.create(name, template)
    await database_server.drop(name)


@pytest.fixture
def broker_url() -> str:
    return "postgres"


@pytest.fixture
def settings(sink: Sink, dsn: str, broker_url: str, tmp_path: Path) -> Settings:
    """Of an installation that mails into the sink."""
    return read_settings(
        {
            "SAILI_DATA": str(tmp_path),
            "DATABASE_URL": dsn,
            "BROKER_URL": broker_url,
            "SECRET_KEY": "a key for tests, of enough characters",
            "SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            "BASE_URL": "https://saili.example",
        }
    )


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Installation]:
    """The installation as its web process holds it."""
    office = open_office(settings)
    yield office
    await office.close()


@pytest.fixture
async def at_work(office: Installation) -> AsyncIterator[None]:
    """A relay and a worker beside the test."""
    async with relaying(office.settings), working(office.settings):
        yield
