"""Booking for somebody without a telephone, or not at ease with one: the citizens' own questions, asked by staff,
also on the word of a village head who helps. The hand-over code goes with the person on paper.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errand import ProofKind, RequestKind
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.tracking import requests
from app.queries.tracking.booking_wishes import open_wishes
from app.services import audit
from app.services.documents import code_slip
from app.services.messaging import handover_codes
from app.web.auth import current_staff, staff, staff_actor, visible_office_ids
from app.web.citizens.draft import ASSISTING, booked_here, slip_errand, start
from app.web.desks.blueprint import counter_bp
from app.web.i18n import gettext as _
from app.web.pdf import pdf
from app.web.session import keys, now, settings, transaction


@counter_bp.get("/dat-giup")
@staff(*ASSISTING)
def assist_page() -> ResponseReturnValue:
    return _assist({})


@counter_bp.post("/dat-giup")
@staff(*ASSISTING)
def assist_action() -> ResponseReturnValue:
    """Always a fresh form: the last person's answers are not the next one's."""
    wanted = request.form.get("kind", "")
    if wanted not in set(RequestKind):
        return _assist({"kind": _("Xin chọn một việc.")}), 422
    start(RequestKind(wanted), assisted=True)
    return redirect(url_for("citizens.procedure_page"), 303)


def _assist(errors: dict[str, str]) -> str:
    role = current_staff().role
    side = "coordinators" if role in {Role.COORDINATOR, Role.ADMIN} else "counter"
    with transaction() as session:
        calls = [] if role is Role.COURIER else open_wishes(session, visible_office_ids())
    return render_template(
        "desks/assist.html",
        errors=errors,
        calls=calls,
        side=side,
        lacking=url_for(f"{side}.lacking_page"),
        receiver=url_for(f"{side}.receiver_for_citizen"),
    )


@counter_bp.post("/dat-giup/phieu.pdf")
@staff(*ASSISTING)
def print_code() -> ResponseReturnValue:
    """The code of the visit just booked by this account: on paper only, never in a page or an address."""
    with transaction() as session:
        booked = requests.by_token(session, booked_here(), now())
        errand = slip_errand(requests.errands_of(session, booked))
        if booked.booked_by != current_staff().id or errand is None:
            raise DomainError("not_found", kind="not_found")
        code = handover_codes.issue(session, errand, ProofKind.SLIP, now(), keys())
        audit.record(session, staff_actor(), "print_code_slip", "errand", errand.id, now())
        return pdf(code_slip.render(errand, code, settings().base_url, booked.language), f"phieu-{booked.reference}")
