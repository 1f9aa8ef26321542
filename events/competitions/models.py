from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from events.competitions.rules import Entry, Promotion
from infra.database import Base, text_enum


class Competition(Base):
    """A contest of an event that teams can enter, in one registration window."""

    __tablename__ = "competitions"
    __table_args__ = (CheckConstraint("registration_opens_at < registration_closes_at", name="window_in_order"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    entry: Mapped[Entry] = mapped_column(text_enum(Entry, "entry"))
    # A keyed hash of the invitation code, where entry asks for one.
    entry_code: Mapped[bytes | None] = mapped_column(LargeBinary)
    promotion: Mapped[Promotion] = mapped_column(text_enum(Promotion, "promotion"))
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime]
    # How many active registrations one leader's contact may hold in a division.
    per_contact: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Division(Base):
    """A class of play 组别 with its places. Its row is the lock under which places are counted and ranks given."""

    __tablename__ = "divisions"
    __table_args__ = (
        CheckConstraint("quota >= 0", name="quota"),
        CheckConstraint("confirmed >= 0", name="confirmed"),
        CheckConstraint("1 <= roster_min AND roster_min <= roster_max", name="roster"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    position: Mapped[int]
    quota: Mapped[int]
    roster_min: Mapped[int]
    roster_max: Mapped[int]
    # Kept under the division's lock, so that a place costs no count over the registrations.
    confirmed: Mapped[int] = mapped_column(default=0)
    waitlisted: Mapped[int] = mapped_column(default=0)
    # Raised under the division's lock: the order of arrival. A timestamp or an id is taken before the wait for the lock: it would lie.
    last_rank: Mapped[int] = mapped_column(default=0)
    # Set when the event is postponed or cancelled: the window is closed before its time. It stands here and not on the competition, because
    # a registration that waited for this row's lock sees this row afresh, and the rows joined to it as they were.
    closed_at: Mapped[datetime | None]
