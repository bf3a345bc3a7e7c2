"""Take a typed address apart: administrative parts with their kinds, whatever the commas, dots and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vn_text import fold, normalize, repair_mojibake

Level = Literal["commune", "ward", "township", "district", "province", "below", "unsaid"]

SEPARATORS: Final = re.compile(r"[,;\n\r()|–—]+|\s-\s")
ABBREVIATIONS: Final = (
    (re.compile(r"\btp\b\.?"), " thành phố "),
    (re.compile(r"\btx\b\.?"), " thị xã "),
    (re.compile(r"\btt\b\.?"), " thị trấn "),
    (re.compile(r"(?:^\s*p\s+|\bp\.)(?=\s*[^\W\d])"), " phường "),
    (re.compile(r"(?:^\s*x\s+|\bx\.)(?=\s*[^\W\d])"), " xã "),
    (re.compile(r"(?:^\s*h\s+|\bh\.)(?=\s*[^\W\d])"), " huyện "),
    (re.compile(r"\bt\.(?=\s*[^\W\d])"), " tỉnh "),
)
BESIDE: Final = re.compile(
    r"\bvi[eệ]t\s?nam\b|\b(?:sđt|sdt|đt|tel|điện thoại|dien thoai|liên hệ|lien he)\b\.?:?|\+?\d[\d .-]{6,}\d|\b\d{5,6}\b"
)
"""What stands beside an address and names no place: the country, a postcode, a telephone."""
NOT_NAMES: Final = re.compile(r"\bcũ\b|\b(?:nay là|trước đây|trước là|thuộc)\b")
WORD: Final = re.compile(r"[^\W_]+")
KIND_WORDS: Final[tuple[tuple[tuple[frozenset[str], ...], Level], ...]] = (
    # with or without accents, but not with others: "phượng" is a person
    ((frozenset({"thị", "thi"}), frozenset({"trấn", "tran"})), "township"),
    ((frozenset({"thị", "thi"}), frozenset({"xã", "xa"})), "district"),
    ((frozenset({"thành", "thanh"}), frozenset({"phố", "pho"})), "district"),
    ((frozenset({"huyện", "huyen"}),), "district"),
    ((frozenset({"quận"}),), "district"),  # never without accents: Tam Quan
    ((frozenset({"tỉnh", "tinh"}),), "province"),
    ((frozenset({"phường", "phuong"}),), "ward"),
    ((frozenset({"xã", "xa"}),), "commune"),
)
BELOW: Final = frozenset(
    {
        *("thon", "lang", "buon", "bon", "plei", "xom", "ap", "to", "khu", "doi", "ban", "chung"),
        *("duong", "so", "hem", "ngo", "ngach", "kiet", "quoc", "nha", "km"),
    }
)


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One administrative part of an address: its level, its words as typed (lower case) and folded."""

    level: Level
    words: tuple[str, ...]
    folded: tuple[str, ...]


def parts_of(text: str) -> list[AddressPart]:
    """Return the parts of an address in the order typed; the first words of a part that say its kind are left out."""
    found: list[AddressPart] = []
    for segment in SEPARATORS.split(BESIDE.sub(", ", normalize(repair_mojibake(text)).lower())):
        spelled = NOT_NAMES.sub(" ", _spelled_out(segment))
        found.extend(_split_at_kinds(WORD.findall(spelled)))
    return found


def _spelled_out(segment: str) -> str:
    for pattern, words in ABBREVIATIONS:
        segment = pattern.sub(words, segment)
    return segment


def _split_at_kinds(words: Sequence[str]) -> Iterator[AddressPart]:
    level: Level = "unsaid"
    start = index = 0
    while index < len(words):
        kind = _kind_at(words, index)
        if kind is None:
            index += 1
            continue
        yield from _part(level, words[start:index])
        level, length = kind
        index += length
        start = index
    yield from _part(level, words[start:])


def _kind_at(words: Sequence[str], index: int) -> tuple[Level, int] | None:
    for pattern, level in KIND_WORDS:
        here = words[index : index + len(pattern)]
        if len(here) == len(pattern) and all(word in forms for word, forms in zip(here, pattern, strict=True)):
            return level, len(pattern)
    return None


def _part(level: Level, words: Sequence[str]) -> Iterator[AddressPart]:
    if not words:
        return
    folded = tuple(fold(word) for word in words)
    if level == "unsaid" and folded[0] in BELOW:
        level = "below"
    yield AddressPart(level, tuple(words), folded)
