"""Views that aren't kept are made a few at once: whoever comes when too many wait is asked to come again, and the process goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from events.errors import Busy

# For how long a view waits for its turn, and after how long whoever was sent away may ask again.
LONGEST_WAIT, RETRY_SECONDS = 3.0, 5


class Kind(StrEnum):
    """A year is counted by the database, a long time for each: its views leave the others room."""

    VIEW = "view"
    YEAR = "year"


AT_ONCE = {Kind.VIEW: 8, Kind.YEAR: 2}


class Turns:
    """Of one application."""

    def __init__(self) -> None:
        self._free = {kind: asyncio.Semaphore(most) for kind, most in AT_ONCE.items()}

    @asynccontextmanager
    async def take(self, kind: Kind) -> AsyncIterator[None]:
        """A turn to make a view of the kind. Raises Busy when none comes in time."""
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._free[kind].acquire()
        except TimeoutError:
            raise Busy(retry_after=RETRY_SECONDS) from None
        try:
            yield
        finally:
            self._free[kind].release()
