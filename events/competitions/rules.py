"""How teams get into a competition. Pure."""

from enum import StrEnum


class Entry(StrEnum):
    """How one gets in. `verified` (a contact proved beforehand) is part of the vocabulary and not yet offered."""

    OPEN = "open"
    CODE = "code"
    VERIFIED = "verified"


class Promotion(StrEnum):
    """What happens to a freed place. `offer` (a place held for a time) is part of the vocabulary and not yet offered."""

    AUTOMATIC = "automatic"
    OFFER = "offer"
