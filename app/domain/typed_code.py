"""Codes as people, printers and scanners give them; the phone reads them the same (`engine/typed-code.ts`, one list of cases).

Blanks of the UPU's print, hyphens, small and full-width characters, what a scanner puts before a code (AIM `]C1`), words
before it ("Mã:"), and what a keyboard for Vietnamese has made of two letters: Telex turns ES into É and DD into Đ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import Final

STROKE: Final = "\u0335"  # Đ has no decomposition of its own
LONGEST: Final = 60
MARKED: Final = 4  # of two letters before and two behind
_BLANK: Final = {"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"}
_BEFORE: Final = re.compile(r"^(?:\][A-Z][0-9A-F]|Ư[A-Z][0-9](?=[A-Z])|[^0-9]*[:/=#])")  # Telex: a ] is an Ư
_LETTER: Final = re.compile(r"([A-Z0-9])([\u0300-\u0335]*)")
TELEX: Final = {"\u0301": "S", "\u0300": "F", "\u0309": "R", "\u0303": "X", "\u0323": "J", "\u0306": "W", "\u031b": "W"}
VNI: Final = {
    "\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5", "\u0302": "6", "\u031b": "7", "\u0306": "8",
    STROKE: "9",
}  # fmt: skip


def plain(text: str) -> str:
    """Capitals and digits as on the label, without blanks, hyphens and what a scanner or a word puts before them."""
    shown = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).upper()
    return _BEFORE.sub("", "".join(one for one in shown if unicodedata.category(one) not in _BLANK))


def readings(text: str) -> Iterable[str]:
    """What may have been meant: as it stands, or as it was before the keyboard joined keys into a Vietnamese letter."""
    spread = unicodedata.normalize("NFD", plain(text).replace("Đ", "D" + STROKE))
    letters = _LETTER.findall(spread)
    if len(spread) > LONGEST or "".join(base + marks for base, marks in letters) != spread:
        return ()
    if sum(bool(marks) for _, marks in letters) > MARKED:
        return ()
    return {"".join(keys) for keys in product(*(_keys(base, marks) for base, marks in letters))}


def _keys(base: str, marks: str) -> set[str]:
    if not marks:
        return {base}
    telex = "".join(TELEX.get(mark, base) for mark in marks)
    vni = "".join(VNI[mark] for mark in marks if mark in VNI)
    alone = {"W"} if base == "U" and marks == "\u031b" else set()  # Telex: a W by itself is Ư
    return {base, base + telex, base + vni, *alone}
