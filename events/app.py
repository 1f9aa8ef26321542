"""The only wiring of the web application: slices' routes, the transaction, the actor, errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from sqlalchemy.ext.asyncio import AsyncSession

from events.accounts.queries import get_actor
from events.accounts.rules import Actor
from events.accounts.service import PREFIX
from events.banners.board import Board
from events.banners.routes import handlers as banners
from events.calendar.months_ready import Months
from events.calendar.ready import Ready
from events.calendar.revisions import WATCHER
from events.calendar.routes_reading import handlers as calendar_reading
from events.calendar.routes_writing import handlers as calendar_writing
from events.competitions.routes import handlers as competitions
from events.errors import Unauthenticated
from events.feeds.feeds_ready import Feeds
from events.feeds.routes import router as feeds_router
from events.health import live, ready
from events.i18n import Language
from events.notices.routes import handlers as pushes
from events.problems import expect_json, judge_contents, language_of
from events.problems import on_error as problem_of
from events.regions.routes import handlers as regions
from events.registrations.routes import handlers as registrations
from events.registrations.routes_organiser import handlers as organisers
from events.web.errors import on_error as page_of
from events.web.routes import PAGES
from events.web.site import Site
from events.web.turns import Turns
from infra.installation import Installation
from infra.openapi import describe_refusals
from infra.storage import open_store
from infra.web import MAX_BODY, AnyRequest, Application, bearer, open_to_all, read_body

# One router for all, because each router answers OPTIONS of its own accord, and two for one address clash.
API = [
    *regions,
    *calendar_reading,
    *calendar_writing,
    *competitions,
    *registrations,
    *organisers,
    *pushes,
    *banners,
]


def on_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """People get a page, programs a problem: whoever asks for HTML, outside the API, is a person, and so is whoever looks into a frame."""
    path, accepted = request.url.path, request.headers.get("accept", "")
    programs = path.startswith(("/api/", "/feeds/", "/health/")) or not ("text/html" in accepted or path.startswith("/embed/"))
    return (problem_of if programs else page_of)(request, error)


async def provide_actor(request: Request[None, None, State], session: NamedDependency[AsyncSession]) -> Actor:
    """The desk whose API key came in the Authorization header. Raises Unauthenticated without a good one."""
    key = bearer(request)
    if not key.startswith(PREFIX):
        raise Unauthenticated
    return await get_actor(session, key)


def provide_language(request: Request[None, None, State]) -> Language:
    return language_of(request)


async def provide_session(request: Request[None, None, State]) -> AsyncIterator[AsyncSession]:
    """One transaction a request. The commit happens after the handler and before the answer, so a failed one is a 500."""
    installation: Installation = request.app.state.installation
    async with installation.sessions.begin() as session:
        yield session


def provide_installation(request: Request[None, None, State]) -> Installation:
    held: Installation = request.app.state.installation
    return held


def provide_months(request: Request[None, None, State]) -> Months:
    held: Months = request.app.state.months
    return held


@asynccontextmanager
async def _open_while_running(app: Litestar) -> AsyncIterator[None]:
    describe_refusals(app.openapi_schema)
    try:
        async with app.state.months.ready.polling():
            yield
    finally:
        await app.state.installation.close()


def create_app(installation: Installation) -> Litestar:
    """The application over an installation. It opens nothing until it starts, and closes what it opened."""
    app = routes()
    app.state = state_of(installation)
    return app


def state_of(installation: Installation) -> State:
    """All that the routes know of an installation, and what one process keeps ready for them."""
    board = Board()
    kept = Ready(installation.reader, everywhere=board)
    installation.sessions.configure(info={**installation.sessions.kw["info"], WATCHER: kept})
    months = Months(kept, installation.engine, installation.settings.zone, installation.settings.public_url)
    feeds = Feeds(kept, installation.reader, open_store(installation.settings), installation.settings)
    site = Site(installation.settings, board)
    return State({"months": months, "feeds": feeds, "installation": installation, "site": site, "turns": Turns()})


def routes() -> Litestar:
    """Every address and what stands before it; of an installation it holds nothing, so that any may be its state."""
    return Application(
        [live, ready, Router("/api/v1", route_handlers=API, before_request=expect_json, middleware=[open_to_all]), feeds_router, *PAGES],
        dependencies={
            "session": Provide(provide_session),
            "actor": Provide(provide_actor),
            "language": Provide(provide_language, sync_to_thread=False),
            "installation": Provide(provide_installation, sync_to_thread=False),
            "months": Provide(provide_months, sync_to_thread=False),
        },
        before_request=read_body,
        after_exception=[judge_contents],
        exception_handlers={Exception: on_error, HTTPException: on_error},
        lifespan=[_open_while_running],
        request_max_body_size=MAX_BODY,
        logging_config=None,  # infra.logs is the only one
        openapi_config=OpenAPIConfig(title="Saili 赛历", version="1", path="/api", render_plugins=[], use_handler_docstrings=True),
    )
