from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from events.reports.rules import ReportState
from infra.database import Base, text_enum


class Mailbox(Base):
    """Where an office reads what citizens report of its events, and of those of the offices below it that have no mailbox."""

    __tablename__ = "mailboxes"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    address: Mapped[str]


class Report(Base):
    """What somebody says is wrong with an event, and what became of the mail to its office."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_network", "network", "created_at"),
        Index("ix_reports_event_id", "event_id"),
        Index("ix_reports_open", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_reports_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    message: Mapped[str]
    # How to ask back, if its sender wants that.
    contact: Mapped[str | None]
    # A keyed hash: reports are counted by it.
    network: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[ReportState] = mapped_column(text_enum(ReportState, "state"))
    # To whom it goes; none while no mailbox is known.
    address: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ReportAttempt(Base):
    """One try at mailing a report, as the mail server answered it."""

    __tablename__ = "report_attempts"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    accepted: Mapped[bool]
    answer: Mapped[str]
