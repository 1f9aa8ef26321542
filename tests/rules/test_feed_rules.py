from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from events.feeds.rules import FeedKind, Standard, Window, export_due, standard_of, window

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_window_is_of_a_day_in_the_city() -> None:
    assert window(date(2026, 5, 1), SHANGHAI) == Window(
        first_on=date(2026, 3, 2),
        last_on=date(2027, 6, 5),
        stopped_since=datetime(2026, 3, 31, 16, tzinfo=UTC),
        valid_until=datetime(2026, 5, 1, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize("standard", [Standard(FeedKind.TIERS, "city"), Standard(FeedKind.SERIES, "滨江/ics.ics")])
def test_a_path_names_its_feed(standard: Standard) -> None:
    assert standard_of(standard.path) == standard
    assert standard.path == f"feeds/{standard.kind}/{standard.key}.ics"


@pytest.mark.parametrize(("second", "due"), [(0, 15), (14, 15), (15, 30), (44, 45)])
def test_changes_of_the_same_quarter_of_a_minute_are_exported_together(second: int, due: int) -> None:
    minute = datetime(2026, 5, 1, 4, 7, tzinfo=UTC)
    assert export_due(minute.replace(second=second, microsecond=700)) == minute.replace(second=due)
