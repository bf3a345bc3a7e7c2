"""The printed card of one-time codes, for whoever signs in without an authenticator. A secret: print, keep in the purse."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BRAND, CODE_CARD


def render(username: str, codes: Sequence[str], language: str = "vi") -> bytes:
    """A PDF in A5: the user name and numbered codes, no person's name."""
    return typeset(
        "code_card",
        {
            "language": language,
            "words": {key: say(sentence, language) for key, sentence in CODE_CARD.items()},
            "brand": say(BRAND, language),
            "username": username,
            "codes": list(codes),
        },
    )
