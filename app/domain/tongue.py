"""What is spoken in a house, by a courier, by an interpreter. `language` is another thing: that of messages and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.wording import folded


class Tongue(StrEnum):
    """By its code in ISO 639-3 where it has one that people know."""

    KINH = "vi"
    JRAI = "jra"
    BAHNAR = "bdq"
    OTHER = "other"  # the courier asks, and calls somebody who knows


CALLED: Final[Mapping[str, Tongue]] = {
    "kinh": Tongue.KINH, "tieng kinh": Tongue.KINH, "viet": Tongue.KINH, "tieng viet": Tongue.KINH,
    "jrai": Tongue.JRAI, "gia rai": Tongue.JRAI, "gia-rai": Tongue.JRAI, "j'rai": Tongue.JRAI, "jarai": Tongue.JRAI,
    "khac": Tongue.OTHER, "tieng khac": Tongue.OTHER,
    "bahnar": Tongue.BAHNAR, "ba na": Tongue.BAHNAR, "ba-na": Tongue.BAHNAR, "bana": Tongue.BAHNAR,
}  # fmt: skip
UNDERSTOOD: Final = frozenset({None, Tongue.KINH})  # nobody said anything, or what every courier speaks


def needs_interpreter(tongue: Tongue | None, spoken: frozenset[str]) -> bool:
    """Whether who comes, speaking these, does not speak what is spoken there."""
    return tongue not in UNDERSTOOD and (tongue is Tongue.OTHER or str(tongue) not in spoken)


def parse_tongues(text: str, field: str = "tongues") -> tuple[Tongue, ...]:
    """ "Jrai, Ba Na" → their codes, in the order of `Tongue`, once each. Raises `tongue_unknown`."""
    named = [" ".join(part.split()) for part in re.split(r"[,;/+]", folded(text).replace("’", "'"))]
    said = {one: CALLED.get(one.removeprefix("tieng "), CALLED.get(one)) for one in named if one}
    for one, tongue in said.items():
        if tongue is None and one not in set(Tongue):
            raise DomainError("tongue_unknown", kind="invalid", field=field, given=one[:20])
    found = {tongue or Tongue(one) for one, tongue in said.items()}
    return tuple(one for one in Tongue if one in found)
