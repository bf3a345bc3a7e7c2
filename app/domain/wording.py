"""What people type, as it is kept."""

from __future__ import annotations

import unicodedata
from typing import Final

LARGEST: Final = 2**31 - 1  # what an id or a count may be: PostgreSQL's integer


def tidy(text: str | None) -> str:
    """One line in NFC without control characters (PostgreSQL refuses NUL) and without doubled blanks."""
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text or "")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def whole_number(text: str) -> int | None:
    """A number from 0 to `LARGEST` in the digits 0–9, blanks around it apart; None for anything else.

    `str.isdigit` takes "²" for a digit and `int` does not; a longer number the database would refuse.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LARGEST))):
        return None
    number = int(digits)
    return number if number <= LARGEST else None
