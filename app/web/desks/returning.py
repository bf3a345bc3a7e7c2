"""A result that nobody took in its days at the office goes back, sealed, to the desk that packed it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Errand, StaffAccount
from app.queries.desks import holdings
from app.queries.visits.courier_day import parcels_of
from app.services.visits import failures
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import counter_bp, errors_here, other_side, own_errand, party_of
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@counter_bp.get("/gui-tra/<uuid:errand_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def return_page(errand_id: UUID) -> ResponseReturnValue:
    return _page(errand_id, {})


@counter_bp.post("/gui-tra/<uuid:errand_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def return_action(errand_id: UUID) -> ResponseReturnValue:
    operation = request.form.get("operation") or str(uuid4())
    try:
        other = other_side()
        with transaction() as session:
            _check_desk(session, own_errand(session, errand_id), other)
            events = failures.return_to_desk(session, errand_id, operation, staff_actor(), f"staff:{other.id}", now())
            moved = len(events)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(errand_id, errors_here(refusal)), 422
    flash(_("Đã gửi trả %(n)s kết quả về bộ phận một cửa.", n=moved), "good")
    return redirect(url_for("counter.today"), 303)


def _check_desk(session: Session, errand: Errand, other: StaffAccount) -> None:
    """Only a clerk of a desk that handled the dossier may take it back."""
    party = party_of(session, other)
    desks = {str(desk) for one in errand.dossiers for desk in (one.desk_id, one.competent_desk_id)}
    if party.holder is not Holder.DESK or party.id not in desks:
        raise DomainError("other_side_wrong_desk", kind="invalid", field="other_name")


def _page(errand_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        errand = own_errand(session, errand_id)
        parcels = [parcel for parcel in parcels_of(session, [errand.id]) if parcel.purpose not in holdings.FOR_THE_DESK]
        return render_template(
            "desks/return.html",
            errand=errand,
            parcels=parcels,
            still_held=errand.held_until is not None and local_day(now()) < errand.held_until,
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )
