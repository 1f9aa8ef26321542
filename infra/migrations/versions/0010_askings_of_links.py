"""Askings for the manage link are counted apart, so that nobody can use up the share of an address that wants to see what it follows"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription_asks", sa.Column("link", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("subscription_asks", "link")
