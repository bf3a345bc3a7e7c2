"""What would let a stop into the plan, and at what price: the routing's changes, said to a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import ceil
from typing import Any, Final

from app.texts import dong, kilometres, say, spoken
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
OTHER_DAY: Final = n("Hẹn được sang %(day)s")
DAYS_LEFT: Final = n("Hẹn được sang %(day)s, vẫn còn %(days)s ngày trước hạn trả")
LAST_DAY: Final = n("Hẹn được sang %(day)s, đúng ngày đến hạn trả")
ABOUT: Final = n("%(change)s; tốn khoảng %(price)s.")
PRICE: Final = n("%(change)s; kế hoạch tốn thêm %(price)s.")
FREE: Final = n("%(change)s; không tốn thêm.")


def way_out(change: Mapping[str, Any], language: str = "vi") -> str:
    """A sentence, and a second one where another day is possible, too; minutes are rounded up, so that they hold."""
    first = (_another_day if change["kind"] == "day" else _today)(change, language)
    return f"{first} {way_out(change['instead'], language)}" if "instead" in change else first


def _another_day(change: Mapping[str, Any], language: str) -> str:
    left = change["amount"]
    sentence = OTHER_DAY if left is None else DAYS_LEFT if left else LAST_DAY
    day = spoken(date.fromisoformat(change["day"]), language)
    told = say(sentence, language, day=day, days=left)
    return say(ABOUT, language, change=told, price=dong(change["cost_delta"], language))


def _today(change: Mapping[str, Any], language: str) -> str:
    amount, cost = int(change["amount"]), int(change["cost_delta"])
    told = say(
        CHANGES[change["kind"]],
        language,
        minutes=ceil(amount / 60),
        distance=kilometres(max(0, amount), language),
        amount=amount,
    )
    return say(PRICE if cost > 0 else FREE, language, change=told, price=dong(max(0, cost), language))
