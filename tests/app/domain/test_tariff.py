from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.tariff import Direction, Discount, Rate, ZoneClass, postage, price, told_basis, weight_of, zone_class

START, DAY = date(2026, 1, 1), date(2026, 12, 1)
ZONE = ZoneClass.SAME_PROVINCE


def rate(weight: int, amount: int, step: int = 0, start: date = START, end: date | None = None) -> Rate:
    return Rate(Direction.SEND, ZONE, weight, amount, step, start, end, "Quyết định thử")


RATES = [rate(500, 2_900, step=500), rate(500, 30_500), rate(100, 30_000), rate(250, 30_000)]


@pytest.mark.parametrize(
    ("grams", "expected"),
    [
        (1, (30_000, 30_000)),
        (100, (30_000, 30_000)),
        (101, (30_000, 30_500)),
        (250, (30_000, 30_500)),
        (500, (30_500, 33_400)),
        (501, (33_400, 36_300)),
        (1_000, (33_400, 36_300)),
        (1_001, (36_300, 39_200)),
    ],
)
def test_the_price_is_this_band_and_the_next(grams: int, expected: tuple[int, int]) -> None:
    assert price(RATES, Direction.SEND, ZONE, grams, DAY) == expected


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_heavier_is_never_cheaper(one: int, two: int) -> None:
    light, heavy = (price(RATES, Direction.SEND, ZONE, grams, DAY) for grams in sorted((one, two)))
    assert light <= heavy


@given(st.integers(1, 20_000))
def test_the_door_never_costs_more_than_was_shown(grams: int) -> None:
    lower, upper = price(RATES, Direction.SEND, ZONE, grams, DAY)
    assert lower <= upper
    assert price(RATES, Direction.SEND, ZONE, grams + 150, DAY)[0] <= upper


def test_without_a_step_the_heaviest_is_refused() -> None:
    with pytest.raises(DomainError, match="too_heavy"):
        price([rate(100, 30_000)], Direction.SEND, ZONE, 101, DAY)


def test_a_tariff_holds_on_its_first_and_last_day_only() -> None:
    rates = [rate(500, 1_000, end=date(2026, 6, 30)), rate(500, 2_000, start=date(2026, 7, 1))]
    assert price(rates, Direction.SEND, ZONE, 1, date(2026, 6, 30))[0] == 1_000
    assert price(rates, Direction.SEND, ZONE, 1, date(2026, 7, 1))[0] == 2_000


@pytest.mark.parametrize(
    ("direction", "zone", "day"),
    [
        (Direction.RETURN, ZONE, DAY),
        (Direction.SEND, ZoneClass.SAME_ZONE, DAY),
        (Direction.SEND, ZONE, date(2025, 12, 31)),
    ],
)
def test_what_the_table_does_not_say_has_no_price(direction: Direction, zone: ZoneClass, day: date) -> None:
    with pytest.raises(DomainError, match="no_tariff"):
        price(RATES, direction, zone, 1, day)


def test_an_envelope_weighs_its_papers_and_itself() -> None:
    assert weight_of(4) == 50


def test_a_zone_is_compared_by_name() -> None:
    assert zone_class("Ia Grai", "Ia Grai") is ZoneClass.SAME_ZONE
    assert zone_class("Ia Grai", "Pleiku") is ZoneClass.SAME_PROVINCE


@pytest.mark.parametrize(
    ("discount", "band"),
    [(Discount.NONE, (30_500, 33_400)), (Discount.HALF, (15_250, 16_700)), (Discount.FREE, (0, 0))],
)
def test_the_honoured_pay_half_or_nothing(discount: Discount, band: tuple[int, int]) -> None:
    found = postage(RATES, Direction.SEND, ZONE, 60, DAY, discount)
    assert (found.lower, found.upper, found.legal_basis) == (*band, "Quyết định thử")


def test_what_the_file_remarks_on_its_own_source_is_told_to_nobody() -> None:
    assert (
        told_basis("Bảng cước theo Thông tư 22/2017/TT-BTTTT (nguồn thứ cấp)")
        == "Bảng cước theo Thông tư 22/2017/TT-BTTTT"
    )
