"""What a banner is. Pure."""

from enum import StrEnum


class Level(StrEnum):
    """How loud it is."""

    INFO = "info"
    WARNING = "warning"
