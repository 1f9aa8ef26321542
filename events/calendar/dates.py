"""How exactly a date is known."""

from enum import StrEnum


class Precision(StrEnum):
    MINUTE = "minute"
    DAYPART = "daypart"
    DAY = "day"
    DEKAD = "dekad"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    UNKNOWN = "unknown"


class Daypart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
