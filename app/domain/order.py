"""Orders at a postal carrier: their numbers, and when an errand has one (docs/domain.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errand import ErrandKind, ErrandState

MOST_ATTEMPTS: Final = 99


class OrderPurpose(StrEnum):
    """Why an item travels: `TG` collection at home, `KQ` result, `LC` transfer between desks."""

    COLLECT = "TG"
    RESULT = "KQ"
    TRANSFER = "LC"


class OrderState(StrEnum):
    WANTED = "wanted"
    PLACED = "placed"
    CANCEL_WANTED = "cancel_wanted"
    CANCEL_WAITING = "cancel_waiting"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    CLOSED = "closed"


PURPOSES: Final[Mapping[ErrandKind, OrderPurpose]] = {
    ErrandKind.COLLECT: OrderPurpose.COLLECT,
    ErrandKind.DELIVER: OrderPurpose.RESULT,
}
ENDED: Final = frozenset({OrderState.CANCELLED, OrderState.REFUSED, OrderState.CLOSED})
UNANSWERED: Final = frozenset({OrderState.CANCEL_WANTED, OrderState.CANCEL_WAITING})
NEVER: Final = frozenset({ErrandState.REQUESTED, ErrandState.CANCELLED})


def order_number(dossier_code: str, purpose: OrderPurpose, attempt: int) -> str:
    """`{dossier code}-{TG|KQ|LC}{nn}`: the same three things are the same number, so that a retry is no second order.

    Raises ValueError beyond 99 attempts.
    """
    if not 1 <= attempt <= MOST_ATTEMPTS:
        raise ValueError(f"attempt: must be 1 to {MOST_ATTEMPTS}")
    return f"{dossier_code}-{purpose.value}{attempt:02d}"


def wants_order(kind: ErrandKind, state: ErrandState) -> bool:
    """Is there to be an order for this errand now? Arranged or done, but not merely asked for, nor called off."""
    return kind in PURPOSES and state not in NEVER
