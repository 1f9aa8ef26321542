"""Which shape a database has, and which the code expects. Apart from infra.migrations: a process that only asks needs no Alembic."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.database import make_engine
from infra.processes import StartError

OLDEST_SERVER = 15
# Revisions are numbers of four digits at the beginning of their files' names, so the newest is the greatest.
EXPECTED = max(path.name[:4] for path in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))


async def find_revision(connection: AsyncConnection) -> str | None:
    """The revision that the database was last brought to; None when it never was."""
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def require_database(dsn: str, *, prepared: bool) -> None:
    """StartError, a sentence for the operator, unless the database answers, is new enough and, where asked, of the shape that we expect."""
    engine = make_engine(dsn, pool_size=1, application="saili start")
    try:
        async with engine.connect() as connection:
            version = int(await connection.scalar(text("SHOW server_version_num"))) // 10_000
            found = await find_revision(connection)
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise StartError(f"The database can't be used ({str(reason) or type(error).__name__}): see DATABASE_URL.") from error
    finally:
        await engine.dispose()
    if version < OLDEST_SERVER:
        raise StartError(f"The database is PostgreSQL {version}, but Saili needs {OLDEST_SERVER} or newer.")
    if found and found > EXPECTED:
        raise StartError(f"The database was prepared by a newer Saili (it is at {found}, this one knows {EXPECTED}): start that one.")
    if prepared and found is None:
        raise StartError("The database was never prepared: run `saili prepare` first.")
    if prepared and found != EXPECTED:
        raise StartError(
            f"The database was prepared by an older Saili (it is at {found}, this one needs {EXPECTED}): run `saili prepare` first."
        )
