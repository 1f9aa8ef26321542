"""What an event's own page tells, the number of its short address; reports of errors and the offices' mailboxes; banners"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = ("eligibility", "bring", "fee", "directions", "fuse")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("events", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("events", sa.Column("free", sa.Boolean(), nullable=True))
    op.add_column("events", sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.create_unique_constraint(op.f("uq_events_number"), "events", ["number"])
    op.create_table(
        "banners",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=True),
        sa.Column("level", sa.Enum("info", "warning", name="level", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_banners_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banners")),
        sa.UniqueConstraint("region_code", name="uq_banners_region_code", postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "mailboxes",
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_mailboxes_region_code")),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_mailboxes")),
    )
    states = sa.Enum(
        "kept", "queued", "sending", "sent", "given_up", name="state", native_enum=False, create_constraint=True, length=32
    )  # fmt: skip
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_reports_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_created_at", "reports", ["created_at"], unique=False)
    op.create_index("ix_reports_event_id", "reports", ["event_id"], unique=False)
    op.create_index("ix_reports_network", "reports", ["network", "created_at"], unique=False)
    op.create_index("ix_reports_open", "reports", ["due_at"], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.create_table(
        "report_attempts",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_attempts_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_attempts")),
    )


def downgrade() -> None:
    for table in ("report_attempts", "reports", "mailboxes", "banners"):
        op.drop_table(table)
    op.drop_constraint(op.f("uq_events_number"), "events", type_="unique")
    for name in ("number", "free", *TEXTS):
        op.drop_column("events", name)
