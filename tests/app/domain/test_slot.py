from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import at
from app.domain.errors import DomainError
from app.domain.slot import (
    AFTERNOON,
    HALF_DAYS,
    MORNING,
    bookable_days,
    booking_closes_at,
    check_bookable,
    check_changeable,
    slot_times,
)
from app.domain.working_days import Calendar

UNIT = "23563"
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
HOLIDAY = date(2026, 12, 3)
CALENDAR = Calendar(holidays=frozenset({HOLIDAY}), closed=frozenset({(UNIT, date(2026, 12, 4))}))
moments = st.datetimes(datetime(2026, 11, 1), datetime(2027, 3, 1)).map(lambda d: at(d.date(), d.time()))  # noqa: DTZ001 - `at` puts it into its zone


def refused(day: date, now: datetime) -> str:
    with pytest.raises(DomainError) as refusal:
        check_bookable(day, now, CALENDAR, UNIT)
    assert refusal.value.field == "slot_id"
    return refusal.value.code


def test_communes_have_half_days_and_wards_two_hours_too() -> None:
    assert slot_times(ward=False) == HALF_DAYS
    assert len(slot_times(ward=True)) == 6


def test_every_two_hours_lie_within_the_working_day() -> None:
    assert all(MORNING.start <= times.start < times.end <= AFTERNOON.end for times in slot_times(ward=True))


def test_the_open_days_skip_holidays_floods_and_weekends() -> None:
    days = bookable_days(at(MONDAY, time(9)), CALENDAR, UNIT)
    assert days == [date(2026, 12, n) for n in (1, 2, 7, 8)]


def test_tomorrow_may_be_booked_until_half_past_four() -> None:
    check_bookable(TUESDAY, at(MONDAY, time(16, 29)), CALENDAR, UNIT)
    assert refused(TUESDAY, at(MONDAY, time(16, 30))) == "booking_closed"


def test_today_is_closed() -> None:
    assert refused(MONDAY, at(MONDAY, time(6))) == "booking_closed"


def test_a_holiday_a_flood_and_a_far_day_are_refused_by_their_names() -> None:
    now = at(MONDAY, time(9))
    assert refused(HOLIDAY, now) == "day_closed"
    assert refused(date(2026, 12, 4), now) == "day_closed"
    assert refused(date(2026, 12, 9), now) == "day_too_far"


@given(moments)
def test_what_is_offered_can_be_booked(now: datetime) -> None:
    for day in bookable_days(now, CALENDAR, UNIT):
        check_bookable(day, now, CALENDAR, UNIT)


@given(moments, st.integers(-3, 20))
def test_what_can_be_booked_is_offered(now: datetime, ahead: int) -> None:
    day = now.date() + timedelta(days=ahead)
    try:
        check_bookable(day, now, CALENDAR, UNIT)
    except DomainError:
        return
    assert day in bookable_days(now, CALENDAR, UNIT)


def test_changes_are_free_until_four_fifty_nine_of_the_day() -> None:
    check_changeable(TUESDAY, at(TUESDAY, time(4, 58, 59)))
    with pytest.raises(DomainError, match="changes_closed"):
        check_changeable(TUESDAY, at(TUESDAY, time(4, 59)))


def test_booking_closes_on_the_day_before() -> None:
    assert booking_closes_at(TUESDAY) == at(MONDAY, time(16, 30))
