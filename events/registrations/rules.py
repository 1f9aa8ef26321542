"""What decides a team's place, and what a registration may say. Pure."""

from enum import StrEnum


class RegistrationStatus(StrEnum):
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    UNDER_REVIEW = "under_review"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


ACTIVE = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED, RegistrationStatus.UNDER_REVIEW)


class RosterRole(StrEnum):
    ATHLETE = "athlete"
    COACH = "coach"
    LEADER = "leader"
    STAFF = "staff"
