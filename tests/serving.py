"""The application behind a real server on a port of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from infra.installation import Installation
from infra.serving import BoundedHeads
from tests.apps import app_over


@asynccontextmanager
async def served(installation: Installation) -> AsyncIterator[str]:
    """Its address. What the application starts with, such as polling, is left out: the tests' own commits show at once."""
    server = uvicorn.Server(uvicorn.Config(app_over(installation), http=BoundedHeads, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
