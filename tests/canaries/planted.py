"""What must not be found, by value and by form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.services.demo import people

SHORTEST: Final = 6
_ALONE: Final = re.compile(r"[0-9]+")
_NAMES: Final = "|".join(people.FAMILY)
_MIDDLES: Final = "|".join(people.MIDDLE)
_GIVEN: Final = "|".join((*people.GIVEN, r"\w+ Thử", r"\w+ Mẫu"))
_INVENTED: Final = "|".join((*people.NEUTRAL, *people.BODIES))

FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "phone": re.compile(r"(?<![\w.+-])(?:\+84|0084|0)[ .-]?[35789](?:[ .-]?[0-9]){8}(?![\w-])"),
    "ID number": re.compile(r"(?<![\w.-])0[0-9]{11}(?![\w-])"),
    "name": re.compile(rf"(?:{_NAMES}) (?:{_MIDDLES}) (?:{_GIVEN})|(?:{_INVENTED}) [0-9]{{4}}"),
    "bearer": re.compile(r"\b(?:Bearer|Basic) [\w.~+/=-]{8,}", re.IGNORECASE),
    "our key": re.compile(r"\b(?:tn_(?:live|test)|ta|tu)_[\w-]{16,}"),
    "webhook secret": re.compile(r"\bwhsec_[\w+/=-]{16,}"),
    "signed token": re.compile(r"\beyJ[\w-]{12,}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "password in an address": re.compile(r"://[^/\s:@]+:(?!\*{3}@)[^/\s:@]+@"),
    "one-time secret": re.compile(r"otpauth://\S+"),
    "tracking token": re.compile(r"/(?:theo-doi|t)/(?!<)[\w-]{11,}"),
    "code in an address": re.compile(
        r"[?&](?:state|token|key|secret|id_token|access_token)=[\w.%~-]{6,}|/tro-lai\?\S*code=[\w.%~-]{6,}"
    ),
}
"""Found whatever their value. An S10 label (`EA123456785VN`) and a masked number (`•••123`) have none of these forms."""


@dataclass(frozen=True, slots=True)
class Find:
    """`shown` tells which value it was to somebody who knows it, and nobody else; `line` has it covered."""

    kind: str
    shown: str
    line: str


@dataclass(slots=True)
class Planted:
    """Values by their kind: `sms code` is looked for as a number that stands alone, all others anywhere.

    A run plants tens of thousands: a text is asked where one of their beginnings stands, not each of them whether it is there.
    """

    values: dict[str, str] = field(default_factory=dict)
    begun: dict[str, list[str]] = field(default_factory=dict)

    def add(self, value: str, kind: str) -> None:
        """Too short or too common to tell from a word of ours: left out."""
        value = unicodedata.normalize("NFC", value.strip())
        if len(value) >= SHORTEST and value not in self.values:
            self.values[value] = kind
            self.begun.setdefault(value[:SHORTEST], []).append(value)

    def search(self, text: str) -> Iterator[Find]:
        """Every value and every form in `text`, one `Find` a value."""
        if not text:
            return
        text = unicodedata.normalize("NFC", text)
        for value in sorted(self._possible(text)):
            place = _place(value, text)
            if place is not None:
                yield _find(self.values[value], value, text, place)
        for kind, form in FORMS.items():
            for value, place in {found.group(): found.start() for found in form.finditer(text)}.items():
                yield _find(kind, value, text, place)

    def _possible(self, text: str) -> set[str]:
        """The values whose beginning stands somewhere in `text`."""
        beginnings = {text[start : start + SHORTEST] for start in range(len(text))}
        return {value for start in beginnings & self.begun.keys() for value in self.begun[start]}

    def cover(self, text: str) -> str:
        """The text with every planted value covered: a report of a leak is no second one."""
        text = unicodedata.normalize("NFC", text)
        for value, kind in tuple(self.values.items()):
            text = text.replace(value, f"‹{kind}›")
        return text


def _place(value: str, text: str) -> int | None:
    if value not in text:
        return None
    if not _ALONE.fullmatch(value):
        return text.index(value)
    found = re.search(rf"(?<![\w.:+-]){value}(?![\w:%-])", text)
    return found.start() if found else None


def _find(kind: str, value: str, text: str, place: int) -> Find:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[start : end if end >= 0 else len(text)].replace(value, f"‹{kind}›")
    return Find(kind, f"{value[:2]}… ({len(value)} characters)", line[:300])
