"""What an event's own page tells, and the number that its short address is made of"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = ("eligibility", "bring", "fee", "directions", "fuse")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("events", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("events", sa.Column("free", sa.Boolean(), nullable=True))
    op.add_column("events", sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.create_unique_constraint(op.f("uq_events_number"), "events", ["number"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_events_number"), "events", type_="unique")
    for name in ("number", "free", *TEXTS):
        op.drop_column("events", name)
