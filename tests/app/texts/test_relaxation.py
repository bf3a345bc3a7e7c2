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
