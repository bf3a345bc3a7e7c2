"""Waybill numbers that an operator hands out beforehand: UPU S10 ranges, used once and in order (docs/domain.md §5, B)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
SHAPE: Final = re.compile(r"(?P<service>[A-Z]{2})(?P<serial>[0-9]{8})(?P<check>[0-9])(?P<country>[A-Z]{2})")
MOST_SERIAL: Final = 99_999_999


class PoolSpent(Exception):
    """Every number was used: ask the operator for a new range."""


@dataclass(frozen=True, slots=True)
class WaybillRange:
    """Serials `first` to `last` of a service, without check digits: `WaybillRange("RT", 47312400, 47312499)`."""

    service: str
    first: int
    last: int
    country: str = "VN"

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= MOST_SERIAL:
            raise ValueError("range: first and last must be serials of at most 8 digits, first not after last")
        if not re.fullmatch(r"[A-Z]{2}", self.service) or not re.fullmatch(r"[A-Z]{2}", self.country):
            raise ValueError("range: service and country are two capital letters")

    @classmethod
    def between(cls, first: str, last: str) -> WaybillRange:
        """Build a range from the two numbers printed on the operator's slip, check digits and all."""
        one, other = _checked(first), _checked(last)
        if (one["service"], one["country"]) != (other["service"], other["country"]):
            raise ValueError("range: the two numbers are of different services")
        return cls(one["service"], int(one["serial"]), int(other["serial"]), one["country"])

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class WaybillPool:
    """Ranges in the order they were handed out. Which index was used is the caller's row in the database."""

    ranges: tuple[WaybillRange, ...]

    def __post_init__(self) -> None:
        if any(_overlap(one, other) for at, one in enumerate(self.ranges) for other in self.ranges[:at]):
            raise ValueError("ranges: two of them overlap, and a number would be used twice")

    def __len__(self) -> int:
        return sum(len(one) for one in self.ranges)

    def at(self, index: int) -> str:
        """Return the number at `index`, from 0; raise PoolSpent behind the last."""
        left = index
        for one in self.ranges:
            if 0 <= left < len(one):
                return item_code(one.service, one.first + left, one.country)
            left -= len(one)
        raise PoolSpent(f"the pool holds {len(self)} numbers and all are used")


def item_code(service: str, serial: int, country: str = "VN") -> str:
    """Write an S10 number with its check digit (modulo 11): `item_code("RT", 47312482)` is RT473124829VN."""
    digits = f"{serial:08d}"
    check = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11
    return f"{service}{digits}{ {10: 0, 11: 5}.get(check, check) }{country}"


def _checked(text: str) -> re.Match[str]:
    match = SHAPE.fullmatch(re.sub(r"[\s-]", "", text).upper())
    if match is None or item_code(match["service"], int(match["serial"]), match["country"]) != match[0]:
        raise ValueError("waybill number: not an S10 number, or its check digit is wrong")
    return match


def _overlap(one: WaybillRange, other: WaybillRange) -> bool:
    same = (one.service, one.country) == (other.service, other.country)
    return same and one.first <= other.last and other.first <= one.last


def as_pool(slips: Sequence[tuple[str, str]]) -> WaybillPool:
    """Build a pool from pairs of first and last number, as configured."""
    return WaybillPool(tuple(WaybillRange.between(first, last) for first, last in slips))
