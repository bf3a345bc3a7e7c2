"""Labels of envelopes: the S10 code as Code 128 and QR; nothing about any person."""

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

TO_THE_DESK = frozenset(
    {ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT, ParcelPurpose.TRANSFER}
)


def render(session: Session, parcels: Sequence[Parcel], language: str = "vi") -> bytes:
    """A PDF of 100 × 60 mm labels of known envelopes, one a page: from which place to which."""
    words = _words(language)
    return _typeset("label", language, [_label(session, parcel, words) for parcel in parcels])


def render_sheets(codes: Sequence[str], language: str = "vi") -> bytes:
    """A PDF of A4 sheets with 24 labels each (3 × 8 of 70 × 37 mm), for envelopes that are still to be filled."""
    return _typeset("label_sheet", language, [_drawn(code) for code in codes])


def _typeset(sheet: str, language: str, labels: Sequence[dict[str, Any]]) -> bytes:
    brand = say(BRAND, language)
    return typeset(sheet, {"language": language, "words": _words(language), "brand": brand, "labels": labels})


def _words(language: str) -> dict[str, str]:
    return {key: say(sentence, language) for key, sentence in LABEL.items()}


def _drawn(code: str) -> dict[str, Any]:
    return {"code": code, "bars": code128(code), "qr": qr_svg(code, border=0)}


def _label(session: Session, parcel: Parcel, words: dict[str, str]) -> dict[str, Any]:
    errand = session.get(Errand, parcel.errand_id) if parcel.errand_id is not None else None
    office, desk = errand.office.name if errand is not None else "", parcel.dossier.desk.name
    outward = parcel.purpose in TO_THE_DESK
    if parcel.purpose is ParcelPurpose.TRANSFER:  # from one desk to another
        office, desk = desk, parcel.dossier.competent_desk.name
    return {
        **_drawn(parcel.code),
        "purpose": words[parcel.purpose.value],
        "from": office if outward else desk,
        "to": desk if outward else office,
        "warning": words["warning" if outward else "warning_home"],
    }
