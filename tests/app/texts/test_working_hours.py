"""The balance of hours, said to a coordinator."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.texts.working_hours import balance_sentence, margin_sentence, searched_sentence, travel_times_sentence

REACHED: dict[str, Any] = {
    "most": 3_600,
    "before": 9_000,
    "after": 3_300,
    "offices": 12,
    "unmet": 0,
    "distance_delta": 18_400,
    "cost_delta": 47_000,
}


def test_the_price_of_balance_is_told_in_kilometres_and_dong() -> None:
    assert balance_sentence(REACHED) == (
        "Đã chia đều giờ làm: hai bưu tá cùng bưu cục chênh nhau nhiều nhất 55 phút, trước khi chia là 150 phút. "
        "Đổi lại, kế hoạch đi thêm 18,4 km và tốn thêm 47.000 đ."
    )


def test_offices_that_cannot_be_evened_out_are_counted() -> None:
    assert balance_sentence(REACHED | {"unmet": 2}).endswith(
        "Còn 2 bưu cục chưa đạt mức 60 phút vì giờ hẹn hoặc ca làm không cho phép."
    )


def test_what_was_even_costs_nothing() -> None:
    told = balance_sentence(REACHED | {"offices": 0, "before": 1_800})
    assert told == "Giờ làm đã đều sẵn: hai bưu tá cùng bưu cục chênh nhau nhiều nhất 30 phút. Không tốn thêm."


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_evening_out_that_costs_nothing_says_so(language: str) -> None:
    assert "+" not in balance_sentence(REACHED | {"cost_delta": 0}, language)


def test_the_room_for_slow_rides_is_told_in_whole_minutes_and_none_is_not_told() -> None:
    assert margin_sentence(150).endswith("nhiều nhất 3 phút.")
    assert margin_sentence(0) == ""


def test_where_travel_times_come_from_is_told() -> None:
    assert travel_times_sentence(0, 0, None).startswith("Thời gian đi lại còn tính theo giả định")
    assert travel_times_sentence(1_240, 23, date(2026, 11, 29)) == (
        "Thời gian đi lại học từ 1.240 chặng đã đi trong 23 ngày, đến hết ngày 29/11/2026."
    )


@pytest.mark.parametrize(
    ("settled", "told"),
    [
        (True, "Kết quả đã ổn định: tìm lâu hơn cũng khó rẻ hơn."),
        (False, "Kết quả còn đang rẻ dần: tìm lâu hơn có thể rẻ hơn."),
    ],
)
def test_a_plan_says_how_long_was_searched_and_whether_more_would_pay(settled: bool, told: str) -> None:
    searched = {"cpu_s": 39.6, "iterations": 1234567, "startup_s": 1.2, "settled": settled}
    assert searched_sentence({"searched": searched}) == f"Máy đã tìm 40 giây (1.234.567 lượt thử). {told}"


def test_a_plan_of_which_that_is_not_known_says_nothing_and_neither_do_first_routes_alone() -> None:
    assert searched_sentence({}) == ""
    nothing = {"cpu_s": 0.0, "iterations": 0, "startup_s": 0.0, "settled": None}
    assert searched_sentence({"searched": nothing}) == ""


def test_engines_that_count_no_attempts_are_said_without_them() -> None:
    searched = {"cpu_s": 5.0, "iterations": 0, "startup_s": 0.0, "settled": True}
    assert searched_sentence({"searched": searched}).startswith("Máy đã tìm 5 giây. Kết quả")
