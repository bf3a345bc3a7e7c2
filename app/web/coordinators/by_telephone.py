"""A citizen calls: another time for a visit, or none, or nothing has come. For whoever opens no link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import CancelErrand, RescheduleErrand
from app.domain.errors import DomainError
from app.models import Errand, ServiceRequest
from app.queries.tracking import requests as asked
from app.services.booking import errands, slots
from app.services.visits.not_received import report_not_received
from app.texts import explain
from app.texts.slots import slot_label
from app.texts.told_by_telephone import CANCELLED, MOVED, WILL_BE_TOLD
from app.web.auth import check_office, staff_actor
from app.web.citizens.tracking import seen_revision
from app.web.citizens.visit_time import chosen_slot, days_of
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.coordinators.requests import seen_request
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@bp.get("/yeu-cau/<reference>/luot/<uuid:errand_id>/doi-gio")
@coordinating
def move_visit_form(reference: str, errand_id: UUID) -> ResponseReturnValue:
    return _move_form(reference, errand_id, {})


@bp.post("/yeu-cau/<reference>/luot/<uuid:errand_id>/doi-gio")
@coordinating
def move_visit(reference: str, errand_id: UUID) -> ResponseReturnValue:
    slot_id = chosen_slot()
    if slot_id is None:
        return _move_form(reference, errand_id, {"slot": _("Xin chọn một giờ hẹn.")}), 422
    try:
        with transaction() as session:
            row, errand = _visit(session, reference, errand_id)
            channel = row.channel
            command = RescheduleErrand(errand.id, slot_id, staff_actor(), now(), revision=seen_revision())
            errands.reschedule(session, command)
    except DomainError as refusal:
        if refusal.kind in {"not_found", "forbidden"}:
            raise
        return _move_form(reference, errand_id, {"slot": explain(refusal, language())}), 422
    flash(_(MOVED[channel]), "good")
    return _back(reference)


@bp.get("/yeu-cau/<reference>/luot/<uuid:errand_id>/huy")
@coordinating
def cancel_visit_form(reference: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        row, errand = _visit(session, reference, errand_id)
        told = _(WILL_BE_TOLD[row.channel])
        return render_template("coordinators/cancel_visit.html", told=told, **_about(row, errand))


@bp.post("/yeu-cau/<reference>/luot/<uuid:errand_id>/huy")
@coordinating
def cancel_visit(reference: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        row, errand = _visit(session, reference, errand_id)
        channel = row.channel
        errands.cancel(session, CancelErrand(errand.id, staff_actor(), now(), revision=seen_revision()))
    flash(_(CANCELLED[channel]), "good")
    return _back(reference)


@bp.get("/yeu-cau/<reference>/luot/<uuid:errand_id>/chua-nhan")
@coordinating
def not_received_form(reference: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        return render_template("coordinators/not_received.html", **_about(*_visit(session, reference, errand_id)))


@bp.post("/yeu-cau/<reference>/luot/<uuid:errand_id>/chua-nhan")
@coordinating
def not_received(reference: str, errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        _row, errand = _visit(session, reference, errand_id)
        report_not_received(session, errand.id, staff_actor(), request.form.get("note", ""), now())
    flash(_("Đã ghi sự cố. Trưởng bưu cục và điều phối viên thấy ngay."), "wait")
    return _back(reference)


def _visit(session: Session, reference: str, errand_id: UUID) -> tuple[ServiceRequest, Errand]:
    """A visit of a request that this account sees, at an office that it answers for. Raises `not_found`."""
    row = seen_request(session, reference)
    errand = next((one for one in asked.errands_of(session, row) if one.id == errand_id), None)
    if errand is None:
        raise not_found()
    check_office(errand.office_id)
    return row, errand


def _move_form(reference: str, errand_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        row, errand = _visit(session, reference, errand_id)
        choices = slots.open_slots(session, errand.place.unit_code, now(), language())
        days = days_of([slot for slot in choices if slot.id != errand.slot_id])
        return render_template("coordinators/move_visit.html", days=days, errors=errors, **_about(row, errand))


def _about(row: ServiceRequest, errand: Errand) -> dict[str, Any]:
    slot = errand.slot
    when = slot_label(slot.kind, slot.starts_at, slot.ends_at, language()) if slot is not None else ""
    return {"row": row, "errand": errand, "when": when}


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("coordinators.show_request", reference=reference, _anchor="errands"), 303)
