"""What a carrier's event means for the errand it executes: the operator's many codes in words of our own, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errand import ErrandKind


class Follow(StrEnum):
    """What a milestone does to the errand and its envelope."""

    PICKED_UP = "picked_up"  # the carrier holds the envelope
    SET_OUT = "set_out"  # under way to the door
    DELIVERED = "delivered"  # given: to the desk, or to the citizen
    FAILED = "failed"  # the door stayed shut; the carrier tries again
    RETURNED = "returned"  # back where it came from
    CALLED_OFF = "called_off"  # the carrier comes no more


MONEY: Final = "money"
COLLECTION: Final[Mapping[str, Follow]] = {
    "picking_up": Follow.SET_OUT,
    "pickup_failed": Follow.FAILED,
    "picked_up": Follow.PICKED_UP,
    "at_office": Follow.PICKED_UP,
    "in_transit": Follow.PICKED_UP,
    "at_delivery_office": Follow.PICKED_UP,
    "out_for_delivery": Follow.PICKED_UP,
    "delivered": Follow.DELIVERED,
    "part_delivered": Follow.DELIVERED,
    "returned": Follow.RETURNED,
    "part_returned": Follow.RETURNED,
    "cancelled": Follow.CALLED_OFF,
    "delivery_cancelled": Follow.CALLED_OFF,
}
DELIVERY: Final[Mapping[str, Follow]] = {
    "picked_up": Follow.PICKED_UP,
    "at_office": Follow.PICKED_UP,
    "in_transit": Follow.PICKED_UP,
    "at_delivery_office": Follow.PICKED_UP,
    "out_for_delivery": Follow.SET_OUT,
    "delivered": Follow.DELIVERED,
    "delivery_failed": Follow.FAILED,
    "returned": Follow.RETURNED,
    "part_returned": Follow.RETURNED,
    "cancelled": Follow.CALLED_OFF,
    "delivery_cancelled": Follow.CALLED_OFF,
}


def follow_of(kind: ErrandKind, milestone: str) -> Follow | None:
    """What the milestone does; None: it is only shown."""
    return (COLLECTION if kind is ErrandKind.COLLECT else DELIVERY).get(milestone)
