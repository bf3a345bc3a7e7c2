"""How evenly the working hours of an office are shared, and what that costs, said to a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.texts import dong, kilometres, say
from app.texts.mark import n

EVEN_ALREADY: Final = n(
    "Giờ làm đã đều sẵn: hai bưu tá cùng bưu cục chênh nhau nhiều nhất %(before)s phút. Không tốn thêm."
)
EVENED: Final = n(
    "Đã chia đều giờ làm: hai bưu tá cùng bưu cục chênh nhau nhiều nhất %(after)s phút, trước khi chia là %(before)s phút."
)
PRICE: Final = n("Đổi lại, kế hoạch đi thêm %(distance)s và tốn thêm %(price)s.")
CHEAPER: Final = n("Kế hoạch không tốn thêm.")
UNMET: Final = n("Còn %(offices)s bưu cục chưa đạt mức %(most)s phút vì giờ hẹn hoặc ca làm không cho phép.")


def balance_sentence(balance: Mapping[str, Any], language: str = "vi") -> str:
    """One to three sentences; minutes are rounded."""
    minutes = {name: round(int(balance[name]) / 60) for name in ("most", "before", "after")}
    if not balance["offices"]:
        return say(EVEN_ALREADY, language, before=minutes["before"])
    told = [say(EVENED, language, after=minutes["after"], before=minutes["before"])]
    distance, cost = int(balance["distance_delta"]), int(balance["cost_delta"])
    if cost > 0:
        told.append(say(PRICE, language, distance=kilometres(max(0, distance), language), price=dong(cost, language)))
    else:
        told.append(say(CHEAPER, language))
    if balance["unmet"]:
        told.append(say(UNMET, language, offices=balance["unmet"], most=minutes["most"]))
    return " ".join(told)
