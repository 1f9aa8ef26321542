"""Logging: one line an event on standard error, with no query strings and no bodies, for tokens and people's data stand there."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

from infra.database import of_database, told

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Tracebacks without what the database, or its driver, says of the values that it was given."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - its name in the library
        return "".join(_lines(ei[1])).rstrip("\n") if ei[1] else ""


def _lines(error: BaseException, *, hidden: bool = False) -> Iterator[str]:
    """What led to an error, first, as Python writes it. `hidden` is what led to an error of the database: only its kind is told."""
    hidden = hidden or of_database(error)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before, hidden=hidden)
        yield "\nand then\n\n"
    yield from traceback.format_tb(error.__traceback__)
    if hidden:
        yield (told(error) if of_database(error) else type(error).__name__) + "\n"
    else:
        yield from traceback.format_exception_only(error)
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield "\nwith\n\n"
        yield from _lines(one)


def configure(level: str = "INFO") -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("dramatiq", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
