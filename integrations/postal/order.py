"""What is ordered from a postal operator and what it answers, the same for every interface.

Weights are grams, money whole đồng, times UTC. People are in no repr, because reprs reach logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from integrations.postal.codes import Meaning
from integrations.postal.numbers import OrderNumber
from integrations.unknown import Unknown

MOST_GRAMS: Final = 30_000


@dataclass(frozen=True, slots=True)
class PlaceCodes:
    """Codes of the operator's own lists; `district_code` is empty where addresses have two levels."""

    province_code: str
    district_code: str = ""
    commune_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderParty:
    """Who sends or receives. An identity number has no field here: it never goes on a label."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)
    place: PlaceCodes
    email: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in ("name", "phone", "address"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: the operator needs it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cod:
    """Money taken at the door, in its parts: state fee, postage and remittance are never one number of ours."""

    state_fee: int = 0
    postage: int = 0
    remittance: int = 0

    def __post_init__(self) -> None:
        if min(self.state_fee, self.postage, self.remittance) < 0:
            raise ValueError("cod: amounts are whole đồng, not negative")

    @property
    def total(self) -> int:
        """The one number an operator takes."""
        return self.state_fee + self.postage + self.remittance

    def __str__(self) -> str:
        parts = {"phí, lệ phí": self.state_fee, "cước": self.postage, "chuyển tiền": self.remittance}
        return ", ".join(f"{name} {amount} đ" for name, amount in parts.items() if amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One item to carry. `item_code` is a waybill number of our pool, when the operator gave us one."""

    number: OrderNumber
    customer_code: str
    sender: OrderParty
    receiver: OrderParty
    contents: str
    weight_g: int
    cod: Cod = field(default_factory=Cod)
    note: str = field(default="", repr=False)
    item_code: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.weight_g <= MOST_GRAMS:
            raise ValueError(f"weight_g: must be 1 to {MOST_GRAMS} grams")

    @property
    def description(self) -> str:
        """What is inside, and what each đồng of the COD is for."""
        return f"{self.contents}; thu hộ: {self.cod}" if self.cod.total else self.contents


@dataclass(frozen=True, slots=True)
class Placed:
    """An order the operator holds. `existed`: it was there before this call; ids are None until the operator gives them."""

    number: str
    customer_code: str
    existed: bool = False
    item_code: str | None = None
    carrier_id: str | None = None


class Cancellation(StrEnum):
    """`done`: nobody will come. `waiting`: the carrier must answer first, and may still say no."""

    DONE = "done"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """One line of an operator's tracking. `event_id` is the same whenever the same line is told again.

    `proven` is false where a signature did not cover the line: read it again before acting on it. `words` are the
    operator's own and may name the receiver.
    """

    event_id: str
    order_number: str | None
    item_code: str | None
    code: str
    meaning: Meaning | Unknown
    occurred_at: datetime | None
    customer_code: str | None = None
    carrier_id: str | None = None
    office: str | None = None
    words: str | None = field(default=None, repr=False)
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that breaks the contract: parked as it came, so that it stops neither the others nor the cursor."""

    about: str
    reason: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the tracking: store the events, then the cursor; `more` lines are waiting behind it."""

    events: tuple[TrackingEvent, ...]
    unreadable: tuple[Unreadable, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a price is asked for."""

    sender: PlaceCodes
    receiver: PlaceCodes
    weight_g: int
    cod: Cod = field(default_factory=Cod)


@dataclass(frozen=True, slots=True)
class Price:
    """Postage in whole đồng, for the operator's service of that code; never a state fee."""

    postage: int
    service_code: str


class Carrier(Protocol):
    """Whoever carries. Safe for many threads; every method raises integrations.errors and nothing else."""

    def create(self, order: Order) -> Placed:
        """Order once: the same number again is the same order (`existed`), whatever was lost on the way back."""
        ...

    def cancel(self, placed: Placed) -> Cancellation:
        """Cancel an order; an order cancelled before is `done`."""
        ...

    def track(self, cursor: str | None, open_orders: Sequence[Placed] = ()) -> Page:
        """Return what happened after `cursor` (None: from the beginning), one cursor a customer code.

        An operator without a feed is asked for each of `open_orders` instead, and leaves the cursor alone.
        """
        ...

    def price(self, shipment: Shipment) -> Price:
        """Return the operator's price; Rejected with code `no_price` where it has none to ask for."""
        ...
