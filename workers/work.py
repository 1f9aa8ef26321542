"""What every actor works with."""

from dataclasses import dataclass

from infra.installation import Installation
from infra.mail import Mailer
from infra.push import Pusher


@dataclass(frozen=True, slots=True)
class Work:
    """The installation, with its engine in the worker's own event loop, and the ways that mail and, where that is on, pushes leave it."""

    installation: Installation
    mailer: Mailer
    pusher: Pusher | None = None

    async def close(self) -> None:
        await self.mailer.close()
        if self.pusher:
            await self.pusher.close()
        await self.installation.close()
