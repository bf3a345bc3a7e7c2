"""What somebody at a telephone types to find a request, as the things it may be: a code, the end of a telephone, words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.typed_code import plain
from app.domain.wording import folded, tidy

REFERENCE: Final = "TN-"
FEWEST_DIGITS, FEWEST_OF_CODE = 3, 3  # fewer would be everybody's
FEWEST_LETTERS: Final = 2
LENGTH: Final = 6  # of a code of ours, behind its beginning
MOST_WORDS, LONGEST = 8, 80
_WORD: Final = re.compile(r"[a-z0-9]+")
_DIALLED: Final = re.compile(r"[\d\s.+()-]+")
_CODE: Final = re.compile(r"(?:TN)?([A-Z0-9]{3,6})")
_FROM_ABROAD: Final = re.compile(r"(?:00)?84(?=\d{9,10}$)")


@dataclass(frozen=True, slots=True)
class Sought:
    """`code` of a dossier, `bare` of an envelope; `reference` begins one of ours; `digits` end a telephone.

    `words` have no accents.
    """

    code: str
    bare: str
    reference: str | None
    digits: str | None
    words: tuple[str, ...]

    @property
    def is_a_code(self) -> bool:
        """Of letters and digits, as no name is: what bears it is all that is meant."""
        return any(letter.isdigit() for letter in self.code) and len(self.bare) >= LENGTH

    @property
    def says_something(self) -> bool:
        return bool(self.reference or self.digits or self.words or len(self.code) >= FEWEST_OF_CODE)


def read_sought(typed: str) -> Sought:
    """Everything that it may mean: who is on the telephone says a name, a number or a code, and nobody asks which."""
    text = tidy(typed, LONGEST)
    code = "".join(text.split()).upper()
    bare = plain(text)
    shown = _CODE.fullmatch(bare)
    digits = _digits(text)
    words = tuple(_WORD.findall(folded(text)))[:MOST_WORDS]
    if (
        digits is not None
        or sum(len(word) for word in words) < FEWEST_LETTERS
        or not re.search("[a-z]", "".join(words))
    ):
        words = ()
    return Sought(code, bare, REFERENCE + shown[1] if shown else None, digits, words)


def _digits(text: str) -> str | None:
    """The end of a telephone, or all of it from 0."""
    if not _DIALLED.fullmatch(text):
        return None
    digits = _FROM_ABROAD.sub("0", re.sub(r"\D", "", text))
    return digits if len(digits) >= FEWEST_DIGITS else None
