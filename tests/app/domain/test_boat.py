"""What a boat's hours leave of a promise, and on which days an island can be booked."""

from datetime import date, time, timedelta

import pytest

from app.clock import at
from app.domain.boat import BoatHours
from app.domain.errors import DomainError
from app.domain.slot import WhyNot, bookable_days, check_bookable, reachable, why_not
from app.domain.working_days import Calendar

ISLAND, MAINLAND = "21607", "23563"
MONDAY = date(2026, 11, 30)
HOURS = BoatHours(time(8, 30), time(13, 30))
CALENDAR = Calendar(boats={ISLAND: {2: HOURS, 5: HOURS}})  # Tuesdays and Fridays


def test_the_boat_leaves_a_part_of_the_morning_and_too_little_of_the_afternoon() -> None:
    morning = HOURS.within(at(MONDAY, time(7)), at(MONDAY, time(11, 30)))
    assert morning == (at(MONDAY, time(8, 30)), at(MONDAY, time(11, 30)))
    assert HOURS.within(at(MONDAY, time(13)), at(MONDAY, time(17))) is None


def test_an_island_is_booked_on_boat_days_and_the_mainland_on_all() -> None:
    now = at(MONDAY, time(9))
    assert bookable_days(now, CALENDAR, ISLAND) == [MONDAY + timedelta(days=n) for n in (1, 4)]
    assert len(bookable_days(now, CALENDAR, MAINLAND)) == 5
    assert why_not(MONDAY + timedelta(days=2), now, CALENDAR, ISLAND) is WhyNot.NO_BOAT
    with pytest.raises(DomainError) as refused:
        check_bookable(MONDAY + timedelta(days=2), now, CALENDAR, ISLAND)
    assert (refused.value.code, refused.value.field) == ("no_boat", "slot_id")


def test_a_slot_outside_the_boats_hours_is_out_of_reach() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert reachable(at(tuesday, time(7)), at(tuesday, time(11, 30)), CALENDAR, ISLAND)
    assert not reachable(at(tuesday, time(13)), at(tuesday, time(17)), CALENDAR, ISLAND)
    assert not reachable(at(MONDAY, time(7)), at(MONDAY, time(11, 30)), CALENDAR, ISLAND)
    assert reachable(at(MONDAY, time(13)), at(MONDAY, time(17)), CALENDAR, MAINLAND)
