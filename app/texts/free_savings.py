"""Why serving across communes saves something on a day, or does not: one or two sentences with figures."""

from __future__ import annotations

from typing import Protocol

from app.texts import dong, kilometres, number, say
from app.texts.mark import n

NOTHING_MOVABLE = n(
    "Trong ngày này không điểm nào được để bưu cục khác đến: chỉ chuyển được lần lấy hồ sơ của thủ tục phi địa giới, giấy về một nơi."
)
NOWHERE_CHEAPER = n("%(movable)s điểm được để bưu cục khác đến, nhưng không điểm nào rẻ hơn khi chuyển đi.")
SAVES = n("%(movable)s điểm được để bưu cục khác đến, nhờ đó bớt %(cost)s.")
DEARER = n(
    "%(movable)s điểm được để bưu cục khác đến, vậy mà đắt thêm %(cost)s: hai bản chưa được tính cùng điều kiện, hoặc cần tìm lâu hơn."
)
SERVES_MORE = n(
    "%(movable)s điểm được để bưu cục khác đến, nhờ đó phục vụ thêm %(served)s yêu cầu; chi phí %(change)s."
)
UNKNOWN = n("Đi qua địa bàn xã: chi phí %(change)s.")
DIFFERENCE = n(
    "So với theo địa bàn xã: quãng đường %(ridden)s, giờ đi lại %(hours)s, chặng chuyển tiếp %(onward)s, bưu tá %(couriers)s."
)


class Saved(Protocol):
    """What `free` takes off `home`: metres, seconds, couriers, đồng; and the errands that it serves besides."""

    @property
    def distance_m(self) -> int: ...
    @property
    def all_m(self) -> int: ...
    @property
    def riding_s(self) -> int: ...
    @property
    def couriers(self) -> int: ...
    @property
    def cost(self) -> int: ...
    @property
    def served(self) -> int: ...


def free_sentence(movable: int | None, saved: Saved, language: str = "vi") -> str:
    """`movable`: visits that another office may make; None: a plan made before that was kept."""
    if movable == 0:
        return say(NOTHING_MOVABLE, language)
    ridden, onward = -saved.distance_m, saved.distance_m - saved.all_m
    words = {
        "movable": number(movable or 0, language),
        "served": number(saved.served, language),
        "cost": dong(abs(saved.cost), language),
        "change": _signed(-saved.cost, dong(abs(saved.cost), language)),
    }
    if movable is not None and not any((saved.cost, ridden, onward, saved.served)):
        return say(NOWHERE_CHEAPER, language, **words)
    figures = {
        "ridden": _signed(ridden, kilometres(abs(ridden), language)),
        "onward": _signed(onward, kilometres(abs(onward), language)),
        "hours": _signed(-saved.riding_s, number(abs(saved.riding_s) / 3600, language, decimals=1)),
        "couriers": _signed(-saved.couriers, number(abs(saved.couriers), language)),
    }
    return f"{say(_first(movable, saved), language, **words)} {say(DIFFERENCE, language, **figures)}"


def _first(movable: int | None, saved: Saved) -> str:
    if movable is None:
        return UNKNOWN
    if saved.served > 0:
        return SERVES_MORE
    return DEARER if saved.cost < 0 else SAVES


def _signed(value: int, told: str) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{told}"
