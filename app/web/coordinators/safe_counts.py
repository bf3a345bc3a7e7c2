"""Ask an office to count its safe, at any time; see what was found, and where nobody has counted for long."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.identity import Role
from app.queries.desks.safe_counts import long_uncounted, newest
from app.queries.planning.board import commune_offices
from app.services.desks import safe_counts
from app.web.auth import check_office, current_staff, staff, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating
from app.web.desks.days import SOON
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@bp.get("/kiem-tu")
@coordinating
def safe_counts_page() -> ResponseReturnValue:
    visible = visible_office_ids()
    with transaction() as session:
        return render_template(
            "coordinators/safe_counts.html",
            counts=newest(session, visible),
            late=now() - SOON,
            uncounted=long_uncounted(session, visible, now()),
            offices=[{"value": one.id, "label": one.name} for one in commune_offices(session, visible)],
            above=current_staff().role is not Role.OFFICE_MANAGER,
        )


@bp.post("/kiem-tu")
@staff(Role.COORDINATOR)
def ask_safe_count_action() -> ResponseReturnValue:
    office_id = request.form.get("office_id", 0, type=int)
    check_office(office_id)
    with transaction() as session:
        name = safe_counts.ask(session, office_id, staff_actor(), now()).office.name
    flash(_("%(office)s đã được yêu cầu kiểm tủ.", office=name), "good")
    return redirect(url_for("coordinators.safe_counts_page"), 303)
