"""A text as an SMS: without accents, and how many paid segments it takes (3GPP TS 23.038: GSM 7-bit or UCS-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vn_text import deaccent, normalize, strip_stroke

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("\f^{}\\[~]|€")  # two septets each
PLAIN: Final = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "·": "-",
        "\u00a0": " ",
        "₫": "d",
        "ƀ": "b",
        "Ƀ": "B",
    }
)


@dataclass(frozen=True, slots=True)
class Segments:
    """What an SMS costs: `count` paid segments, `length` units used, `accented` when it needs UCS-2."""

    count: int
    length: int
    accented: bool


def unaccented(text: str) -> str:
    """`Bưu tá đến “sáng mai” – 07:00` → `Buu ta den "sang mai" - 07:00`: GSM 7-bit throughout, to whatever a text holds.

    Letters of no such alphabet become question marks: one of them would make the whole text cost more than double.
    """
    text = strip_stroke(deaccent(normalize(text))).translate(PLAIN)
    return "".join(letter if letter in BASIC or letter in EXTENSION else "?" for letter in text)


def segments(text: str) -> Segments:
    """Count paid segments: 160, then 153 a segment in GSM 7-bit; 70, then 67 as soon as one letter needs UCS-2.

    A character of two units is never split over two segments, so the count is greedy, not a division.
    """
    text = normalize(text)
    if all(letter in BASIC or letter in EXTENSION for letter in text):
        return _count([2 if letter in EXTENSION else 1 for letter in text], single=160, part=153, accented=False)
    return _count([len(letter.encode("utf-16-le")) // 2 for letter in text], single=70, part=67, accented=True)


def _count(units: list[int], *, single: int, part: int, accented: bool) -> Segments:
    length = sum(units)
    if length <= single:
        return Segments(1 if units else 0, length, accented)
    count, used = 1, 0
    for unit in units:
        if used + unit > part:
            count, used = count + 1, 0
        used += unit
    return Segments(count, length, accented)
