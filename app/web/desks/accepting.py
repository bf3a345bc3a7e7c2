"""One dossier at the desk: everything is there now, so it is taken in; or its due date, which nobody has written yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.dossier import DECIDING, DossierState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Dossier
from app.queries.desks.papers import still_wanted
from app.queries.desks.refusals import dossier_here, said_of
from app.queries.desks.renumberings import renumberings_of, told_of_the_old_number
from app.services.desks import accepting, given_here, renumbering
from app.services.desks.accepting import Accepting
from app.services.desks.confirmations import side_of_account
from app.services.desks.given_here import GiveHere
from app.services.desks.renumbering import Renumber
from app.unit_of_work import UnitOfWork
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, errors_here, other_side, own_desk
from app.web.desks.days import given_day
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@desk_bp.get("/ho-so/<uuid:dossier_id>")
@staff(Role.DESK_CLERK)
def dossier_page(dossier_id: UUID) -> ResponseReturnValue:
    return _page(dossier_id, {})


@desk_bp.post("/ho-so/<uuid:dossier_id>/tiep-nhan")
@staff(Role.DESK_CLERK)
def accept_action(dossier_id: UUID) -> ResponseReturnValue:
    return _do(accepting.accept, dossier_id, _("Đã tiếp nhận hồ sơ %(code)s. Người dân được báo."))


@desk_bp.post("/ho-so/<uuid:dossier_id>/ngay-hen")
@staff(Role.DESK_CLERK)
def confirm_due_action(dossier_id: UUID) -> ResponseReturnValue:
    return _do(accepting.confirm_due, dossier_id, _("Đã ghi ngày hẹn trả của hồ sơ %(code)s. Người dân được báo."))


@desk_bp.post("/ho-so/<uuid:dossier_id>/sua-ma")
@staff(Role.DESK_CLERK)
def renumber_action(dossier_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            dossier_here(session, dossier_id, own_desk())  # before anybody's password is compared
        second = other_side()
        with transaction() as session:
            said = Renumber(
                dossier_id=dossier_id,
                desk_id=own_desk(),
                before=request.form.get("before", ""),
                after=request.form.get("dossier_code", ""),
                reason=request.form.get("reason", ""),
                side=side_of_account(session, second),
                by=staff_actor(),
                confirmed_by=f"staff:{second.id}",
                now=now(),
            )
            code = renumbering.renumber(session, said).code
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(dossier_id, errors_here(refusal), renumbers=True), 422
    flash(_("Đã sửa mã hồ sơ thành %(code)s. Cả hai mã đều được lưu.", code=code), "good")
    return redirect(url_for("desks.dossier_page", dossier_id=dossier_id), 303)


@desk_bp.post("/ho-so/<uuid:dossier_id>/da-trao")
@staff(Role.DESK_CLERK)
def give_here_action(dossier_id: UUID) -> ResponseReturnValue:
    said = GiveHere(dossier_id, own_desk(), bool(request.form.get("handed_over")), staff_actor(), now())
    try:
        with transaction() as session:
            given_here.give_here(session, said)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(dossier_id, by_field(refusal)), 422
    flash(_("Đã ghi: kết quả trao tại đây. Bưu tá không mang đến nữa, người đặt được báo."), "good")
    return redirect(url_for("desks.today"), 303)


def _do(act: Callable[[UnitOfWork, Accepting], Dossier], dossier_id: UUID, done: str) -> ResponseReturnValue:
    """`done`: the sentence afterwards, with a place for the dossier's code."""
    try:
        said = _said(dossier_id)
        with transaction() as session:
            code = act(session, said).code
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(dossier_id, by_field(refusal)), 422
    flash(done % {"code": code}, "good")
    return redirect(url_for("desks.today"), 303)


def _said(dossier_id: UUID) -> Accepting:
    return Accepting(
        dossier_id=dossier_id,
        desk_id=own_desk(),
        dossier_code=request.form.get("dossier_code", "").strip() or None,
        due_on=given_day(request.form.get("due_on", "")),
        by=staff_actor(),
        now=now(),
    )


def _page(dossier_id: UUID, errors: dict[str, str], *, renumbers: bool = False) -> str:
    today = local_day(now())
    with transaction() as session:
        dossier = dossier_here(session, dossier_id, own_desk())
        records = renumberings_of(session, dossier.id)
        proposed: date | None = accepting.proposed_due(session, dossier, today)
        return render_template(
            "desks/dossier.html",
            dossier=dossier,
            to_accept=dossier.state in accepting.TO_ACCEPT,
            waits_for_papers=dossier.state == DossierState.PAPERS_WANTED,
            without_date=dossier.state in DECIDING and dossier.due_on is None,
            wanted=[paper.name for paper in still_wanted(session, dossier)],
            history=said_of(session, [dossier.id]),
            proposed=proposed,
            given=request.form,
            errors=errors,
            renumbered=records,
            old_number_told=told_of_the_old_number(session, dossier.id, records),
            may_renumber=dossier.code is not None and dossier.partner_id is None,
            renumbering=renumbers,
            may_give=given_here.may_give(session, dossier, own_desk()),
        )
