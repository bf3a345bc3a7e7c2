"""The printed hand-over code, left with a person who has no telephone. Whoever holds it holds a secret: print, hand over."""

from __future__ import annotations

from app.models import Errand
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BRAND, CODE_SLIP


def render(errand: Errand, code: str, base_url: str, language: str = "vi") -> bytes:
    """A PDF in A7 landscape: reference, six digits, the way to follow the dossier; no name, no address."""
    request = errand.request
    return typeset(
        "code_slip",
        {
            "language": language,
            "words": {key: say(sentence, language) for key, sentence in CODE_SLIP.items()},
            "brand": say(BRAND, language),
            "reference": request.reference,
            "code": f"{code[:3]} {code[3:]}",
            "qr": qr_svg(f"{base_url}/theo-doi/{request.tracking_token}", border=0),
        },
    )
