"""What a courier carries out in the morning, in one PDF: route sheet, slips to be signed before sealing, cards for the gate.

The slip is the published list with room to write (Decision 45/2016/QĐ-TTg: counted, compared and signed at the door).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.checklist import Mode, papers_of_visit
from app.domain.errand import ErrandKind
from app.domain.preparing import prepared
from app.domain.slip import file_wants_signed_slip
from app.models import Dossier, Errand, Office, RequiredPaper, Route, Stop
from app.queries.desks.papers import due_of
from app.services.booking.rebooking import card_token
from app.services.documents.qr import qr_svg
from app.services.documents.route_sheet import load_route, sheet_of
from app.services.documents.slip import pens
from app.services.documents.typeset import typeset
from app.texts import say
from app.texts.documents import BLANK_SLIP, BRAND, CARD, PENS
from app.texts.papers import counted, remarks


class RoutePaper(StrEnum):
    SHEET = "bang-ke"
    SLIPS = "phieu-gui"
    CARDS = "the-hen-lai"


EVERYTHING = frozenset(RoutePaper)


@dataclass(frozen=True, slots=True)
class Printing:
    """Whose secrets sign the cards, where the QR leads, in which language."""

    keys: Keys
    base_url: str
    language: str = "vi"


def render(session: Session, route_id: int, printing: Printing, parts: frozenset[RoutePaper] = EVERYTHING) -> bytes:
    """A PDF of A4 pages: the sheet, one page a slip (two copies side by side), eight cards a page. Raises `not_found`."""
    route = load_route(session, route_id)
    language = printing.language
    return typeset(
        "route_papers",
        {
            "language": language,
            "words": {"slip": _words(BLANK_SLIP, language), "card": _words(CARD, language)},
            "brand": say(BRAND, language),
            "sheet": sheet_of(session, route, printing.keys, language) if RoutePaper.SHEET in parts else None,
            "slips": list(_slips(session, route, language)) if RoutePaper.SLIPS in parts else [],
            "cards": list(_cards(route, printing)) if RoutePaper.CARDS in parts else [],
        },
    )


def _words(sentences: Mapping[str, str], language: str) -> dict[str, str]:
    return {key: say(sentence, language) for key, sentence in sentences.items() if "%" not in sentence}


def _slips(session: Session, route: Route, language: str) -> Iterator[dict[str, Any]]:
    """One a dossier to be collected, and one a dossier whose originals are due before its result."""
    for stop in route.stops:
        for errand in stop.errands:
            due = due_of(session, errand)
            for dossier in errand.dossiers:
                if errand.kind is ErrandKind.COLLECT:
                    lines: Sequence[RequiredPaper] = papers_of_visit(
                        dossier.procedure.papers, dossier.cases, errand.only_lines
                    )
                    yield _slip(errand, dossier, lines, "", language)
                elif dossier.id in due:
                    yield _slip(errand, dossier, due[dossier.id], say(BLANK_SLIP["due"], language), language)


def _slip(errand: Errand, dossier: Dossier, lines: Sequence[RequiredPaper], note: str, language: str) -> dict[str, Any]:
    request, place, procedure = errand.request, errand.place, dossier.procedure
    words = {key: say(BLANK_SLIP[key], language) for key in ("sender", "address", "agency", "procedure")}
    version = say(BLANK_SLIP["list"], language, version=procedure.version)
    rows = (
        (words["sender"], request.applicant.name),
        (words["address"], f"{place.address}, {place.unit.name}" if place.address else place.unit.name),
        (words["agency"], dossier.desk.name),
        (words["procedure"], f"{procedure.name} ({procedure.code}). {version}"),
    )
    wanted = not note and file_wants_signed_slip(procedure.papers)  # what goes later goes to a file that has its slip
    return {
        "signing": say(BLANK_SLIP["signing_wanted" if wanted else "signing"], language),
        "pens": pens(_words(PENS, language), on_glass=True, wanted=wanted),
        "reference": request.reference,
        "qr": qr_svg(request.reference, border=0),
        "fields": [[name, value or "—"] for name, value in rows],
        "note": note,
        "papers": [paper_row(line, language) for line in lines if line.mode != Mode.DECLARE],
    }


def paper_row(line: RequiredPaper, language: str) -> dict[str, Any]:
    """One line of the slip: the paper, and how it travels."""
    ready = prepared(line)
    return {
        "line": line.line,
        "name": line.name,
        "wanted": ", ".join(counted(ready, language)),
        "note": "; ".join(remarks(ready, language)),
    }


def _cards(route: Route, printing: Printing) -> Iterator[dict[str, Any]]:
    """One a household: what one request has at one door is arranged anew together."""
    for number, stop in enumerate(route.stops, start=1):
        for _request, errands in groupby(_by_request(stop), lambda errand: errand.request_id):
            visits = list(errands)
            token = card_token(printing.keys.web, [errand.id for errand in visits], route.plan.day)
            yield {
                "qr": qr_svg(f"{printing.base_url}/hen-lai/{token}", border=0),
                "reference": visits[0].request.reference,
                "office": _whereabouts(route.office),
                "stop": say(CARD["stop"], printing.language, n=number),
            }


def _by_request(stop: Stop) -> list[Errand]:
    def order(errand: Errand) -> tuple[UUID, UUID]:
        return errand.request_id, errand.id

    return sorted(stop.errands, key=order)


def _whereabouts(office: Office) -> str:
    return f"{office.name}, {office.address}" if office.address else office.name
