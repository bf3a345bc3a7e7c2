"""Why `free` saves or does not, in a sentence or two."""

from __future__ import annotations

import pytest

from app.services.planning import Saving
from app.texts.free_savings import free_sentence


@pytest.mark.parametrize(
    ("movable", "saved", "told"),
    [
        (0, Saving(0, 0, 0, 0, 0, 0), "Trong ngày này không điểm nào được để bưu cục khác đến"),
        (7, Saving(0, 0, 0, 0, 0, 0), "7 điểm được để bưu cục khác đến, nhưng không điểm nào rẻ hơn khi chuyển đi."),
        (
            12,
            Saving(9_500, 7_000, 3_960, 1, 171_000, 0),
            "bớt 171.000 đ. So với theo địa bàn xã: quãng đường −9,5 km, giờ đi lại −1,1, chặng chuyển tiếp +2,5 km, bưu tá −1.",
        ),
        (12, Saving(9_500, 9_500, 0, 0, 14_000, 0), "giờ đi lại 0,0, chặng chuyển tiếp 0,0 km, bưu tá 0."),
        (12, Saving(-1_000, -1_000, 0, 0, -1_500, 0), "vậy mà đắt thêm 1.500 đ"),
        (12, Saving(-1_000, -1_000, 0, -1, -151_500, 3), "nhờ đó phục vụ thêm 3 yêu cầu; chi phí +151.500 đ. "),
        (None, Saving(1_000, 1_000, 0, 0, 1_500, 0), "Đi qua địa bàn xã: chi phí −1.500 đ. "),
    ],
)
def test_the_figures_say_why(movable: int | None, saved: Saving, told: str) -> None:
    assert told in free_sentence(movable, saved)
