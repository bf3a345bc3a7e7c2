"""Every message with values as long as they come: what it may cost, and what an operator of messages registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.greeting import WORDS
from app.domain.templates import LONGEST, template
from app.texts import say

SLOTS: Final[Mapping[str, str]] = {
    "vi": "chiều Chủ Nhật 24/12 (13:00–17:00)",
    "en": "Wednesday 24/12, afternoon (13:00–17:00)",
}
VALUES: Final[Mapping[str, str]] = {
    "reference": "TN-4C7H2M",
    "parcel": "CA123456785VN",
    "day": "24/12",
    "due": "24/12/2026",
    "until": "24/12/2026",
    "given": "12",
    "all": "14",
    "number": "KN-4C7H2M",
    "amount": "1.200.000",
    **{param: "m" * most for param, most in LONGEST.items()},
    "ask": "02693822115",
}
SHORT_PART: Final = "W8mWw0mQ4Zk"  # of a tracking link
LINK_PLACE: Final = "{link}"


def params_of(name: str) -> frozenset[str]:
    """What fills in the sentence, its places apart."""
    found = template(name)
    return found.params | {one for one in ("reference", "ask") if f"%({one})s" in found.sentence}


def longest(name: str, language: str, link: str, ask: str = VALUES["ask"]) -> str:
    """The text as it is sent, as long as it gets."""
    values = {**VALUES, "slot": SLOTS[language], "ask": ask}
    text = say(template(name).sentence, language, **{param: values[param] for param in params_of(name)})
    return text.replace("{code}", "123456").replace("{word}", max(WORDS, key=len)).replace(LINK_PLACE, link)


def patterns(name: str, language: str, *, links: bool = True) -> tuple[str, ...]:
    """Each form in which the text may leave, with a name in braces wherever a message says something of its own.

    Where the link would cost a third segment it stays out, and everywhere with an operator that is given no `links`: an operator
    compares whole texts, so that the one without its link is a template of its own.
    """
    whole = say(template(name).sentence, language, **{param: f"{{{param}}}" for param in params_of(name)})
    bare = whole.removesuffix(LINK_PLACE).rstrip()
    return (whole, bare) if links and bare != whole else (bare,)
