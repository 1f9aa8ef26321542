"""Sign-ups of events whose sessions were all cancelled one by one, before that was refused, end as those of a stopped event do"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NONE_LEFT = """
    CREATE TEMPORARY TABLE none_left ON COMMIT DROP AS
    SELECT id FROM events
    WHERE status = 'published'
        AND EXISTS (SELECT FROM occurrences WHERE event_id = events.id AND removed_at IS NULL)
        AND NOT EXISTS (SELECT FROM occurrences WHERE event_id = events.id AND removed_at IS NULL AND status = 'scheduled')
"""
CLOSED = """
    UPDATE divisions SET closed_at = now()
    WHERE closed_at IS NULL AND competition_id IN (SELECT id FROM competitions WHERE event_id IN (SELECT id FROM none_left))
"""
SHOWN = """
    UPDATE events SET registration_windows = registration_windows * past, registration_free = registration_free * past
    FROM (SELECT tstzmultirange(tstzrange(NULL, now())) AS past) AS until_now
    WHERE registration_windows IS NOT NULL AND id IN (SELECT id FROM none_left)
"""


def upgrade() -> None:
    """Teams are not told here: the office cancels or postpones the event, which is still open to it, and that tells them why."""
    for statement in (NONE_LEFT, CLOSED, SHOWN):
        op.execute(statement)


def downgrade() -> None:
    """They stay closed: which were closed here is not told apart."""
