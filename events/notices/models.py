from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from events.notices.rules import DeliveryState, NoticeKind
from infra.database import Base, text_enum


class Delivery(Base):
    """A notice to one team leader, and what became of it.

    `cause_id` is what the notice is about (a change of the registration, or of its event): told twice of the same cause, the row is found
    and nothing is sent again.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("registration_id", "kind", "cause_id"),
        Index("ix_deliveries_open", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind, "kind"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    cause_id: Mapped[UUID]
    address: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(text_enum(DeliveryState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    # While a worker holds it: another may claim it after this instant.
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One try at a delivery, as the mail server answered it."""

    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    accepted: Mapped[bool]
    answer: Mapped[str]
