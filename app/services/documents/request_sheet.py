"""Phiếu yêu cầu: what was asked for, the times, the papers to put ready and the price, with a QR that leads to the page.

It hangs on walls and lies in shops: it names nobody and tells no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.checklist import papers_of_case
from app.domain.errand import RequestKind
from app.models import Errand, Office, ServiceRequest
from app.services.documents.leaflet import paper_row
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BRAND, REQUEST_KINDS, REQUEST_SHEET, VISITS
from app.texts.slots import slot_label

Lines = Sequence[tuple[str, str]]  # name and value


def render(
    request: ServiceRequest, visits: Sequence[Errand], prices: Lines, base_url: str, day: date, language: str = "vi"
) -> bytes:
    """A PDF on A5. `visits`: those still promised; of one without a slot it says that the time is told later."""
    words = {key: say(sentence, language) for key, sentence in REQUEST_SHEET.items() if "%" not in sentence}
    return typeset(
        "request_sheet",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "reference": request.reference,
            "kind": say(REQUEST_KINDS[request.kind], language),
            "visits": [_visit(visit, words, language) for visit in visits],
            "dossiers": _dossiers(request, language),
            "prices": [list(line) for line in prices],
            "office": _office(visits[0].office, words) if visits else [],
            "qr": qr_svg(f"{base_url}/theo-doi/{request.tracking_token}", border=0),
            "as_of": say(REQUEST_SHEET["as_of"], language, day=day),
        },
    )


def _visit(visit: Errand, words: dict[str, str], language: str) -> list[str]:
    slot = visit.slot
    when = slot_label(slot.kind, slot.starts_at, slot.ends_at, language) if slot is not None else words["later"]
    return [say(VISITS[visit.kind], language), when]


def _dossiers(request: ServiceRequest, language: str) -> list[dict[str, Any]]:
    """Of a result that is only brought there is nothing to put ready."""
    return [
        {
            "name": dossier.procedure.name,
            "code": dossier.code or "",
            "papers": []
            if request.kind is RequestKind.RECEIVE
            else [paper_row(line, language) for line in papers_of_case(dossier.procedure.papers, dossier.cases)],
        }
        for dossier in request.dossiers
    ]


def _office(office: Office, words: dict[str, str]) -> list[list[str]]:
    told = (
        (words["office"], ", ".join(filter(None, (office.name, office.address)))),
        (words["phone"], office.phone),
        (words["hours"], office.opening_hours),
    )
    return [[name, value] for name, value in told if value]
