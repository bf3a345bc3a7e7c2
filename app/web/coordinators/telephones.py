"""Whom the couriers of an office call on the road."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Office
from app.services.staff.telephones import SetTelephones, set_telephones
from app.web.auth import check_office, staff_actor
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@bp.get("/nhan-su/buu-cuc/<int:office_id>/so-goi")
@coordinating
def telephones_form(office_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _form(_seen(session, office_id), {})


@bp.post("/nhan-su/buu-cuc/<int:office_id>/so-goi")
@coordinating
def telephones_action(office_id: int) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("phone", "duty_phone")}
    try:
        with transaction() as session:
            _seen(session, office_id)
            name = set_telephones(session, SetTelephones(office_id, **typed, by=staff_actor(), now=now())).name
    except DomainError as refusal:
        if not refusal.field:
            raise
        with transaction() as session:
            return _form(_seen(session, office_id), by_field(refusal)), 422
    flash(_("%(office)s: đã lưu số gọi. Điện thoại bưu tá có số này ở lần tải dữ liệu tới.", office=name), "good")
    return redirect(url_for("coordinators.staffing", _anchor=f"office-{office_id}"), 303)


def _seen(session: Session, office_id: int) -> Office:
    office = session.get(Office, office_id)
    if office is None:
        raise not_found()
    check_office(office.id)
    return office


def _form(office: Office, errors: dict[str, str]) -> str:
    kept = {"phone": office.phone or "", "duty_phone": office.duty_phone or ""}
    given = {name: request.form.get(name, was) for name, was in kept.items()}
    return render_template("coordinators/telephones.html", office=office, given=given, errors=errors)
