"""What would let a stop into the plan, and at what price: the routing's changes, said to a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

from app.texts import dong, kilometres, say
from app.texts.mark import n

CHANGES: Final[Mapping[str, str]] = {
    "window": n("Xếp được nếu nới khung giờ hẹn thêm %(minutes)s phút"),
    "shift": n("Xếp được nếu bưu tá làm thêm %(minutes)s phút"),
    "release": n("Xếp được nếu bưu gửi về bưu cục sớm hơn %(minutes)s phút"),
    "max_travel": n("Xếp được nếu cho tuyến đi thêm %(minutes)s phút"),
    "max_distance": n("Xếp được nếu cho tuyến đi thêm %(distance)s"),
    "capacity": n("Xếp được nếu túi chứa thêm %(amount)s phong bì"),
    "max_tasks": n("Xếp được nếu tuyến nhận thêm %(amount)s điểm"),
    "courier": n("Xếp được nếu có thêm một bưu tá"),
    "office": n("Bưu cục khác đi được, thêm %(distance)s"),
    "prize": n("Xếp được nếu chấp nhận chi thêm"),
}
PRICE: Final = n("%(change)s; kế hoạch tốn thêm %(price)s.")
FREE: Final = n("%(change)s; không tốn thêm.")


def way_out(change: Mapping[str, Any], language: str = "vi") -> str:
    """One sentence; minutes are rounded up, so that what is promised holds."""
    amount, cost = int(change["amount"]), int(change["cost_delta"])
    told = say(
        CHANGES[change["kind"]],
        language,
        minutes=ceil(amount / 60),
        distance=kilometres(max(0, amount), language),
        amount=amount,
    )
    return say(PRICE if cost > 0 else FREE, language, change=told, price=dong(max(0, cost), language))
