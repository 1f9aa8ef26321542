"""Outlines of regions, loaded with the number under which their map was approved"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region_maps",
        sa.Column("region_code", sa.String(9), sa.ForeignKey("regions.code", name="fk_region_maps_region_code_regions"), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("shapes", postgresql.JSONB(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_code", name="pk_region_maps"),
    )


def downgrade() -> None:
    op.drop_table("region_maps")
