"""Bản kê túi thư: what travels under one seal, for both ends; codes and seals only, nothing about any person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.domain.custody import Party
from app.models import Bag, Parcel
from app.queries.custody.parties import names_of
from app.services.documents.barcode import code128
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import say, spoken
from app.texts.bags import MANIFEST
from app.texts.documents import BRAND


def render(session: Session, bag: Bag, language: str = "vi") -> bytes:
    """A PDF in A4, the bag's code as Code 128 and QR; the envelopes by code, as they were packed."""
    words = {key: say(sentence, language) for key, sentence in MANIFEST.items()}
    ends = Party(bag.from_holder, bag.from_id), Party(bag.to_holder, bag.to_id)
    names = names_of(session, ends)
    fields = [
        (words["from"], names[ends[0]]),
        (words["to"], names[ends[1]]),
        (words["seal"], bag.seal_number),
        (words["closed_at"], str(spoken(bag.closed_at, language))),
        (words["count"], str(len(bag.items))),
    ]
    return typeset(
        "manifest",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "bag": bag.code,
            "bars": code128(bag.code),
            "qr": qr_svg(bag.code, border=0),
            "fields": [[name, value] for name, value in fields],
            "rows": [
                {
                    "position": item.position,
                    "code": item.parcel.code,
                    "what": str(spoken(item.parcel.purpose, language)),
                    "seal": _seal(item.parcel),
                }
                for item in bag.items
            ],
        },
    )


def _seal(parcel: Parcel) -> str:
    return ", ".join(seal.number for seal in parcel.seals if seal.broken_at is None) or "—"
