"""`saili prepare` on an empty database, and on one that was prepared."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from events.cli import main
from tests.databases import Server


@pytest.fixture
def empty(database_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    dsn = asyncio.run(database_server.create(name))
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SAILI_DATA", str(tmp_path))
    yield dsn
    asyncio.run(database_server.drop(name))


def counts(dsn: str) -> tuple[int, int, int]:
    async def fetch() -> tuple[int, int, int]:
        connection = await asyncpg.connect(dsn)
        query = (
            "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM sports), (SELECT count(*) FROM regions WHERE tier = 'district')"
        )
        row = await connection.fetchrow(query)
        await connection.close()
        return tuple(row)

    return asyncio.run(fetch())


def test_an_empty_database_gets_its_facts_and_the_demonstration_once(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare"]) == 0
    events, sports, districts = counts(empty)
    assert (events, sports > 80, districts) == (266, True, 16)
    assert "197 real events at their real dates and 69 of 演示数据" in capsys.readouterr().out
    main(["demo", "remove"])
    assert "69 events of 演示数据 removed." in capsys.readouterr().out
    main(["prepare"])
    assert counts(empty) == (197, sports, 16)


def test_an_installation_may_begin_empty(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "no")
    main(["prepare"])
    assert counts(empty)[0] == 0


def test_an_unknown_home_region_stops_the_start_with_a_sentence(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEMO", "no")
    monkeypatch.setenv("HOME_REGION", "999999")
    assert main(["prepare"]) == 2
    assert capsys.readouterr().err == "HOME_REGION must be the code of a region that there is; no region has the code 999999.\n"
    monkeypatch.setenv("HOME_REGION", "410102")
    assert main(["prepare"]) == 0
