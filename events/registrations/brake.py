"""The brake on guessing invitation codes: who was refused too often waits. Held by each process, so several allow as many times more.

A refusal rolls its transaction back, so a count in the database would need one of its own for every guess.
"""

from datetime import datetime, timedelta
from uuid import UUID

from events.errors import TooManyCodes

REFUSALS, PERIOD = 20, timedelta(minutes=10)
# Networks and competitions that are remembered at once. When there are more, the one refused longest ago is forgotten.
MOST_COUNTS = 10_000

# By network and competition: when the count began, and the refusals since. The order is that of the last refusal.
_counts: dict[tuple[str, UUID], tuple[datetime, int]] = {}


def check(network: str, competition_id: UUID, now: datetime) -> None:
    """Raises TooManyCodes when this network was refused 20 codes of the competition in ten minutes; a right code then waits too."""
    began, refused = _counts.get((network, competition_id), (now, 0))
    if refused >= REFUSALS and now < began + PERIOD:
        raise TooManyCodes(retry_after=int((began + PERIOD - now).total_seconds()) + 1)


def count(network: str, competition_id: UUID, now: datetime) -> None:
    """Remember that a code was refused."""
    began, refused = _counts.pop((network, competition_id), (now, 0))
    if now >= began + PERIOD:
        began, refused = now, 0
    _counts[network, competition_id] = began, refused + 1
    if len(_counts) > MOST_COUNTS:
        del _counts[next(iter(_counts))]
