"""What anybody may read of the calendar, as JSON."""

MOST_ITEMS = 200
