"""Posters"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "posters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("kind", _enum("kind", "sheet", "phone", "picture"), nullable=False),
        sa.Column("language", _enum("language", "zh-CN", "en"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("state", _enum("state", "waiting", "made", "failed"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_posters_event_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
        sa.UniqueConstraint("subject", name=op.f("uq_posters_subject")),
    )
    op.create_index("ix_posters_waiting", "posters", ["asked_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_posters_network", "posters", ["network", "asked_at"], postgresql_where=sa.text("network IS NOT NULL"))
    op.create_index("ix_posters_event_id", "posters", ["event_id"])


def downgrade() -> None:
    op.drop_table("posters")
