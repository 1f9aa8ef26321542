"""The broker's queue: the schema `dramatiq` of the package dramatiq-postgres"""

from alembic import op
from dramatiq_postgres.schema import generate_init_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(generate_init_sql())


def downgrade() -> None:
    op.execute("DROP SCHEMA dramatiq CASCADE")
