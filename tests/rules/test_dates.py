from datetime import date, time

import pytest

from events.calendar.dates import (
    Daypart,
    Precision,
    Session,
    coarsest,
    dekad,
    from_sessions,
    half_year_span,
    is_run,
    month_span,
    months_span,
    months_touched,
    quarter_span,
    spans_over_three_months,
    year_span,
)

DAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (dekad(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 10)),
        (dekad(2024, 2, 2), date(2024, 2, 11), date(2024, 2, 20)),
        (dekad(2024, 2, 3), date(2024, 2, 21), date(2024, 2, 29)),
        (month_span(2023, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (quarter_span(2024, 4), date(2024, 10, 1), date(2024, 12, 31)),
        (half_year_span(2024, 2), date(2024, 7, 1), date(2024, 12, 31)),
        (year_span(2024), date(2024, 1, 1), date(2024, 12, 31)),
        (months_span(Precision.QUARTER, 2023, 12, 14), date(2023, 12, 1), date(2024, 2, 29)),
    ],
)
def test_a_span_holds_its_first_and_last_day(span: object, first: date, last: date) -> None:
    assert (getattr(span, "first_on", None), getattr(span, "last_on", None)) == (first, last)


@pytest.mark.parametrize(
    ("sessions", "precision"),
    [
        ([], Precision.UNKNOWN),
        ([Session(DAY, DAY)], Precision.DAY),
        ([Session(DAY, DAY, time(9)), Session(DAY, DAY, daypart=Daypart.EVENING)], Precision.DAYPART),
        ([Session(DAY, DAY, time(9)), Session(DAY, DAY)], Precision.DAY),
        ([Session(DAY, DAY, time(9))], Precision.MINUTE),
    ],
)
def test_sessions_are_as_exact_as_the_least_exact_of_them(sessions: list[Session], precision: Precision) -> None:
    assert from_sessions(sessions) is precision


@pytest.mark.parametrize(
    ("last_on", "starts_at", "ends_at"),
    [(date(2024, 4, 30), None, None), (DAY, time(9), time(9)), (DAY, time(9), time(8))],
)
def test_a_session_cannot_end_before_it_begins(last_on: date, starts_at: time | None, ends_at: time | None) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Session(DAY, last_on, starts_at, ends_at)


def test_a_session_may_end_the_next_morning() -> None:
    assert Session(DAY, date(2024, 5, 2), time(22), time(2)).ends_at == time(2)


def test_more_than_three_months_is_long_and_more_than_seven_days_a_run() -> None:
    assert months_touched(date(2023, 12, 31), date(2024, 2, 1)) == [(2023, 12), (2024, 1), (2024, 2)]
    assert not spans_over_three_months(date(2024, 1, 1), date(2024, 3, 31))
    assert spans_over_three_months(date(2024, 1, 31), date(2024, 4, 1))
    assert not is_run(Session(DAY, date(2024, 5, 7)))
    assert is_run(Session(DAY, date(2024, 5, 8)))


def test_the_coarsest_precision_wins() -> None:
    assert coarsest([Precision.DAY, Precision.MONTH, Precision.DEKAD]) is Precision.MONTH
