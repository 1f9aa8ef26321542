"""A backup is one file: the database as pg_dump writes it, and the installation's key, without which no manage link would open again."""

import contextlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from infra.database import url_for
from infra.postgres_programs import find_programs
from infra.settings import Settings

DUMP, KEY = "database.dump", "secret-key"


class NotRestored(Exception):
    """Why a backup can't be taken or put back, as a sentence for the operator."""


def back_up(settings: Settings, dsn: str, target: Path) -> None:
    """Write a backup of one instant, whole or not at all. Only its owner can read it: people's data and the key are in it.

    Raises NotRestored where nothing can be written.
    """
    try:
        _write(settings, dsn, target)
    except OSError as error:
        raise NotRestored(f"{target} can't be written: {error.strerror or error}") from error


def _write(settings: Settings, dsn: str, target: Path) -> None:
    if target.is_dir():
        raise NotRestored(f"{target} can't be written: it is a folder.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".saili-backup-") as folder:
        dump, whole = Path(folder) / DUMP, Path(folder) / "whole"
        _run(settings, "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", f"--dbname={dsn}"])
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(dump, DUMP)
            key = tarfile.TarInfo(KEY)
            secret = settings.require_secret()
            key.size = len(secret)
            archive.addfile(key, io.BytesIO(secret))
        whole.rename(target)


def restore(settings: Settings, dsn: str, source: Path) -> bool:
    """Put a backup into an empty database, whole or not at all. True when this installation's key must still be set to the backup's.

    Raises NotRestored for a database that isn't empty, and for a file that is no backup.
    """
    if _tables(dsn):
        raise NotRestored("The database is not empty: restore into a new one.")
    with tempfile.TemporaryDirectory(prefix="saili-restore-") as folder, _opened(source) as archive:
        archive.extractall(folder, members=[archive.getmember(DUMP), archive.getmember(KEY)], filter="data")
        dump, key = Path(folder) / DUMP, (Path(folder) / KEY).read_bytes()
        script = Path(folder) / "script.sql"
        _run(settings, "pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(dump)])
        _without_newer_settings(script)
        psql = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}", f"--dbname={dsn}"]
        _run(settings, "psql", psql)
    return not _keep_key(settings, key)


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source) as archive:
            if {DUMP, KEY} != set(archive.getnames()):
                raise NotRestored(f"{source} is no backup of Saili.")
            yield archive
    except (tarfile.TarError, OSError) as error:
        raise NotRestored(f"{source} can't be read as a backup: {error}") from error


def _keep_key(settings: Settings, key: bytes) -> bool:
    """Make the backup's key this installation's, where none is set and none was made yet. Whether the installation has that key now."""
    path = settings.data / "secret-key"
    if settings.secret_key is None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
    return settings.require_secret() == key


def _without_newer_settings(script: Path) -> None:
    """pg_dump 17 and newer begin a script with a setting that an older server does not know, and that changes nothing here."""
    restored = script.with_suffix(".restored")
    with script.open("rb") as source, restored.open("wb") as target:
        target.writelines(line for line in source if not line.startswith(b"SET transaction_timeout = 0"))
    restored.replace(script)


def _tables(dsn: str) -> int:
    engine = create_engine(url_for(dsn, "psycopg"), hide_parameters=True)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"))
    engine.dispose()
    return int(count or 0)


def _run(settings: Settings, program: str, options: list[str]) -> None:
    folder = find_programs(settings.pg_bin).folder
    done = subprocess.run([folder / program, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRestored(f"{program} failed: {done.stderr.strip()}")
