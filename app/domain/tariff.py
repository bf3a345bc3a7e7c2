"""What a visit costs, in parts. Prices come from the dated tariff table with its legal basis; nothing here is a price.

Weight of an envelope = papers × 5 g + 30 g [assumption]; shown as "from … to …": that band and the next (docs/decisions/money.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError

REMARK: Final = re.compile(r"\s*\([^()]*\)\s*$")
GRAMS_A_PAPER, GRAMS_AN_ENVELOPE = 5, 30


class Direction(StrEnum):
    SEND = "send"
    RETURN = "return"


class ZoneClass(StrEnum):
    SAME_ZONE = "same_zone"
    SAME_PROVINCE = "same_province"
    SAME_REGION = "same_region"
    OTHER_REGION = "other_region"


class ChargeKind(StrEnum):
    POSTAGE = "postage"
    STATE_FEE = "state_fee"
    REMITTANCE = "remittance"


class Discount(StrEnum):
    """Circular 22/2017/TT-BTTTT: free for pre-August-1945 revolutionaries and Heroic Mothers, half for seven groups."""

    NONE = "none"
    FREE = "free"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Rate:
    """One row: up to `weight_to_g` grams; `step_g` > 0 marks the price of each further step."""

    direction: Direction
    zone_class: ZoneClass
    weight_to_g: int
    price: int
    step_g: int
    valid_from: date
    valid_to: date | None
    legal_basis: str
    together: bool = False  # envelopes of one visit to one desk are weighed and paid as one sending


@dataclass(frozen=True, slots=True)
class PriceRange:
    """From … to … in đồng; the price at the door never exceeds `upper`."""

    lower: int
    upper: int
    legal_basis: str


@dataclass(frozen=True, slots=True)
class PricePart:
    kind: ChargeKind
    direction: Direction | None
    lower: int | None  # None: the desk will tell (state fee unknown)
    upper: int | None
    basis: str


def told_basis(basis: str) -> str:
    """A legal basis without what the operator's file remarks on its own source: that is for the operator alone."""
    return REMARK.sub("", basis)


def weight_of(papers: int, envelopes: int = 1) -> int:
    return papers * GRAMS_A_PAPER + envelopes * GRAMS_AN_ENVELOPE


def zone_class(from_zone: str, to_zone: str) -> ZoneClass:
    return ZoneClass.SAME_ZONE if from_zone == to_zone else ZoneClass.SAME_PROVINCE


def _valid(rates: Sequence[Rate], direction: Direction, zone: ZoneClass, day: date) -> list[Rate]:
    rows = [
        rate
        for rate in rates
        if rate.direction is direction
        and rate.zone_class is zone
        and rate.valid_from <= day
        and (rate.valid_to is None or day <= rate.valid_to)
    ]
    if not rows:
        raise DomainError("no_tariff", kind="conflict", day=day)
    return sorted(rows, key=lambda rate: (rate.step_g, rate.weight_to_g))


def _discounted(price: int, discount: Discount) -> int:
    return {Discount.NONE: price, Discount.HALF: price // 2, Discount.FREE: 0}[discount]


def price(rates: Sequence[Rate], direction: Direction, zone: ZoneClass, grams: int, day: date) -> tuple[int, int]:
    """The price for `grams` and the price of the next band up, in đồng. Raises `no_tariff` when no row is in force."""
    rows = _valid(rates, direction, zone, day)
    bands = [rate for rate in rows if rate.step_g == 0]
    step = next((rate for rate in rows if rate.step_g > 0), None)
    for index, rate in enumerate(bands):
        if grams <= rate.weight_to_g:
            upper = bands[index + 1].price if index + 1 < len(bands) else rate.price + (step.price if step else 0)
            return rate.price, upper
    if step is None:
        raise DomainError("too_heavy", kind="invalid", grams=grams)
    extra = -(-(grams - bands[-1].weight_to_g) // step.step_g)
    return bands[-1].price + extra * step.price, bands[-1].price + (extra + 1) * step.price


def paid_together(rates: Sequence[Rate], direction: Direction, zone: ZoneClass, day: date) -> bool:
    """Does the tariff let the envelopes of one visit to one desk be one sending? Raises `no_tariff`."""
    return all(rate.together for rate in _valid(rates, direction, zone, day))


def postage(
    rates: Sequence[Rate],
    direction: Direction,
    zone: ZoneClass,
    papers: int,
    day: date,
    discount: Discount = Discount.NONE,
) -> PriceRange:
    """One direction's postage as a band in đồng, for an envelope of `papers` papers."""
    return postage_of(rates, direction, zone, weight_of(papers), day, discount)


def postage_of(
    rates: Sequence[Rate],
    direction: Direction,
    zone: ZoneClass,
    grams: int,
    day: date,
    discount: Discount = Discount.NONE,
) -> PriceRange:
    """The same for a sending of any number of envelopes."""
    lower, upper = price(rates, direction, zone, grams, day)
    basis = _valid(rates, direction, zone, day)[0].legal_basis
    return PriceRange(_discounted(lower, discount), _discounted(upper, discount), basis)
