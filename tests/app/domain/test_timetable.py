"""A bag's ride by a timetable: the first van that goes that way, on a day on which it goes."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from app.clock import at
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.timetable import (
    Call,
    Names,
    RoundRide,
    Timetable,
    Trip,
    check_timetable,
    earliest_way,
    next_trip,
    read_clock,
    soonest,
)
from app.domain.working_days import Calendar

DESK, OFFICE, CENTRE = Party(Holder.DESK, "1"), Party(Holder.OFFICE_SAFE, "2"), Party(Holder.DESK, "3")
MORNING = Timetable(
    frozenset({1, 3, 5}), (Call(DESK, time(7, 30)), Call(OFFICE, time(8, 45)), Call(CENTRE, time(10, 0)))
)
PLAIN = Calendar()
A, B, C, D = (Party(Holder.OFFICE_SAFE, str(number)) for number in range(901, 905))
TUESDAY = at(date(2026, 12, 1), time(7))


def december(day: int, hour: int, minute: int = 0) -> datetime:
    return at(date(2026, 12, day), time(hour, minute))


def ride(origin: Party, destination: Party, after: datetime, calendar: Calendar = PLAIN) -> Trip | None:
    return next_trip(MORNING, {origin}, {destination}, after, calendar)


def test_a_bag_closed_on_tuesday_goes_on_wednesday() -> None:
    assert ride(DESK, CENTRE, december(1, 15)) == Trip(december(2, 7, 30), december(2, 10))


def test_a_bag_closed_before_the_call_goes_the_same_day() -> None:
    assert ride(OFFICE, CENTRE, december(2, 8, 45)) == Trip(december(2, 8, 45), december(2, 10))


def test_after_the_call_it_waits_for_the_next_weekday_of_the_round() -> None:
    assert ride(OFFICE, CENTRE, december(2, 8, 46)) == Trip(december(4, 8, 45), december(4, 10))


def test_a_van_stays_at_home_on_holidays() -> None:
    holiday = Calendar(holidays=frozenset({date(2026, 12, 2)}))
    assert ride(DESK, CENTRE, december(1, 15), holiday) == Trip(december(4, 7, 30), december(4, 10))


def test_a_van_does_not_go_backwards() -> None:
    assert ride(CENTRE, DESK, december(1, 15)) is None


def test_a_place_that_is_called_at_twice_is_left_and_reached_at_the_first_of_its_calls() -> None:
    there_and_back = Timetable(
        frozenset({3}),
        (
            Call(DESK, time(7)),
            Call(OFFICE, time(8)),
            Call(CENTRE, time(9)),
            Call(OFFICE, time(10)),
            Call(CENTRE, time(11)),
        ),
    )

    def rides(*hour: int) -> Trip | None:
        return next_trip(there_and_back, {DESK, OFFICE}, {CENTRE}, december(2, *hour), PLAIN)

    assert rides(6) == Trip(december(2, 7), december(2, 9))
    assert rides(7, 1) == Trip(december(2, 8), december(2, 9))
    assert rides(8, 1) == Trip(december(2, 10), december(2, 11))
    assert rides(10, 1) == Trip(december(9, 7), december(9, 9))  # the van comes once a week


def test_of_two_rounds_the_one_that_arrives_first() -> None:
    slow, fast = Trip(december(1, 7), december(1, 12)), Trip(december(1, 9), december(1, 11))
    assert soonest([(1, slow), (2, fast), (3, None)]) == (2, fast)
    assert soonest([(3, None)]) is None


@pytest.mark.parametrize(
    ("timetable", "code", "field"),
    [
        (Timetable(frozenset(), MORNING.calls), "round_without_days", "weekdays"),
        (Timetable(frozenset({8}), MORNING.calls), "round_without_days", "weekdays"),
        (Timetable(frozenset({1}), MORNING.calls[:1]), "round_too_short", "call_1_place"),
        (
            Timetable(frozenset({1}), (Call(DESK, time(8)), Call(CENTRE, time(7, 59)))),
            "calls_out_of_order",
            "call_2_at",
        ),
        (Timetable(frozenset({1}), (Call(DESK, time(8)), Call(DESK, time(9)))), "call_repeated", "call_2_place"),
    ],
)
def test_a_timetable_no_van_could_keep_is_refused_at_its_field(timetable: Timetable, code: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_timetable(timetable)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_hours_are_read_as_people_write_them() -> None:
    assert [read_clock(text, "at") for text in ("7:30", "07:30", "7h30")] == [time(7, 30)] * 3
    for text in ("", "25:00", "7:60", "sáng"):
        with pytest.raises(DomainError):
            read_clock(text, "at")


# -- ways over several rounds


def round_of(*calls: tuple[Party, str], days: str = "12345") -> Timetable:
    stops = tuple(Call(place, time.fromisoformat(hour)) for place, hour in calls)
    return Timetable(frozenset(int(day) for day in days), stops)


def way(rounds: dict[int, Timetable], names: Names | None = None) -> tuple[RoundRide, ...] | None:
    return earliest_way(rounds, names or {}, {A}, {C}, TUESDAY, PLAIN)


def test_a_way_of_two_rounds_changes_where_they_meet() -> None:
    rounds = {1: round_of((A, "08:00"), (B, "10:00")), 2: round_of((B, "13:00"), (C, "15:00"))}
    legs = way(rounds)
    assert legs is not None
    assert [(leg.number, leg.to) for leg in legs] == [(1, B), (2, C)]
    assert legs[-1].trip.arrives_at == december(1, 15)


def test_a_bag_that_has_just_come_misses_the_van_that_leaves_at_once() -> None:
    rounds = {1: round_of((A, "08:00"), (B, "10:00")), 2: round_of((B, "10:10"), (C, "11:00"))}
    legs = way(rounds)
    assert legs is not None
    assert legs[-1].trip.arrives_at == december(2, 11)


def test_the_way_that_arrives_first_is_taken_even_with_more_rounds() -> None:
    slow = round_of((A, "08:00"), (C, "18:00"))
    rounds = {1: slow, 2: round_of((A, "09:00"), (B, "10:00")), 3: round_of((B, "11:00"), (C, "12:00"))}
    legs = way(rounds)
    assert legs is not None
    assert [leg.number for leg in legs] == [2, 3]


def test_a_place_with_two_names_is_changed_at_by_either() -> None:
    rounds = {1: round_of((A, "08:00"), (B, "10:00")), 2: round_of((D, "13:00"), (C, "15:00"))}
    assert way(rounds) is None
    both = frozenset({B, D})
    assert way(rounds, {B: both, D: both}) is not None


def test_what_is_there_needs_no_van_and_where_none_goes_no_way_is_made_up() -> None:
    assert earliest_way({}, {}, {A}, {A}, TUESDAY, PLAIN) == ()
    assert way({1: round_of((C, "08:00"), (A, "10:00"))}) is None
