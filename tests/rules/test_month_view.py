from datetime import date

from events.web.month_view import Run, Strip, turned, weeks


def test_a_month_is_laid_out_in_whole_weeks_from_monday_on() -> None:
    may = weeks(date(2026, 5, 1), [])
    assert (may[0].days[0], may[-1].days[-1], len(may)) == (date(2026, 4, 27), date(2026, 5, 31), 5)
    assert [len(weeks(date(2026, m, 1), [])) for m in (2, 8)] == [5, 6]


def test_a_run_is_a_strip_in_each_week_it_touches_and_ends_with_the_month() -> None:
    laid = weeks(date(2026, 5, 1), [Run(date(2026, 4, 20), date(2026, 5, 12), "run")])
    assert [week.strips for week in laid] == [
        [Strip(before=4, days=3, after=0, what="run")],
        [Strip(before=0, days=7, after=0, what="run")],
        [Strip(before=0, days=2, after=5, what="run")],
        [],
        [],
    ]


def test_a_week_folds_away_the_strips_it_has_no_room_for() -> None:
    runs = [Run(date(2026, 5, 1), date(2026, 5, 31), str(n)) for n in range(6)]
    assert [len(week.strips) for week in weeks(date(2026, 5, 1), runs)] == [4] * 5


def test_months_are_turned_over_the_new_year() -> None:
    assert [turned(date(2026, 12, 1), n) for n in (-12, -1, 0, 1)] == [
        date(2025, 12, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
