"""Every message that may leave after a commit: small structs that hold ids. An actor re-reads what they name, and may get one twice."""

from uuid import UUID

import msgspec


class RegistrationChanged(msgspec.Struct, frozen=True):
    """A team's registration got a status. `cause_id` is the same however often the message arrives."""

    registration_id: UUID
    kind: str
    cause_id: UUID


class EventChanged(msgspec.Struct, frozen=True):
    """An event was published, changed or stopped; `change_id` is the row of its history."""

    event_id: UUID
    change_id: UUID


class RenderingDue(msgspec.Struct, frozen=True):
    """Many occurrences show something new (a series or a venue was renamed), and their VEVENTs wait to be rendered in batches."""

    cause: str


class DeliveryDue(msgspec.Struct, frozen=True):
    """A delivery waits to be sent."""

    delivery_id: UUID


class SignUpsOpen(msgspec.Struct, frozen=True):
    """The sign-ups of a competition open: put when it is made, due when they do."""

    competition_id: UUID


class DigestDue(msgspec.Struct, frozen=True):
    """The day's changes were gathered into an issue, and those who follow what it is about are to get it."""

    issue: UUID


class LinkAsked(msgspec.Struct, frozen=True):
    """Somebody typed in an address and asked for its manage link; `ask_id` is the row that keeps the asking."""

    ask_id: UUID


class ReportDue(msgspec.Struct, frozen=True):
    """A citizen's report waits to be mailed to its office."""

    report_id: UUID


class FeedsDue(msgspec.Struct, frozen=True):
    """The exported feeds are to be written anew: those that hold the event, or all when none is named."""

    event_id: UUID | None = None


class PosterDue(msgspec.Struct, frozen=True):
    """A poster waits to be made."""

    poster_id: UUID


class PostersOld(msgspec.Struct, frozen=True):
    """Old posters are to be removed, with their files."""


MESSAGES: dict[str, type[msgspec.Struct]] = {
    m.__name__: m
    for m in (
        RegistrationChanged,
        EventChanged,
        RenderingDue,
        DeliveryDue,
        ReportDue,
        SignUpsOpen,
        DigestDue,
        LinkAsked,
        FeedsDue,
        PosterDue,
        PostersOld,
    )
}
