import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Server


@pytest.fixture
def dsn(database_server: Server, template: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A database of its own: a command commits, to the facts too."""
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = asyncio.run(database_server.create(name, template))
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SAILI_DATA", str(tmp_path))
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("LANGUAGE", "en")
    yield dsn
    asyncio.run(database_server.drop(name))
