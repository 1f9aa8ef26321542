"""What a report of an error is, for how long it is kept, and what one network may send. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from events.calendar.drafts import clean
from events.errors import Fault
from events.registrations.identity_numbers import holds_identity_number

MOST_MESSAGE, MOST_CONTACT = 1_000, 100
# Long enough for an office to ask back and for a season to end; then the report goes, with what it says of its sender.
KEPT = timedelta(days=180)
PERIOD, MOST_FROM_NETWORK = timedelta(hours=1), 10


class ReportState(StrEnum):
    """What becomes of a report: kept where nobody's mailbox is known, else a mail with its tries."""

    KEPT = "kept"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given_up"


def number_of(report_id: UUID) -> str:
    """What a report is called at a desk: the end of its id, which is random."""
    return report_id.hex[-8:]


def read_report(message: str, contact: str) -> tuple[str, str | None, list[Fault]]:
    """Both texts trimmed, and every fault. No number of an identity document is taken, for the report is mailed."""
    faults: list[Fault] = []
    said = clean(message, "message", MOST_MESSAGE, faults, lines=True) or ""
    back = clean(contact, "contact", MOST_CONTACT, faults)
    faults += _faults(said, back, faults)
    return said, back, faults


def _faults(message: str, contact: str | None, found: list[Fault]) -> Iterator[Fault]:
    if not message and not any(fault.path == "message" for fault in found):
        yield Fault("message", "empty")
    for path, text in (("message", message), ("contact", contact or "")):
        if holds_identity_number(text):
            yield Fault(path, "identity_number")
