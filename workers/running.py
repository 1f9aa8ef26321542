"""How a process of ours runs: until it is told to end, and then not much longer."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable

# What is still held then is let go of anyhow: an open transaction rolls back, a message is given out again, a lease ends.
GRACE_SECONDS = 2.5


def run(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Do the work until SIGTERM or SIGINT sets its event, and end within GRACE_SECONDS even when something it waits for hangs."""
    asyncio.run(_until_told(work))


async def _until_told(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()

    def told() -> None:
        stop.set()
        deadline = threading.Timer(GRACE_SECONDS, os._exit, (0,))
        deadline.daemon = True
        deadline.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)
    await work(stop)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
