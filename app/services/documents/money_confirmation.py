"""Giấy xác nhận thu tiền on paper: our number, what was paid for, how and when; it names nobody and never changes.

It is handed on, to an employer as to a neighbour: no QR on it leads to the request.
"""

from __future__ import annotations

from datetime import date

from app.models import ServiceRequest
from app.queries.tracking.payments import Payment
from app.services.documents.typeset import typeset
from app.texts import dong, say, spoken
from app.texts.documents import BRAND, MONEY_CONFIRMATION, PAID


def render(request: ServiceRequest, payment: Payment, day: date, language: str = "vi") -> bytes:
    """A PDF in A6 landscape."""
    words = {key: say(sentence, language) for key, sentence in MONEY_CONFIRMATION.items() if "%" not in sentence}
    how = words["transfer" if payment.confirmation is not None else "cash"]
    facts = [
        (words["number"], payment.number),
        (words["reference"], request.reference),
        (words["when"], str(spoken(payment.paid_at, language))),
        (words["how"], how),
        (words["official"], payment.official or ""),
    ]
    return typeset(
        "money_confirmation",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "facts": [[name, value] for name, value in facts if value],
            "parts": [[say(PAID[kind], language), dong(amount, language)] for kind, amount in payment.parts],
            "sum": dong(payment.amount, language),
            "as_of": say(MONEY_CONFIRMATION["as_of"], language, day=day),
        },
    )
