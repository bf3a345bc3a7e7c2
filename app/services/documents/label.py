"""Labels of envelopes: the S10 code as Code 128 and QR, from which place to which; nothing about any person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.domain.parcel import ParcelPurpose
from app.models import Errand, Parcel
from app.services.documents.barcode import code128
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BRAND, LABEL

TO_THE_DESK = frozenset({ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.TRANSFER})


def render(session: Session, parcels: Sequence[Parcel], language: str = "vi") -> bytes:
    """A PDF of 100 × 60 mm labels, one a page."""
    words = {key: say(sentence, language) for key, sentence in LABEL.items()}
    return typeset(
        "label",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "labels": [_label(session, parcel, words) for parcel in parcels],
        },
    )


def _label(session: Session, parcel: Parcel, words: dict[str, str]) -> dict[str, Any]:
    errand = session.get(Errand, parcel.errand_id) if parcel.errand_id is not None else None
    office, desk = errand.office.name if errand is not None else "", parcel.dossier.desk.name
    outward = parcel.purpose in TO_THE_DESK
    if parcel.purpose is ParcelPurpose.TRANSFER:  # from one desk to another
        office, desk = desk, parcel.dossier.competent_desk.name
    return {
        "code": parcel.code,
        "bars": code128(parcel.code),
        "qr": qr_svg(parcel.code, border=0),
        "purpose": words[parcel.purpose.value],
        "from": office if outward else desk,
        "to": desk if outward else office,
        "warning": words["warning" if outward else "warning_home"],
    }
