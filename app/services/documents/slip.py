"""Phiếu gửi hồ sơ: the signed list, twice, one for the sender and one for the envelope (Decision 45/2016/QĐ-TTg)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from app.domain.checklist import Tick
from app.domain.operation import FileKind
from app.domain.slip import Copy, Signer, file_wants_signed_slip, signs_with_pen
from app.domain.tariff import ChargeKind, Direction
from app.models import Charge, CustodyEvent, Errand, FileUse, Parcel, RequiredPaper, ServiceRequest
from app.queries.custody.state import checklist_of
from app.services.documents.barcode import code128
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import dong, say, spoken
from app.texts.documents import BRAND, SLIP


def render(session: Session, parcel: Parcel, base_url: str, language: str = "vi") -> bytes:
    """A PDF of two A5 pages. Papers are listed as they were sealed, also after the desk has opened the envelope."""
    words = {key: say(sentence, language) for key, sentence in SLIP.items()}
    ticked = (checklist_of(session, parcel.id) or {}).get("papers", {})
    request = parcel.dossier.request
    return typeset(
        "slip",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "parcel": parcel.code,
            "bars": code128(parcel.code),
            "fields": _fields(session, parcel, words, language),
            "papers": _papers(parcel),
            "pens": pens(
                words,
                on_glass=_on_glass(session, parcel),
                wanted=file_wants_signed_slip(parcel.dossier.procedure.papers),
            ),
            "notes": _notes(parcel.dossier.procedure.papers, ticked, words),
            "qr": qr_svg(f"{base_url}/theo-doi/{request.tracking_token}", border=0),
        },
    )


def pens(words: Mapping[str, str], *, on_glass: bool, wanted: bool) -> dict[str, list[str]]:
    """Under each name of each copy: whether to sign there."""
    without = words["on_glass" if on_glass else "no_pen"]
    return {
        copy.value: [
            words["sign_hint"] if signs_with_pen(copy, signer, on_glass=on_glass, wanted=wanted) else without
            for signer in Signer
        ]
        for copy in Copy
    }


def _on_glass(session: Session, parcel: Parcel) -> bool:
    """Whether the act that sealed it carries the citizen's signature or thumbprint."""
    sealing = (
        select(FileUse.id)
        .join(Errand, Errand.id == FileUse.errand_id)
        .join(CustodyEvent, CustodyEvent.operation_id == cast(FileUse.operation_id, Text))
        .where(
            Errand.request_id == parcel.dossier.request_id,
            FileUse.kind == FileKind.CITIZEN_SIGNATURE,
            CustodyEvent.parcel_id == parcel.id,
            CustodyEvent.event_no == 1,
        )
    )
    return session.scalar(sealing.limit(1)) is not None


def _fields(session: Session, parcel: Parcel, words: dict[str, str], language: str) -> list[list[str]]:
    dossier, request = parcel.dossier, parcel.dossier.request
    erased = words["erased"]
    sealed_at = session.scalar(
        select(CustodyEvent.occurred_at).where(CustodyEvent.parcel_id == parcel.id, CustodyEvent.event_no == 1)
    )
    rows = [
        (words["reference"], request.reference),
        (words["sender"], request.applicant.name or erased),
        (words["address"], _address(request, erased)),
        (words["phone"], request.applicant.phone or "—"),
        (words["agency"], dossier.desk.name),
        (words["procedure"], f"{dossier.procedure.name} ({dossier.procedure.code})"),
        (words["seal"], parcel.seals[0].number if parcel.seals else "—"),
        (words["sealed_at"], str(spoken(sealed_at, language)) if sealed_at else "—"),
        (words["postage"], _postage(session, parcel, language)),
    ]
    return [[name, value] for name, value in rows if value]


def _address(request: ServiceRequest, erased: str) -> str:
    place = request.place
    return f"{place.address}, {place.unit.name}" if place.address else erased


def _postage(session: Session, parcel: Parcel, language: str) -> str:
    owed = select(func.sum(Charge.amount)).where(
        Charge.dossier_id == parcel.dossier_id,
        Charge.kind == ChargeKind.POSTAGE,
        Charge.direction == Direction.SEND,
    )
    amount = session.execute(owed).scalar_one()
    return dong(int(amount), language) if amount is not None else ""


def _papers(parcel: Parcel) -> list[dict[str, Any]]:
    """One row a line and form; what the desk found missing was sealed in, too."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for paper in parcel.papers:
        row = rows.setdefault(
            (paper.line, paper.form.value),
            {"line": paper.line, "name": paper.name, "form": paper.form.value, "count": 0},
        )
        row["count"] += paper.count
    return [row for _, row in sorted(rows.items())]


def _notes(lines: list[RequiredPaper], ticked: dict[str, list[Any]], words: dict[str, str]) -> list[list[str]]:
    """What is not inside, and why: missing, or looked up in a database."""
    notes = []
    for tick, word in ((Tick.MISSING, "missing"), (Tick.LOOKED_UP, "looked_up")):
        names = [line.name for line in lines if ticked.get(str(line.line), [None])[0] == tick.value]
        if names:
            notes.append([words[word], "; ".join(names)])
    return notes
