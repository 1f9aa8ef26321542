import asyncio
import tarfile
import uuid
from pathlib import Path

import asyncpg
import pytest

from infra.backup import NotRestored, back_up, restore
from infra.settings import Settings, read_settings
from tests.databases import Server


def settings_in(folder: Path) -> Settings:
    return read_settings({"SAILI_DATA": str(folder)})


async def count_regions(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        found: int = await connection.fetchval("SELECT count(*) FROM regions")
    finally:
        await connection.close()
    return found


def test_a_backup_restored_into_an_empty_database_holds_the_rows_and_the_key(
    database_server: Server, template: str, tmp_path: Path
) -> None:
    source, target = settings_in(tmp_path / "old"), settings_in(tmp_path / "new")
    file, name = tmp_path / "backup", f"saili_test_{uuid.uuid4().hex[:12]}"
    back_up(source, database_server.dsn(template), file)
    empty = asyncio.run(database_server.create(name))
    try:
        assert restore(target, empty, file) is False
        assert asyncio.run(count_regions(empty)) == asyncio.run(count_regions(database_server.dsn(template))) > 40_000
        assert target.require_secret() == source.require_secret()
        with pytest.raises(NotRestored, match="not empty"):
            restore(target, empty, file)
    finally:
        asyncio.run(database_server.drop(name))
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_no_backup_is_refused_and_changes_nothing(database_server: Server, tmp_path: Path) -> None:
    name = f"saili_test_{uuid.uuid4().hex[:12]}"
    empty = asyncio.run(database_server.create(name))
    text, tar = tmp_path / "text", tmp_path / "tar"
    text.write_text("no archive")
    with tarfile.open(tar, "w") as archive:
        archive.add(text, "../outside")
    try:
        for file in (text, tar, tmp_path / "missing"):
            with pytest.raises(NotRestored, match=file.name):
                restore(settings_in(tmp_path), empty, file)
    finally:
        asyncio.run(database_server.drop(name))


@pytest.mark.parametrize(("target", "why"), [("gone/x", "No such file"), ("file/x", "Not a directory"), (".", "it is a folder")])
def test_a_backup_that_can_be_written_nowhere_is_refused_with_a_sentence(
    database_server: Server, template: str, tmp_path: Path, target: str, why: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotRestored, match=f"can't be written: {why}"):
        back_up(settings_in(tmp_path / "home"), database_server.dsn(template), tmp_path / target)
