"""The application over a test's installation."""

from copy import copy
from functools import cache

import httpx
from litestar import Litestar

from events.app import routes, state_of
from infra.installation import Installation


def app_over(installation: Installation) -> Litestar:
    """As `create_app` makes it; but the routes, which take longer to build than most tests, are built once for all of them."""
    app = copy(_routes())
    app.state = state_of(installation)
    return app


@cache
def _routes() -> Litestar:
    return routes()


def app_of(client: httpx.AsyncClient) -> Litestar:
    """The application that the fixture's client asks."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    assert isinstance(transport.app, Litestar)
    return transport.app
