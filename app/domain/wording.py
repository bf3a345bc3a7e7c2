"""What people type, as it is kept."""

from __future__ import annotations

import unicodedata
from typing import Final, NewType

Tidy = NewType("Tidy", str)
"""One line as it is kept, made by `tidy` where a form or a message is read."""

UNSAID: Final = Tidy("")

LARGEST: Final = 2**31 - 1  # what an id or a count may be: PostgreSQL's integer


def tidy(text: str | None, longest: int | None = None) -> Tidy:
    """One line in NFC without control characters (PostgreSQL refuses NUL) and without doubled blanks, cut to `longest`."""
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text or "")
    return Tidy(" ".join(unicodedata.normalize("NFC", plain).split())[:longest].rstrip())


FEWEST_LETTERS: Final = 2  # of a name: "Y" stands before one, never alone


def names_somebody(text: str) -> bool:
    """Is there a name in it? Dots and digits are none."""
    return sum(letter.isalpha() for letter in text) >= FEWEST_LETTERS


def whole_number(text: str) -> int | None:
    """A number from 0 to `LARGEST` in the digits 0–9, blanks around it apart; None for anything else.

    `str.isdigit` takes "²" for a digit and `int` does not; a longer number the database would refuse.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LARGEST))):
        return None
    number = int(digits)
    return number if number <= LARGEST else None


STROKED: Final = chr(0x111)  # d with a stroke is no accented d: a letter of its own


def folded(text: str) -> str:
    """Without case and accents, letter by letter, so that places in the text stay the same."""
    return "".join(_base(letter) for letter in text)


def _base(letter: str) -> str:
    bare = unicodedata.normalize("NFD", letter.casefold())[:1].replace(STROKED, "d")
    return bare or letter
