"""The survey of a visit on paper, for who has no telephone: boxes to tick, the request's code, a QR to its page; nobody's name."""

from __future__ import annotations

from app.models import ServiceRequest
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BRAND, SURVEY_SLIP
from app.texts.voice import ANSWERS, REASONS


def render(request: ServiceRequest, base_url: str) -> bytes:
    """A PDF in A6 landscape, in the citizen's language of messages."""
    language = request.language
    return typeset(
        "survey_slip",
        {
            "language": language,
            "words": {key: say(sentence, language) for key, sentence in SURVEY_SLIP.items()},
            "brand": say(BRAND, language),
            "reference": request.reference,
            "answers": [say(word, language) for word in ANSWERS.values()],
            "reasons": [say(word, language) for word in REASONS.values()],
            "qr": qr_svg(f"{base_url}/theo-doi/{request.tracking_token}/y-kien", border=0),
        },
    )
