"""What a banner is, and which are shown. Pure: the instant is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from events.calendar.drafts import clean
from events.errors import Fault

MOST_TEXT = 300


class Level(StrEnum):
    """How loud it is."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class BannerShown:
    """A banner as it is read: `region` is its name, None for one of the whole site."""

    region_code: str | None
    region: str | None
    text: str
    english: str | None
    level: Level
    until: datetime | None


def shown_at(banners: Iterable[BannerShown], now: datetime) -> tuple[BannerShown, ...]:
    """Those whose time is not over: warnings first, the whole site's before a region's, a city's before its districts'."""
    current = [banner for banner in banners if banner.until is None or now < banner.until]
    return tuple(sorted(current, key=lambda one: (one.level is not Level.WARNING, one.region_code or "")))


def read_banner(
    text: str, english: str | None, level: str, until: datetime | None, now: datetime
) -> tuple[str, str | None, Level, list[Fault]]:
    """What an office wrote, trimmed, and everything that is wrong with it."""
    faults: list[Fault] = []
    said, other = clean(text, "text", MOST_TEXT, faults) or "", clean(english, "english", MOST_TEXT, faults)
    if not said and not faults:
        faults.append(Fault("text", "empty"))
    known = level in list(Level)
    if not known:
        faults.append(Fault("level", "unknown_value", {"known": ", ".join(Level)}))
    if until is not None and until <= now:
        faults.append(Fault("until", "in_the_past"))
    return said, other, Level(level) if known else Level.INFO, faults
