"""Couriers' phones: who was heard when, what still waits on them; and signing a lost one out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.models import Courier, Device
from app.queries.custody.quarantine import how_many
from app.queries.planning.route_progress import RouteProgress, progress_of
from app.queries.visits.phones import SILENT, Phone, phones
from app.services.staff import devices
from app.texts.ages import age
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone with its courier's run of today; or a courier on the road without any phone."""

    phone: Phone | None
    run: RouteProgress | None

    @property
    def courier(self) -> str:
        return self.phone.courier if self.phone else self.run.courier if self.run else ""

    @property
    def office(self) -> str:
        return self.phone.office if self.phone else self.run.office if self.run else ""

    @property
    def silent(self) -> bool:
        """On the road with doors left, and nobody has heard of the phone for two hours: or there is no phone."""
        on_the_road = self.run is not None and bool(self.run.left) and now() > self.run.leaves_at
        return on_the_road and (self.phone is None or now() - self.phone.last_contact_at > SILENT)

    @property
    def wants_somebody(self) -> bool:
        phone = self.phone
        return self.silent or (
            phone is not None and (phone.overdue(now()) or bool(phone.offset_minutes) or bool(phone.to_look_at))
        )


@bp.get("/dien-thoai")
@coordinating
def phones_page() -> ResponseReturnValue:
    with transaction() as session:
        lines = _lines(session)
        waiting = how_many(session, visible_office_ids())
    wanting = [line for line in lines if line.wants_somebody]
    only = request.args.get("can-chu-y") == "1"
    return render_template(
        "coordinators/phones.html",
        lines=wanting if only else lines,
        every=lines,
        wanting=wanting,
        only=only,
        waiting=waiting,
        heard=sum(1 for line in lines if line.phone and now() - line.phone.last_contact_at < timedelta(minutes=30)),
        age=lambda moment: age(moment, now(), language()),
        now=now(),
    )


def _lines(session: Session) -> list[PhoneLine]:
    """Those that want somebody first."""
    offices = visible_office_ids()
    runs = {run.courier_id: run for run in progress_of(session, local_day(now()), offices)}
    known = phones(session, now(), offices)
    with_phone = {phone.courier_id for phone in known if phone.revoked_at is None}
    lines = [PhoneLine(phone, runs.get(phone.courier_id) if phone.revoked_at is None else None) for phone in known]
    lines += [PhoneLine(None, run) for courier_id, run in runs.items() if courier_id not in with_phone]
    return sorted(lines, key=lambda line: (not line.wants_somebody, line.office, line.courier))


@bp.route("/dien-thoai/<uuid:device_id>/dang-xuat", methods=["GET", "POST"])
@coordinating
def revoke_phone(device_id: UUID) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    with transaction() as session:
        device, courier = _seen(session, device_id)
        name = courier.name
    if request.method == "POST":
        errors = _revoke(device_id)
        if not errors:
            flash(_("Đã đăng xuất máy của %(name)s. Máy mất quyền ở lần liên lạc kế tiếp.", name=name), "good")
            return redirect(url_for("coordinators.phones_page"), 303)
    page = render_template(
        "coordinators/revoke_phone.html",
        device=device,
        name=name,
        given=request.form,
        errors=errors,
        heard=age(device.last_contact_at, now(), language()),
    )
    return page, 422 if errors else 200


def _seen(session: Session, device_id: UUID) -> tuple[Device, Courier]:
    device = session.get(Device, device_id)
    if device is None:
        raise not_found()
    check_office(device.courier.office_id)
    return device, device.courier


def _revoke(device_id: UUID) -> dict[str, str]:
    reason = request.form.get("reason", "").strip()
    if not reason:
        return by_field(DomainError("revoke_reason_missing", kind="invalid", field="reason"))
    with transaction() as session:
        _seen(session, device_id)
        devices.revoke(session, device_id, staff_actor(), reason, now())
    return {}
