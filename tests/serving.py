"""The application behind a real server on a port of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from events.app import create_app
from infra.installation import Installation
from infra.serving import BoundedHeads


@asynccontextmanager
async def served(installation: Installation) -> AsyncIterator[str]:
    """Its address. What the application starts with, such as polling, is left out: the tests' own commits show at once."""
    server = uvicorn.Server(uvicorn.Config(create_app(installation), http=BoundedHeads, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
