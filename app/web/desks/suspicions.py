"""A phone that was stopped for guessing: its office looks, signs it out, or lets it go on."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Device
from app.queries.visits.suspicions import suspected_phone, told_of
from app.services.staff import devices
from app.texts.ages import age
from app.web.auth import current_staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, counter_bp, opened_from
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@opened_from("GET", "/may-tam-dung/<uuid:device_id>", COUNTER, COORDINATION)
def suspicion_page(device_id: UUID) -> ResponseReturnValue:
    return _page(device_id, {})


@opened_from("POST", "/may-tam-dung/<uuid:device_id>", COUNTER, COORDINATION)
def settle_suspicion(device_id: UUID) -> ResponseReturnValue:
    clearing = request.form.get("do") == "clear"
    reason = request.form.get("reason", "").strip()
    if not clearing and not reason:
        missing = DomainError("revoke_reason_missing", kind="invalid", field="reason")
        return _page(device_id, by_field(missing)), 422
    if clearing and not _may_clear():
        raise DomainError("not_your_page", kind="forbidden")
    with transaction() as session:
        device = _suspected(session, device_id)
        name = device.courier.name
        if clearing:
            devices.clear_suspicion(session, device.id, staff_actor(), now())
        else:
            devices.revoke(session, device.id, staff_actor(), reason, now())
    told = _("Máy của %(name)s được dùng tiếp. Xin báo bưu tá đăng nhập lại.", name=name)
    out = _("Đã đăng xuất máy của %(name)s. Bưu tá đăng nhập lại được trên máy này hoặc máy khác.", name=name)
    flash(told if clearing else out, "good")
    return redirect(_back_to(), 303)


def _suspected(session: Session, device_id: UUID) -> Device:
    device = suspected_phone(session, device_id, visible_office_ids())
    if device is None:
        raise DomainError("not_found", kind="not_found")
    return device


def _may_clear() -> bool:
    """Whoever answers for the office's couriers; at the counter one can only make sure that nothing more happens."""
    return current_staff().role is not Role.COUNTER


def _back_to() -> str:
    return url_for("counter.today" if request.blueprint == counter_bp.name else "coordinators.phones_page")


def _page(device_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        device = _suspected(session, device_id)
        return render_template(
            "desks/suspicion.html",
            device=device,
            told_of=told_of(session, device),
            may_clear=_may_clear(),
            back=_back_to(),
            at_counter=request.blueprint == counter_bp.name,
            given=request.form,
            errors=errors,
            age=lambda moment: age(moment, now(), language()),
        )
