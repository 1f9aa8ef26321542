"""The way to PostgreSQL: one base for the tables, engines for writing and for reading, sessions."""

import re
from datetime import datetime
from enum import StrEnum

import asyncpg
from sqlalchemy import DateTime, Enum, MetaData, Text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

Sessions = async_sessionmaker[AsyncSession]

LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 60_000

# SQLSTATEs that pass: lock_not_available, deadlock_detected, serialization_failure, query_canceled, too_many_connections, a server that
# starts, stops or went away, a transaction that was idle for too long, and a database that is not there while it is being restored.
PASSING = ("55P03", "40P01", "40001", "57014", "53300", "57P01", "57P02", "57P03", "25P03", "08", "3D000")


class Away(ConnectionError):
    """No connection to the database could be made. The system's own errors can't be told from those of a file or a mail server."""


class Base(DeclarativeBase):
    """Every table. Constraint names are fixed by rule, because `events.errors` turns them into sentences."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012 - SQLAlchemy reads it from the class


def text_enum(kind: type[StrEnum], name: str) -> Enum:
    """A StrEnum kept as text with a CHECK, so that a new value is a migration of one constraint and not of a type."""
    return Enum(kind, name=name, native_enum=False, create_constraint=True, length=32, values_callable=lambda k: [v.value for v in k])


def url_for(dsn: str, driver: str = "asyncpg") -> URL:
    """A DSN as an operator writes it (`postgres://…`, `postgresql://…`), for the driver named."""
    url = make_url(dsn.replace("postgres://", "postgresql://", 1))
    return url.set(drivername=f"postgresql+{driver}")


def make_engine(dsn: str, *, pool_size: int = 8, application: str = "saili", idle_seconds: float = 0) -> AsyncEngine:
    """An engine for transactions. Locks are waited for 5 s at most: a timeout becomes a 503, never a request that hangs.

    A transaction that asks nothing for `idle_seconds` loses its connection; 0 is for ever.
    """
    settings = {
        "application_name": application,
        "lock_timeout": str(LOCK_TIMEOUT_MS),
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(round(idle_seconds * 1_000)),
        "timezone": "UTC",
        "jit": "off",
    }

    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", dsn)

    async def connect() -> asyncpg.Connection:
        """asyncpg reads the DSN itself: of a URL, SQLAlchemy hands it libpq's words (`sslmode`) as arguments that it doesn't know."""
        try:
            return await asyncpg.connect(plain, timeout=5, server_settings=settings)
        except OSError as error:  # a TimeoutError is one too
            raise Away(str(error) or type(error).__name__) from error

    return create_async_engine(
        url_for(dsn), async_creator=connect, hide_parameters=True, pool_size=pool_size, max_overflow=0, pool_timeout=10
    )


def of_database(error: BaseException) -> bool:
    """Whether PostgreSQL or the way to it raised this: SQLAlchemy's own, a driver's."""
    return isinstance(error, DBAPIError) or isinstance(getattr(error, "sqlstate", None), str)


def told(error: BaseException) -> str:
    """An error as a log may keep it. What the database says of a row holds the row: of its errors only the kind, the SQLSTATE and the
    constraint are told."""
    chain = [error, getattr(error, "orig", None), getattr(getattr(error, "orig", None), "__cause__", None)]
    if not of_database(error):
        return f"{type(error).__name__}: {error}"
    state = next((found for one in chain if isinstance(found := getattr(one, "sqlstate", None), str)), None)
    constraint = next((f", {found}" for one in chain if isinstance(found := getattr(one, "constraint_name", None), str)), "")
    return f"{type(error).__name__} (SQLSTATE {state or 'unknown'}{constraint})"


def passes(error: Exception) -> bool:
    """Whether the database is away or overtaxed for now, so that the same may go well a little later. Anything else is a fault."""
    match error:
        case ConnectionError() | TimeoutError() | PoolTimeout():
            return True
        case DBAPIError():
            return error.connection_invalidated or (getattr(error.orig, "sqlstate", None) or "").startswith(PASSING)
    return False


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for single reads: autocommit saves the BEGIN and the ROLLBACK, a third of a short read's time."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def make_sessions(engine: AsyncEngine, **info: object) -> Sessions:
    """Transactions on the engine. `info` rides along in every session's `info`."""
    return async_sessionmaker(engine, expire_on_commit=False, info=info)
