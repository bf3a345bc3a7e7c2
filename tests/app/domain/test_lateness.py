"""Who will be late is known before it happens, and a courier who is early or has time to spare is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.lateness import NONE, DoorAhead, behind, minutes_late

NINE = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def door(arrives: float, starts: float | None = None, ends: float | None = 30) -> DoorAhead:
    """Minutes after nine."""
    begins = arrives if starts is None else starts
    return DoorAhead(NINE + minutes(arrives), NINE + minutes(begins), None if ends is None else NINE + minutes(ends))


def test_who_goes_as_planned_is_nowhere_late() -> None:
    assert minutes_late([door(5), door(20)], NONE, NINE) == [0, 0]


def test_a_delay_is_carried_on_to_the_doors_ahead() -> None:
    assert minutes_late([door(5), door(20), door(29)], minutes(12), NINE) == [0, 2, 11]


def test_waiting_for_a_window_takes_the_delay_away() -> None:
    assert minutes_late([door(5, starts=15), door(25)], minutes(10), NINE) == [0, 0]
    assert minutes_late([door(5, starts=10), door(25)], minutes(12), NINE) == [0, 2]


def test_a_door_that_should_have_been_begun_begins_now_at_the_earliest() -> None:
    assert minutes_late([door(5), door(35, ends=60)], NONE, NINE + minutes(40)) == [10, 10]


def test_a_minute_that_has_begun_counts_and_who_was_promised_no_hour_is_never_late() -> None:
    assert minutes_late([door(30), door(30, ends=None)], minutes(0.1), NINE) == [1, 0]


def test_whoever_is_early_is_not_behind() -> None:
    assert behind(NINE, NINE - minutes(5)) == NONE
    assert behind(NINE, NINE + minutes(5)) == minutes(5)
