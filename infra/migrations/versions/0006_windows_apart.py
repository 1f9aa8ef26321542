"""Sign-ups as the spans in which teams are taken, and when a month was last touched"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("registration_windows", "registration_free"):
        op.add_column("events", sa.Column(name, postgresql.TSTZMULTIRANGE(), nullable=True))
    op.execute(
        """
        UPDATE events SET registration_windows = shown.windows, registration_free = shown.free
        FROM (
            SELECT event_id, range_agg(span) AS windows, range_agg(span) FILTER (WHERE confirmed < quota) AS free
            FROM competitions JOIN divisions ON competition_id = competitions.id,
                tstzrange(registration_opens_at, greatest(registration_opens_at, least(closed_at, registration_closes_at))) AS span
            GROUP BY event_id
        ) AS shown
        WHERE shown.event_id = events.id
        """
    )
    for name in ("registration_opens_at", "registration_closes_at", "registration_full"):
        op.drop_column("events", name)
    op.add_column("month_revisions", sa.Column("touched_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))
    op.alter_column("month_revisions", "touched_at", server_default=None)


def downgrade() -> None:
    op.drop_column("month_revisions", "touched_at")
    op.add_column("events", sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("events", sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("events", sa.Column("registration_full", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("events", "registration_full", server_default=None)
    op.execute(
        """
        UPDATE events SET registration_opens_at = shown.opens_at, registration_closes_at = shown.closes_at, registration_full = shown.taken
        FROM (
            SELECT event_id, min(registration_opens_at) AS opens_at, max(least(closed_at, registration_closes_at)) AS closes_at,
                bool_and(confirmed >= quota) AS taken
            FROM competitions JOIN divisions ON competition_id = competitions.id
            GROUP BY event_id
        ) AS shown
        WHERE shown.event_id = events.id
        """
    )
    for name in ("registration_windows", "registration_free"):
        op.drop_column("events", name)
