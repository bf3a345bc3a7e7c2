"""What would let a stop in, said to a coordinator."""

from __future__ import annotations

from typing import Any

import pytest

from app.texts.relaxation import CHANGES, way_out


def change(kind: str, amount: int = 61, cost_delta: int = 12_000) -> dict[str, Any]:
    return {"kind": kind, "amount": amount, "unit": "s", "cost_delta": cost_delta}


def test_minutes_are_rounded_up_so_that_the_promise_holds() -> None:
    assert way_out(change("window")) == "Xếp được nếu nới khung giờ hẹn thêm 2 phút; kế hoạch tốn thêm 12.000 đ."


def test_the_next_office_is_told_with_its_kilometres() -> None:
    assert way_out(change("office", 3_240, 0)) == "Bưu cục khác đi được, thêm 3,2 km; không tốn thêm."


@pytest.mark.parametrize("kind", sorted(CHANGES))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_change_of_the_routing_has_its_sentence(kind: str, language: str) -> None:
    assert way_out(change(kind), language).endswith(".")


def another_day(days: int | None, **more: Any) -> dict[str, Any]:
    return {"kind": "day", "amount": days, "unit": "d", "cost_delta": 8_000, "day": "2026-12-02", **more}


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (2, "Hẹn được sang 02/12/2026, vẫn còn 2 ngày trước hạn trả; tốn khoảng 8.000 đ."),
        (0, "Hẹn được sang 02/12/2026, đúng ngày đến hạn trả; tốn khoảng 8.000 đ."),
        (None, "Hẹn được sang 02/12/2026; tốn khoảng 8.000 đ."),
    ],
)
def test_another_day_is_told_with_what_is_left_until_it_is_due(days: int | None, told: str) -> None:
    assert way_out(another_day(days)) == told


def test_a_dearer_way_in_stands_beside_the_cheapest() -> None:
    assert way_out(change("window") | {"instead": another_day(1)}).endswith(
        "kế hoạch tốn thêm 12.000 đ. Hẹn được sang 02/12/2026, vẫn còn 1 ngày trước hạn trả; tốn khoảng 8.000 đ."
    )
