"""What every actor works with."""

from dataclasses import dataclass

from infra.installation import Installation
from infra.mail import Mailer


@dataclass(frozen=True, slots=True)
class Work:
    """The installation, with its engine in the worker's own event loop, and the way mail leaves it."""

    installation: Installation
    mailer: Mailer
