"""Who is served first when not everybody can be: what presses weighs more, and nothing grows without end."""

from datetime import date, timedelta

import pytest

from app.domain.urgency import days_left, priority
from app.domain.working_days import Calendar

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)
WORKING = Calendar(holidays=frozenset({date(2026, 12, 2)}))


@pytest.mark.parametrize(
    ("left", "weight"), [(-3, 8), (-1, 8), (0, 8), (1, 5), (2, 2), (3, 2), (4, 0), (40, 0), (None, 0)]
)
def test_the_nearer_the_due_date_the_more_it_presses(left: int | None, weight: int) -> None:
    assert priority(left, 0) == weight


def test_each_failed_attempt_counts_up_to_three() -> None:
    assert [priority(None, attempts) for attempts in (0, 1, 2, 3, 4, 50)] == [0, 2, 4, 6, 6, 6]


def test_no_errand_outweighs_what_is_due_today_for_its_many_attempts_alone() -> None:
    assert priority(None, 1_000) < priority(0, 0)


def test_only_working_days_are_days_left() -> None:
    """From Friday to Monday is one; a holiday in between is none; a day that was missed has passed even on a weekend."""
    assert days_left(FRIDAY, FRIDAY + timedelta(days=3), WORKING) == 1
    assert days_left(MONDAY, FRIDAY, WORKING) == 3
    assert days_left(MONDAY, MONDAY, WORKING) == 0
    assert days_left(FRIDAY, MONDAY, WORKING) == -3
    assert days_left(FRIDAY + timedelta(days=2), FRIDAY + timedelta(days=1), WORKING) == -1
    assert days_left(MONDAY, None, WORKING) is None
