"""Where the errands of a demonstration are: all of them, somewhere sensible, the same for the same seed."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.slot import HALF_DAYS, SlotKind
from app.services.demo.demand import DemoWish, UnitDemand, doors_of, share_out
from app.services.demo.staff import couriers_for
from routing.matrix import distance_m


def place(code: str = "1", *, ward: bool = False, parts: int = 3, opened: date = date(2026, 7, 1)) -> UnitDemand:
    return UnitDemand(code, ward=ward, lon=108.0, lat=13.9, area_km2=133.0, parts=parts, in_service_from=opened)


PROVINCE = [place(f"{number:03d}", ward=number % 5 == 0, parts=1 + number % 5) for number in range(135)]


@given(st.integers(1, 5000))
def test_every_errand_is_somewhere(errands: int) -> None:
    shares = share_out(PROVINCE, errands)

    assert sum(shares.values()) == errands
    assert min(shares.values()) >= 1


def test_a_full_day_reaches_every_unit_and_a_ward_weighs_double() -> None:
    shares = share_out([place("a", ward=True), place("b")], 300)

    assert shares == {"a": 200, "b": 100}
    assert len(share_out(PROVINCE, 3000)) == 135


def test_a_small_demo_keeps_to_the_units_opened_first() -> None:
    late = [place(f"z{number}", opened=date(2026, 10, 1)) for number in range(10)]

    assert set(share_out([*late, place("first")], 8)) == {"first"}


@pytest.mark.parametrize("ward", [False, True])
def test_doors_hold_the_errands_and_lie_in_the_unit(ward: bool) -> None:
    here = place(ward=ward)

    doors = doors_of(here, 200, couriers_for(200), 0, Random(7))

    assert sum(door.wish.errands for door in doors) == 200
    assert max(distance_m((here.lon, here.lat), (door.lon, door.lat)) for door in doors) < 15_000
    assert len({door.number for door in doors}) == len(doors)


def test_most_are_deliveries_and_some_doors_have_both() -> None:
    doors = doors_of(place(), 3000, couriers_for(3000), 0, Random(1))
    share = {wish: sum(door.wish is wish for door in doors) / len(doors) for wish in DemoWish}

    assert share[DemoWish.DELIVER] == pytest.approx(0.6, abs=0.04)
    assert share[DemoWish.COLLECT] == pytest.approx(0.3, abs=0.04)
    assert share[DemoWish.BOTH] == pytest.approx(0.1, abs=0.03)


def test_only_wards_have_two_hour_slots_and_no_slot_is_fuller_than_its_couriers() -> None:
    rural = doors_of(place(), 140, 5, 0, Random(3))
    urban = doors_of(place(ward=True), 140, 5, 0, Random(3))

    assert {door.slot.kind for door in rural} == {SlotKind.HALF_DAY}
    assert {door.slot.kind for door in urban} == {SlotKind.HALF_DAY, SlotKind.TWO_HOURS}
    for half in HALF_DAYS:
        taken = sum(door.wish.errands for door in urban if half.start <= door.slot.start < half.end)
        assert taken <= 5 * 14


def test_the_same_seed_gives_the_same_doors_and_another_seed_others() -> None:
    assert doors_of(place(), 40, 2, 0, Random(5)) == doors_of(place(), 40, 2, 0, Random(5))
    assert doors_of(place(), 40, 2, 0, Random(5)) != doors_of(place(), 40, 2, 0, Random(6))


def test_couriers_are_as_many_as_the_formula_says() -> None:
    assert [couriers_for(errands) for errands in (0, 1, 28, 29, 57)] == [1, 1, 1, 2, 3]
