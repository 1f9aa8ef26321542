"""What every actor works with."""

import asyncio
from dataclasses import dataclass, field

from infra.installation import Installation
from infra.mail import Mailer
from infra.push import Pusher


@dataclass(frozen=True, slots=True)
class Work:
    """The installation, with its engine in the worker's own event loop, the ways that mail and, where that is on, pushes leave it, and the
    press: one poster at a time.
    """

    installation: Installation
    mailer: Mailer
    pusher: Pusher | None = None
    press: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def close(self) -> None:
        await self.mailer.close()
        if self.pusher:
            await self.pusher.close()
        await self.installation.close()
