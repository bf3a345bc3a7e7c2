"""Choose a time for the visit that fetches missing papers: the same question on a citizen's page and on a staff page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain.errors import DomainError
from app.models import Dossier
from app.queries.reference import serving
from app.services.booking import missing_papers, slots
from app.unit_of_work import UnitOfWork
from app.web.citizens.visit_time import chosen_slot, days_of
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction
from app.web.whom_to_call import told


def offer_of(session: UnitOfWork, dossier: Dossier) -> dict[str, Any]:
    """Which papers, at what price, and when somebody could come."""
    unit = dossier.request.place.unit.code
    missing = missing_papers.missing(session, dossier, now())
    free = slots.open_slots(session, unit, now(), language()) if missing.papers and missing.visit is None else []
    (place,) = serving.served(session, [unit], now().date())
    return {"dossier": dossier, "missing": missing, "days": days_of(free), "place": place}


def book_fetching(dossier_id: UUID, by: str) -> dict[str, str]:
    """What is wrong, by field; empty when the visit stands."""
    slot_id = chosen_slot()
    if slot_id is None:
        return {"slot": _("Xin chọn một giờ hẹn.")}
    try:
        with transaction() as session:
            missing_papers.fetch(session, dossier_id, slot_id, by, now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return {"slot": told(refusal)}
    return {}
