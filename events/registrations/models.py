from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from events.registrations.rules import RegistrationStatus, RosterRole
from infra.database import Base, text_enum


class Registration(Base):
    """A team's entry in a division. `rank` is its order of arrival; the position on the waitlist is computed from it, never stored."""

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_waitlist", "division_id", "rank", postgresql_where=text("status = 'waitlisted'")),
        Index(
            "ix_registrations_contact",
            "contact",
            "division_id",
            postgresql_where=text("status IN ('confirmed', 'waitlisted', 'under_review')"),
        ),
        Index(
            "ix_registrations_email",
            text("lower(leader_email)"),
            postgresql_where=text("status IN ('confirmed', 'waitlisted', 'under_review')"),
        ),
        Index("ix_registrations_network", "division_id", "network", "created_at"),
        Index("ix_registrations_division_id", "division_id", "rank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    division_id: Mapped[UUID] = mapped_column(ForeignKey("divisions.id"))
    team_name: Mapped[str]
    unit_region: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    leader_name: Mapped[str]
    leader_phone: Mapped[str]
    leader_email: Mapped[str | None]
    # Keyed hashes of the leader's phone and of the network it came from: limits are counted by them.
    contact: Mapped[bytes] = mapped_column(LargeBinary)
    network: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str]
    status: Mapped[RegistrationStatus] = mapped_column(text_enum(RegistrationStatus, "status"))
    rank: Mapped[int]
    # Raised when the leader rotates the manage token, which is derived from it and stored nowhere.
    generation: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RosterEntry(Base):
    """A person on a team's list: name and role only. Identity is kept elsewhere, protected."""

    __tablename__ = "roster_entries"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[RosterRole] = mapped_column(text_enum(RosterRole, "role"))


class IdempotencyKey(Base):
    """The first answer to a request that may be repeated, for 24 h. Holds a keyed hash of the body, never the body, and no token."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    # A keyed hash of the caller, the division and the key that the caller chose.
    scope: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]
