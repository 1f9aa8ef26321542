"""What a feed carries, for how long, and which feeds are standard. Pure: the day is given."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAYS_BACK = 60
DAYS_AHEAD = 400
# Calendar programs must be told of what was stopped; most ask within a day, some are switched off for weeks.
DAYS_STOPPED = 30
EXPORT_SECONDS = 15
MOST_ALARM_MINUTES = 7 * 24 * 60
# A feed of news is read by people: who comes back after more than this reads the calendar.
MOST_NEWS = 100
MOST_SESSIONS_TOLD = 8


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a feed carries, both included; from when on what was stopped is still told; until when all of this holds.

    It moves once a day, at midnight in the city, so that between two changes every answer is the same.
    """

    first_on: date
    last_on: date
    stopped_since: datetime
    valid_until: datetime


def window(today: date, zone: ZoneInfo) -> Window:
    """The window of a day in the city's zone."""

    def midnight(days: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(), zone)

    return Window(today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD), midnight(-DAYS_STOPPED), midnight(1))


def export_due(now: datetime) -> datetime:
    """When a change is to be exported: with all others of the same quarter of a minute, because many feeds hold each of them."""
    return now.replace(microsecond=0) + timedelta(seconds=EXPORT_SECONDS - now.second % EXPORT_SECONDS)


class FeedKind(StrEnum):
    """The standard feeds, by what they are of."""

    TIERS = "tiers"
    REGIONS = "regions"
    SERIES = "series"


@dataclass(frozen=True, slots=True, order=True)
class Standard:
    """A feed that is exported for everyone: all events of a tier, of a region with what lies below it, or of a series."""

    kind: FeedKind
    key: str

    @property
    def path(self) -> str:
        """Where it lies in the store, which is also its address below the site's root."""
        return f"feeds/{self.kind.value}/{self.key}.ics"

    @property
    def filter(self) -> tuple[str, str]:
        """The filter, as an address names it, that finds the same events."""
        return {FeedKind.TIERS: "tier", FeedKind.REGIONS: "region", FeedKind.SERIES: "series"}[self.kind], self.key


def standard_of(path: str) -> Standard:
    """The feed that a path names; the opposite of `path`."""
    kind, _, key = path.removeprefix("feeds/").removesuffix(".ics").partition("/")
    return Standard(FeedKind(kind), key)
