"""What posters there are, how many may wait, and for how long anything holds. Pure."""

from datetime import timedelta
from enum import StrEnum


class PosterKind(StrEnum):
    """A month as an A3 sheet, a month as a picture for telephones, an event as a picture beside its link."""

    SHEET = "sheet"
    PHONE = "phone"
    PICTURE = "picture"


class PosterState(StrEnum):
    """WAITING: to be made, or made anew. MADE: lies in the store. FAILED: could not be made, which is said for a while."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


# The queue: posters that wait at most. Pictures, of which a crawler asks for hundreds, leave room for people.
MOST_WAITING, MOST_WAITING_PICTURES = 60, 40
# Pictures of events that changed are made before anybody asks for them, while no more than so many posters wait.
MOST_FORESEEN = 20
# Of those that wait, what one network may have asked for; and what it may have made anew in an hour.
MOST_WAITING_OF_NETWORK = 10
MOST_OF_NETWORK, PERIOD = 60, timedelta(hours=1)
# A worker has a poster for so long; after this it is given out again, and after so many times given up.
LEASE, MOST_TRIES = timedelta(seconds=90), 3
# A message of the queue that nobody has answered for so long is sent again.
OVERDUE = timedelta(minutes=10)
# A failure is said for so long; then who asks has it tried again.
FAILURE_HOLDS = timedelta(minutes=5)
# What was made is kept for so long, and so many bytes of it, the newest first.
KEPT, MOST_KEPT_BYTES = timedelta(days=30), 2 * 1024**3
# Whoever waits asks again after so many seconds; whoever finds the queue full, later.
WAIT_SECONDS, FULL_SECONDS = 2, 30


def most_waiting(kind: PosterKind) -> int:
    return MOST_WAITING_PICTURES if kind is PosterKind.PICTURE else MOST_WAITING
