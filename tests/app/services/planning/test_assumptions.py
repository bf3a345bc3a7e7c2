"""Who is served first when not everybody can be: what presses weighs more, and nothing grows without end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services.planning.assumptions import priority
from tests.factories.times import DAY


@pytest.mark.parametrize(("days_left", "weight"), [(-3, 8), (0, 8), (1, 5), (2, 2), (3, 2), (4, 0)])
def test_the_nearer_the_due_date_the_more_it_presses(days_left: int, weight: int) -> None:
    assert priority(DAY, DAY + timedelta(days=days_left), 0) == weight


def test_each_failed_attempt_counts_up_to_three() -> None:
    assert [priority(DAY, None, attempts) for attempts in (0, 1, 2, 3, 4, 50)] == [0, 2, 4, 6, 6, 6]


def test_no_errand_outweighs_what_is_due_today_for_its_many_attempts_alone() -> None:
    assert priority(DAY, None, 1_000) < priority(DAY, DAY, 0)
