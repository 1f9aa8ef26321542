"""Administrative regions and the tiers at which offices publish. Pure."""

from enum import StrEnum


class Tier(StrEnum):
    """The level of the office that publishes."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


class RegionKind(StrEnum):
    """The level of the administrative unit itself, whether or not an office of it publishes here."""

    PROVINCE = "province"
    CITY = "city"
    AREA = "area"
    STREET = "street"
