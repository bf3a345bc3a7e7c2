"""The postal operator's codes as data (docs/domain.md §5). A code that is in no table is `Unknown`: parked, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Milestone(StrEnum):
    """What an operator's code says in words of our own, the same for all operators."""

    DRAFT = "draft"
    CREATED = "created"
    PICKUP_ACCEPTED = "pickup_accepted"
    PICKING_UP = "picking_up"
    PICKUP_FAILED = "pickup_failed"
    PICKED_UP = "picked_up"
    AT_OFFICE = "at_office"
    IN_TRANSIT = "in_transit"
    AT_DELIVERY_OFFICE = "at_delivery_office"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    PART_DELIVERED = "part_delivered"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_CANCELLED = "delivery_cancelled"
    RETURN_PLANNED = "return_planned"
    RETURNING = "returning"
    RETURNED = "returned"
    PART_RETURNED = "part_returned"
    CANCELLED = "cancelled"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means; `final`: no later event moves the item back. MONEY moves accounts, never the item."""

    milestone: Milestone
    means: str
    final: bool = False


class OrderStatus(StrEnum):
    """`Status` in the answers of interfaces A and B."""

    CREATED = "100"
    EXISTS = "101"
    CANCELLED = "110"


class CaseType(StrEnum):
    """`Type` in the answer of MyVNPost's `/orderCancel`: at once, or when the office has agreed [A]."""

    ACCEPTED = "00"
    WAITING = "02"


ORDER_STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        OrderStatus.CREATED: "the order was created",
        OrderStatus.EXISTS: "the order exists already: a retry of ours arrived before",
        OrderStatus.CANCELLED: "the order is cancelled",
    }
)

MYVNPOST_STATES: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "0": Meaning(Milestone.DRAFT, "draft"),
        "1": Meaning(Milestone.CREATED, "created"),
        "2": Meaning(Milestone.PICKUP_ACCEPTED, "pickup accepted"),
        "3": Meaning(Milestone.PICKUP_ACCEPTED, "to confirm"),
        "4": Meaning(Milestone.PICKING_UP, "picking up"),
        "5": Meaning(Milestone.PICKUP_FAILED, "pickup failed"),
        "6": Meaning(Milestone.PICKED_UP, "picked up"),
        "7": Meaning(Milestone.AT_OFFICE, "at the office"),
        "8": Meaning(Milestone.CANCELLED, "pickup given up", final=True),
        "9": Meaning(Milestone.CANCELLED, "pickup cancelled", final=True),
        "10": Meaning(Milestone.IN_TRANSIT, "in transit"),
        "11": Meaning(Milestone.AT_DELIVERY_OFFICE, "at the delivery office"),
        "12": Meaning(Milestone.OUT_FOR_DELIVERY, "out for delivery"),
        "13": Meaning(Milestone.IN_TRANSIT, "forwarded"),
        "14": Meaning(Milestone.DELIVERED, "delivered", final=True),
        "15": Meaning(Milestone.DELIVERY_FAILED, "delivery failed"),
        "16": Meaning(Milestone.RETURN_PLANNED, "waiting to return"),
        "17": Meaning(Milestone.RETURN_PLANNED, "return approved"),
        "18": Meaning(Milestone.RETURNING, "return started"),
        "19": Meaning(Milestone.RETURNED, "returned", final=True),
        "20": Meaning(Milestone.PART_RETURNED, "part returned", final=True),
        "21": Meaning(Milestone.MONEY, "COD paid"),
        "22": Meaning(Milestone.DELIVERY_CANCELLED, "delivery cancelled"),
        "23": Meaning(Milestone.PART_DELIVERED, "part delivered"),
        "24": Meaning(Milestone.RETURNING, "returning"),
        "28": Meaning(Milestone.MONEY, "shipping paid"),
        "29": Meaning(Milestone.MONEY, "cancel fee paid"),
    }
)
DRAFT: Final = "0"  # nobody comes for a draft
ENDED: Final = frozenset({"8", "9", "22"})  # an order in one of these is not there for a new try

COD_SERVICE: Final = "GTG021"  # MyVNPost's additional service "collect on delivery"
COD_AMOUNT: Final = "PROP0018"  # and its property "amount"


def tracking_table(configured: Mapping[str, Mapping[str, object]]) -> Mapping[str, Meaning]:
    """Build the table of tracking codes of interfaces A and B from configuration: their list is not published.

    Shape: `{"70": {"milestone": "delivered", "means": "Phát thành công", "final": true}}`. Raises ValueError that names
    the code when a milestone is none of ours.
    """
    return MappingProxyType({code: _meaning(code, entry) for code, entry in configured.items()})


def _meaning(code: str, entry: Mapping[str, object]) -> Meaning:
    try:
        milestone = Milestone(str(entry.get("milestone")))
    except ValueError:
        known = ", ".join(Milestone)
        raise ValueError(f"tracking code {code}: milestone must be one of {known}") from None
    return Meaning(milestone, str(entry.get("means", milestone.value)), final=entry.get("final") is True)
