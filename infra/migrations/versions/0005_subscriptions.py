"""Subscriptions, and deliveries that belong to a registration or to a subscription"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TO_TEAMS = (
    "confirmed",
    "waitlisted",
    "promoted",
    "withdrawn",
    "voided",
    "manage_link",
    "event_changed",
    "event_postponed",
    "event_cancelled",
)
TO_FOLLOWERS = ("follow_confirm", "follow_link", "sign_ups_open", "digest")
STATES = ("queued", "sending", "sent", "given_up")
ACTIVE = sa.text("status = 'active'")


def upgrade() -> None:
    _make_subscriptions()
    op.create_table(
        "subscription_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_asks")),
    )
    op.create_index("ix_subscription_asks_contact", "subscription_asks", ["contact", "at"])
    op.create_index("ix_subscription_asks_network", "subscription_asks", ["network", "at"])
    op.create_index("ix_subscription_asks_at", "subscription_asks", ["at"])
    op.create_table(
        "news",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issue", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["event_changes.id"], name=op.f("fk_news_change_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_news")),
    )
    op.create_index("ix_news_waiting", "news", ["change_id"], postgresql_where=sa.text("issue IS NULL"))
    op.create_index("ix_news_issue", "news", ["issue"])
    op.create_index("ix_news_issued_at", "news", ["issued_at"])
    _widen_deliveries()
    # Windows that open later, of competitions that were made before there was anybody to tell.
    op.execute(
        "INSERT INTO outbox (name, body, due_at) SELECT 'SignUpsOpen', jsonb_build_object('competition_id', id), registration_opens_at"
        " FROM competitions WHERE registration_opens_at > now()"
    )


def _make_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Enum("mail", "push", name="channel", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asked", "active", "left", "gone", name="status", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=9), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("sport", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("p256dh", sa.Text(), nullable=True),
        sa.Column("auth", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(region_code, series_id, sport, event_id) = 1", name=op.f("ck_subscriptions_one_target")),
        sa.CheckConstraint(
            "num_nonnulls(address, contact) = CASE WHEN status IN ('asked', 'active') THEN 2 ELSE 0 END",
            name=op.f("ck_subscriptions_forgotten"),
        ),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_subscriptions_region_code")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_subscriptions_series_id")),
        sa.ForeignKeyConstraint(["sport"], ["sports.slug"], name=op.f("fk_subscriptions_sport")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_subscriptions_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(
        "uq_subscriptions_contact_target",
        "subscriptions",
        ["contact", "region_code", "series_id", "sport", "event_id"],
        unique=True,
        postgresql_where=sa.text("contact IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    for column in ("region_code", "series_id", "sport"):
        op.create_index(f"ix_subscriptions_{column}", "subscriptions", [column], postgresql_where=ACTIVE)
    op.create_index("ix_subscriptions_event_id", "subscriptions", ["event_id"])
    op.create_index("ix_subscriptions_asked_at", "subscriptions", ["asked_at"], postgresql_where=sa.text("status = 'asked'"))


def _widen_deliveries() -> None:
    op.add_column("deliveries", sa.Column("subscription_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_deliveries_subscription_id"), "deliveries", "subscriptions", ["subscription_id"], ["id"], ondelete="CASCADE"
    )
    op.create_unique_constraint(op.f("uq_deliveries_subscription_id_kind_cause_id"), "deliveries", ["subscription_id", "kind", "cause_id"])
    op.alter_column("deliveries", "registration_id", nullable=True)
    op.alter_column("deliveries", "address", nullable=True)
    op.create_check_constraint(op.f("ck_deliveries_one_recipient"), "deliveries", "num_nonnulls(registration_id, subscription_id) = 1")
    op.create_check_constraint(op.f("ck_deliveries_leaders_address"), "deliveries", "num_nonnulls(registration_id, address) IN (0, 2)")
    op.create_index("ix_deliveries_settled", "deliveries", ["settled_at"], postgresql_where=sa.text("subscription_id IS NOT NULL"))
    _allow("kind", TO_TEAMS + TO_FOLLOWERS)
    _allow("state", (*STATES, "dropped"))


def _allow(column: str, values: Sequence[str]) -> None:
    op.drop_constraint(op.f(f"ck_deliveries_{column}"), "deliveries")
    known = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_deliveries_{column}"), "deliveries", f"{column} IN ({known})")


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE name IN ('SignUpsOpen', 'DigestDue', 'LinkAsked') AND taken_at IS NULL")
    op.execute("DELETE FROM deliveries WHERE subscription_id IS NOT NULL")
    op.drop_index("ix_deliveries_settled", table_name="deliveries")
    op.drop_constraint(op.f("ck_deliveries_leaders_address"), "deliveries")
    op.drop_constraint(op.f("ck_deliveries_one_recipient"), "deliveries")
    op.drop_constraint(op.f("uq_deliveries_subscription_id_kind_cause_id"), "deliveries")
    op.drop_column("deliveries", "subscription_id")
    op.alter_column("deliveries", "registration_id", nullable=False)
    op.alter_column("deliveries", "address", nullable=False)
    _allow("kind", TO_TEAMS)
    _allow("state", STATES)
    op.drop_table("news")
    op.drop_table("subscription_asks")
    op.drop_table("subscriptions")
