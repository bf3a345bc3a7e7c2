"""Numbers set aside for a phone: receipts "TN00000051" and the serials of S10 labels, given out without a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import DomainError

RECEIPT_PREFIX: Final = "TN"
BLOCK: Final = 50
TOP_UP_BELOW: Final = 20
_RECEIPT = re.compile(rf"{RECEIPT_PREFIX}([0-9]{{8}})")

Run = tuple[int, int]
"""First and last of consecutive numbers."""


@dataclass(frozen=True, slots=True)
class Spare:
    """What a phone may still give out: the next number, the last of its run, and the runs after it."""

    next: int
    last: int
    more: tuple[Run, ...] = ()


def receipt_number(serial: int) -> str:
    return f"{RECEIPT_PREFIX}{serial:08d}"


def receipt_again(number: str, use: int) -> str:
    """The row of a number's second use is "TN00000051/2": what stands on the paper, and that it was used before."""
    return number if use == 1 else f"{number}/{use}"


def receipt_serial(number: str) -> int:
    """Raise `receipt_malformed` for what is no receipt number."""
    match = _RECEIPT.fullmatch(number)
    if match is None:
        raise DomainError("receipt_malformed", kind="invalid", field="receipt.number", given=number[:20])
    return int(match[1])


def runs(numbers: Iterable[int]) -> list[Run]:
    """Ascending numbers as runs: a roll that two phones draw from at once leaves holes in a block."""
    found: list[Run] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def unused(blocks: Sequence[Run], used: int | None) -> list[Run]:
    """What lies behind the highest used number, in the order of giving: a number passed over is never given again.

    `used`: the highest number known to be used, of any of the blocks; None: none yet.
    """
    if used is None:
        return list(blocks)
    return [(max(first, used + 1), last) for first, last in blocks if last > used]


def left(blocks: Sequence[Run]) -> int:
    return sum(last - first + 1 for first, last in blocks)
