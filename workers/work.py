"""What every actor works with."""

import asyncio
from dataclasses import dataclass, field

from infra.installation import Installation
from infra.mail import Mailer


@dataclass(frozen=True, slots=True)
class Work:
    """The installation, with its engine in the worker's own event loop, the way mail leaves it, and the press: one poster at a time."""

    installation: Installation
    mailer: Mailer
    press: asyncio.Lock = field(default_factory=asyncio.Lock)
