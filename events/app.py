"""The only wiring of the web application: slices' routes, the transaction, the actor, errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.queries import get_actor
from events.accounts.rules import Actor
from events.accounts.service import PREFIX
from events.calendar.ready import Ready
from events.errors import Unauthenticated
from events.feeds.feeds_ready import Feeds
from events.feeds.routes import router as feeds
from events.i18n import Language
from events.problems import HANDLERS, language_of
from events.regions.routes import router as regions
from infra.installation import Installation
from infra.storage import open_store
from infra.web import MAX_BODY, AnyRequest, transaction_of, with_headers


@get("/health/live", sync_to_thread=False, include_in_schema=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False)
async def ready(session: NamedDependency[AsyncSession]) -> dict[str, str]:
    """The process can do its work: the database answers."""
    await session.execute(text("SELECT 1"))
    return {"status": "ready"}


async def provide_actor(request: Request[None, None, State], session: NamedDependency[AsyncSession]) -> Actor:
    """The desk whose API key came in the Authorization header. Raises Unauthenticated without a good one."""
    key = bearer(request)
    if not key.startswith(PREFIX):
        raise Unauthenticated
    return await get_actor(session, key)


def bearer(request: AnyRequest) -> str:
    """The token of `Authorization: Bearer …` (RFC 6750, section 2.1), or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def provide_language(request: Request[None, None, State]) -> Language:
    return language_of(request)


def create_app(installation: Installation) -> Litestar:
    """The application over an installation. It opens nothing until it starts, and closes what it opened."""

    months = Ready(installation.reader)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with months.polling():
            yield
        await installation.close()

    return Litestar(
        [live, ready, regions, feeds],
        state=State({"feeds": Feeds(months, installation.reader, open_store(installation.settings), installation.settings)}),
        dependencies={
            "session": Provide(transaction_of(installation.sessions)),
            "actor": Provide(provide_actor),
            "language": Provide(provide_language, sync_to_thread=False),
            "installation": Provide(lambda: installation, sync_to_thread=False),
        },
        exception_handlers=HANDLERS,
        middleware=[with_headers],
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig(title="Saili 赛历", version="1", path="/api", render_plugins=[]),
    )
