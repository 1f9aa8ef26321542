import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import postgres
from tests.databases import Server


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
