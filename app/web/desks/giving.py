"""The citizen comes to the counter for a result that lies in the safe."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.desks import holdings
from app.queries.visits.courier_day import parcels_of
from app.services.visits import delivery
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import counter_bp, own_errand, own_office
from app.web.errors import by_field
from app.web.receiver import read_delivery, say_delivered
from app.web.session import keys, transaction


@counter_bp.get("/trao/<uuid:errand_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def give_page(errand_id: UUID) -> ResponseReturnValue:
    return _page(errand_id, {})


@counter_bp.post("/trao/<uuid:errand_id>")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def give_action(errand_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            own_errand(session, errand_id)
            given = read_delivery(errand_id, staff_actor(), office_id=own_office())
            say_delivered(delivery.deliver(session, given, keys()))
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(errand_id, by_field(refusal)), 422
    return redirect(url_for("counter.today"), 303)


def _page(errand_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        errand = own_errand(session, errand_id)
        return render_template(
            "desks/give.html",
            errand=errand,
            parcels=[one for one in parcels_of(session, [errand.id]) if one.purpose not in holdings.FOR_THE_DESK],
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )
