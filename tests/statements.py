"""The statements that an installation sends: what is asked of the database, and how often."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from events.calendar.models import MonthRevision
from infra.installation import Installation

# Every process asks it twice a second, whoever reads.
POLL = str(select(MonthRevision.month, MonthRevision.revision))


@contextmanager
def sent(installation: Installation) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, in transactions and by `reader`, which hears what its engine does; the poll aside."""
    statements: list[str] = []

    def note(*call: object) -> None:
        if call[2] != POLL:
            statements.append(str(call[2]))

    engine = installation.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
