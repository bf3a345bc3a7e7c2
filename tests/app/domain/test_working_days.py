from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.working_days import Calendar

MONDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 5), date(2026, 12, 6))
TET = Calendar(
    holidays=frozenset(date(2027, 2, 5) + timedelta(days=n) for n in range(7)),
    working_saturdays=frozenset({SATURDAY}),
    closed=frozenset({("23563", MONDAY)}),
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 60)


@pytest.mark.parametrize(("day", "works"), [(MONDAY, True), (FRIDAY, True), (SATURDAY, False), (SUNDAY, False)])
def test_offices_work_monday_to_friday(day: date, works: bool) -> None:
    assert Calendar().is_working(day) is works


def test_a_working_saturday_makes_up_for_a_holiday() -> None:
    assert TET.is_working(SATURDAY)


def test_tet_is_free_even_on_weekdays() -> None:
    assert not TET.is_working(date(2027, 2, 8))


def test_a_flooded_commune_is_closed_alone() -> None:
    assert not TET.is_open("23563", MONDAY)
    assert TET.is_open("23566", MONDAY)


def test_nobody_is_open_on_a_holiday() -> None:
    assert not TET.is_open("23566", date(2027, 2, 8))


def test_after_friday_comes_monday() -> None:
    assert Calendar().next_working(FRIDAY) == date(2026, 12, 7)
    assert Calendar().previous_working(date(2026, 12, 7)) == FRIDAY


def test_no_working_days_from_a_sunday_is_monday() -> None:
    assert Calendar().add(SUNDAY, 0) == date(2026, 12, 7)


def test_two_invitations_from_friday_to_tuesday_are_two_working_days_apart() -> None:
    assert Calendar().between(FRIDAY, date(2026, 12, 8)) == 2


def test_over_tet_a_week_is_no_working_day() -> None:
    assert TET.between(date(2027, 2, 4), date(2027, 2, 11)) == 0


@given(days, counts)
def test_what_is_added_is_a_working_day(day: date, count: int) -> None:
    assert TET.is_working(TET.add(day, count))


@given(days, st.integers(1, 60))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    assert TET.between(day, TET.add(day, count)) == count


@given(days, counts, counts)
def test_more_days_lead_further(day: date, one: int, two: int) -> None:
    assert (TET.add(day, one) < TET.add(day, two)) == (one < two)


@given(days)
def test_the_day_before_the_next_is_not_later_than_today(day: date) -> None:
    assert TET.previous_working(TET.next_working(day)) <= day
