"""Whether the process is alive, and whether the installation behind it can do its work. A program asks; people get the page it opens."""

import asyncio
import logging
from datetime import timedelta

from litestar import get
from litestar.di import NamedDependency
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from events.errors import Fault, NotReady
from infra import clock
from infra.database import told
from infra.installation import Installation
from infra.outbox import Outbox
from infra.revision import EXPECTED, find_revision

log = logging.getLogger(__name__)

ANSWERING = 5.0
RELAYING = timedelta(seconds=60)


@get("/health/live", sync_to_thread=False, include_in_schema=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False)
async def ready(installation: NamedDependency[Installation]) -> dict[str, str]:
    """The installation does its work. Raises NotReady, which names the part that doesn't: database, schema or outbox."""
    if fault := await _find_fault(installation):
        raise NotReady(fault)
    return {"status": "ready"}


async def _find_fault(installation: Installation) -> Fault | None:
    """The first part that is not ready: what stands on it can't be asked."""
    try:
        async with asyncio.timeout(ANSWERING), installation.reader.connect() as connection:
            found = await find_revision(connection)
            if found != EXPECTED:
                return Fault("schema", "other_revision", {"found": found or "-", "expected": EXPECTED})
            oldest = await connection.scalar(select(func.min(Outbox.due_at)).where(Outbox.taken_at.is_(None)))
    except (DBAPIError, PoolTimeout, OSError) as error:  # a TimeoutError of ours is an OSError
        log.warning("the database is not ready (%s)", told(error))
        return Fault("database", "unreachable")
    waited = clock.now() - oldest if oldest else timedelta()
    return Fault("outbox", "not_relayed", {"seconds": int(waited.total_seconds())}) if waited > RELAYING else None
