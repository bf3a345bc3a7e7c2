"""Order numbers: made of what the order is for, so that a retry is never a second order (docs/domain.md §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_ATTEMPTS: Final = 99
SHAPE: Final = re.compile(r"(?P<dossier>[0-9A-Z.]+-[0-9]{6}-[0-9]{4,5})-(?P<purpose>TG|KQ|LC)(?P<attempt>[0-9]{2})")


class Purpose(StrEnum):
    """Why an item travels: `TG` collection at home, `KQ` result, `LC` transfer between desks."""

    COLLECT = "TG"
    RESULT = "KQ"
    TRANSFER = "LC"


@dataclass(frozen=True, slots=True)
class OrderNumber:
    """`{dossier code}-{TG|KQ|LC}{nn}`; nn is the attempt, 1 to 99. The same three things are the same number."""

    dossier_code: str
    purpose: Purpose
    attempt: int

    def __post_init__(self) -> None:
        if not 1 <= self.attempt <= MOST_ATTEMPTS:
            raise ValueError(f"attempt: must be 1 to {MOST_ATTEMPTS}")
        if not SHAPE.fullmatch(str(self)):
            raise ValueError("dossier_code: must look like H21.65-220914-0011")

    def __str__(self) -> str:
        return f"{self.dossier_code}-{self.purpose.value}{self.attempt:02d}"

    @classmethod
    def parse(cls, text: str) -> OrderNumber:
        """Read a number back from an operator's event; raise ValueError when it is none of ours."""
        match = SHAPE.fullmatch(text.strip().upper())
        if match is None:
            raise ValueError("order number: not one of ours")
        return cls(match["dossier"], Purpose(match["purpose"]), int(match["attempt"]))
