"""JSON text into values, losing nothing on the way: what JSON itself would drop or choke on is left for the reader to name."""

import json
import math
from collections.abc import Sequence
from typing import Any

LONGEST_NUMBER = 20
"""Digits beyond which a whole number is read as infinite: no field takes it, and its path is named."""


class Repeated(dict[str, Any]):
    """An object in whose text some keys stand more than once; ``keys_again`` names them."""

    keys_again: tuple[str, ...] = ()


def decode(data: bytes) -> Any:
    """Return the values of a JSON text in UTF-8; raise ``ValueError`` with a sentence where it is none.

    NaN, infinities and whole numbers of absurd length come back as floats that no field accepts.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from None
    if "\0" in text:
        raise ValueError("holds NUL bytes, so it is UTF-16 or no text at all: save it as UTF-8")
    if not text.strip():
        raise ValueError("is empty")
    try:
        return json.loads(text, parse_int=_whole, parse_constant=float, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else math.inf


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    again = Repeated(members)
    seen: set[str] = set()
    again.keys_again = tuple(dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # `add` answers None, which is false
    return again
