"""A code that nobody explained to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A code that our table does not hold: kept as it came and shown as "unmapped", never dropped, never guessed."""

    code: str


def look_up(table: Mapping[str, Meaning], code: str) -> Meaning | Unknown:
    """Return what a code means; a code with zeros in front or blanks around it is the same code."""
    plain = code.strip()
    return table.get(plain) or table.get(plain.lstrip("0") or "0") or Unknown(code)
