from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from events.notices.rules import Channel, DeliveryState, NoticeKind, SubscriptionStatus
from infra.database import Base, text_enum

ACTIVE = text("status = 'active'")


class Subscription(Base):
    """Somebody who asked to be told of a region, a series, a sport or an event.

    `address` is an e-mail address, or the endpoint where a browser is reached; `contact` its keyed hash, by which it is found and counted.
    Both go when the subscription ends. What stays says that there was one, of what, and from when to when, and not whose.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(region_code, series_id, sport, event_id) = 1", name="one_target"),
        CheckConstraint("num_nonnulls(address, contact) = CASE WHEN status IN ('asked', 'active') THEN 2 ELSE 0 END", name="forgotten"),
        Index(
            "uq_subscriptions_contact_target",
            "contact",
            "region_code",
            "series_id",
            "sport",
            "event_id",
            unique=True,
            postgresql_where=text("contact IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_subscriptions_region_code", "region_code", postgresql_where=ACTIVE),
        Index("ix_subscriptions_series_id", "series_id", postgresql_where=ACTIVE),
        Index("ix_subscriptions_sport", "sport", postgresql_where=ACTIVE),
        Index("ix_subscriptions_event_id", "event_id"),
        Index("ix_subscriptions_asked_at", "asked_at", postgresql_where=text("status = 'asked'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    status: Mapped[SubscriptionStatus] = mapped_column(text_enum(SubscriptionStatus, "status"))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    sport: Mapped[str | None] = mapped_column(ForeignKey("sports.slug"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    address: Mapped[str | None]
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Of a browser: its public key and the secret that it shares with us (RFC 8291, section 3.2), as it gave them.
    p256dh: Mapped[str | None]
    auth: Mapped[str | None]
    language: Mapped[str]
    # The version of the text that was agreed to, when it was asked for, and when its owner confirmed it.
    consent: Mapped[str]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SubscriptionAsk(Base):
    """An address that somebody typed in and had a mail sent to, kept for a day as keyed hashes: what anybody may cause to be sent is
    counted by these rows."""

    __tablename__ = "subscription_asks"
    __table_args__ = (
        Index("ix_subscription_asks_contact", "contact", "at"),
        Index("ix_subscription_asks_network", "network", "at"),
        Index("ix_subscription_asks_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact: Mapped[bytes] = mapped_column(LargeBinary)
    network: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str]
    # Asked for the manage link alone, which has a share of its own.
    link: Mapped[bool] = mapped_column(server_default=false())
    at: Mapped[datetime]


class News(Base):
    """A change of an event that waits for the day's digest, and then the issue that it went into: each goes into one."""

    __tablename__ = "news"
    __table_args__ = (
        Index("ix_news_waiting", "change_id", postgresql_where=text("issue IS NULL")),
        Index("ix_news_issue", "issue"),
        Index("ix_news_issued_at", "issued_at"),
    )

    change_id: Mapped[UUID] = mapped_column(ForeignKey("event_changes.id", ondelete="CASCADE"), primary_key=True)
    gathered_at: Mapped[datetime]
    issue: Mapped[UUID | None]
    issued_at: Mapped[datetime | None]


class Delivery(Base):
    """A notice to one team leader or one follower, and what became of it.

    `cause_id` is what the notice is about (a change of the registration, or of its event, or the day's digest): told twice of the same
    cause, the row is found and nothing is sent again. A leader's address is the one that stood when the notice was made; a follower's is
    read when it is sent, and stands nowhere but in the subscription, so that who leaves is gone.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("registration_id", "kind", "cause_id"),
        UniqueConstraint("subscription_id", "kind", "cause_id"),
        CheckConstraint("num_nonnulls(registration_id, subscription_id) = 1", name="one_recipient"),
        CheckConstraint("num_nonnulls(registration_id, address) IN (0, 2)", name="leaders_address"),
        Index("ix_deliveries_open", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_deliveries_settled", "settled_at", postgresql_where=text("subscription_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind, "kind"))
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    cause_id: Mapped[UUID]
    address: Mapped[str | None]
    state: Mapped[DeliveryState] = mapped_column(text_enum(DeliveryState, "state"))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    # While a worker holds it: another may claim it after this instant.
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One try at a delivery, as the mail server or the push service answered it."""

    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    accepted: Mapped[bool]
    answer: Mapped[str]
