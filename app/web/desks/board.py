"""The day at a desk and at a counter; the desk's word that originals need not come back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.transfer import Due
from app.models import Desk, Office
from app.queries import holdings
from app.queries.calendar import calendar
from app.queries.confirmations import unanswered
from app.queries.incidents import open_incidents
from app.queries.transfers import due_of_dossier, transfer_day
from app.services import desk as at_desk
from app.web.auth import staff, staff_actor
from app.web.desks.answering import split
from app.web.desks.room import counter_bp, couriers_here, desk_bp, here, own_desk, own_office
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@desk_bp.get("/")
@staff(Role.DESK_CLERK)
def today() -> ResponseReturnValue:
    with transaction() as session:
        desk = session.get_one(Desk, own_desk())
        day = holdings.desk_day(session, desk)
        told, _rest = split(unanswered(session, here()), here())
        return render_template(
            "desks/desk.html",
            desk=desk,
            day=day,
            told=told,
            today=local_day(now()),
            dues=_dues(session, day),
            transfers=transfer_day(session, desk.id, now()),
        )


def _dues(session: Session, day: holdings.DeskDay) -> dict[UUID, Due]:
    """The due date of each dossier in process, and what the desk is reminded of."""
    working, today = calendar(session), local_day(now())
    return {dossier.id: due_of_dossier(dossier, today, working) for dossier in day.in_process}


@desk_bp.post("/mien-ban-chinh/<uuid:errand_id>")
@staff(Role.DESK_CLERK)
def waive(errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        if errand_id not in {errand.id for errand in holdings.papers_due_at(session, own_desk())}:
            raise DomainError("not_found", kind="not_found")
        at_desk.waive_papers_due(session, errand_id, staff_actor(), now())
    flash(_("Đã ghi: bưu tá trả kết quả mà không thu bản chính."), "good")
    return redirect(url_for("desks.today"), 303)


@counter_bp.get("/", endpoint="today")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def counter_today() -> ResponseReturnValue:
    today = local_day(now())
    with transaction() as session:
        office = session.get_one(Office, own_office())
        day = holdings.office_day(session, office.id, today)
        told, between = split(unanswered(session, here(), *couriers_here(session)), here())
        return render_template(
            "desks/counter.html",
            office=office,
            day=day,
            told=told,
            between=between,
            incidents=len(open_incidents(session, {office.id})),
            today=today,
        )
