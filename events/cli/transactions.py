"""One transaction for a command: begun and committed here, a refusal printed as its sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from events.cli.database import database
from events.errors import Refusal, describe
from events.i18n import Language
from infra.database import make_engine, make_sessions
from infra.settings import Settings

Result = TypeVar("Result")


def in_transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[Result]], *, language: Language = Language.EN) -> Result:
    """What `work` returns, once committed. A refusal rolls back and ends the program with status 1."""
    with database(settings) as dsn:
        try:
            return asyncio.run(_run(settings, dsn, work))
        except Refusal as refusal:
            raise SystemExit(
                " ".join([refusal.detail(language), *(f"{f.path}: {describe(f, language)}" for f in refusal.faults)])
            ) from refusal


async def _run(settings: Settings, dsn: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    engine = make_engine(dsn, pool_size=1, application="saili command")
    try:
        async with make_sessions(engine, settings=settings).begin() as session:
            return await work(session)
    finally:
        await engine.dispose()
