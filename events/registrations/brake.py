"""Brakes on what anybody may try: guessing invitation codes, asking for links. Who tried too often waits.

Held by each process, so several allow as many times more: a refusal rolls its transaction back, so a count in the database would need one
of its own for every guess.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta

from events.errors import Refusal, TooManyAsks, TooManyCodes

# What is remembered at once by one brake. When there is more, what was counted longest ago is forgotten.
MOST_COUNTS = 10_000


class Brake:
    """So many in a period for one key; `refusal` is raised for more."""

    def __init__(self, most: int, period: timedelta, refusal: type[Refusal]) -> None:
        self.most, self.period, self._refusal = most, period, refusal
        # By key: when the count began, and how much since. The order is that of the last.
        self._counts: dict[Hashable, tuple[datetime, int]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def check(self, key: Hashable, now: datetime) -> None:
        """Raises the refusal when the key was counted too often in the period."""
        began, counted = self._counts.get(key, (now, 0))
        if counted >= self.most and now < began + self.period:
            raise self._refusal(retry_after=int((began + self.period - now).total_seconds()) + 1)

    def count(self, key: Hashable, now: datetime) -> None:
        """Remember one more."""
        began, counted = self._counts.pop(key, (now, 0))
        if now >= began + self.period:
            began, counted = now, 0
        self._counts[key] = began, counted + 1
        if len(self._counts) > MOST_COUNTS:
            del self._counts[next(iter(self._counts))]


# By network and competition: refused codes. A right code then waits too.
codes = Brake(20, timedelta(minutes=10), TooManyCodes)
# By network: askings for the list of one's registrations, known and unknown contacts alike.
asks = Brake(30, timedelta(hours=1), TooManyAsks)
