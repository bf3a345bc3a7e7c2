"""Who works on a day: by office, needed beside working; editable until the office's plan is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import ceil
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import EditShift
from app.domain.errors import DomainError
from app.models import Courier, Shift, VehicleKind
from app.queries.planning.shifts import courier_with_office, shift_of
from app.queries.reference.calendar import calendar
from app.queries.reference.vehicles import vehicle_kinds, vehicle_name
from app.services.staff.shifts import OfficeStaffing, edit_shift, staff_day
from app.texts import explain
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, chosen_day, coordinating, given_number, not_found
from app.web.errors import by_field
from app.web.i18n import dong, local_time, number
from app.web.i18n import gettext as _
from app.web.links.blueprint import may_look
from app.web.session import language, now, transaction

A_PAGE = 50
LONGEST_COUNT = 6  # digits
FIELDS = ("works", "starts", "ends", "vehicle", "trips", "reload")


@bp.get("/nhan-su")
@coordinating
def staffing() -> ResponseReturnValue:
    with transaction() as session:
        day, working = chosen_day(session), calendar(session)
        kinds = vehicle_kinds(session)
        every = [line for line in staff_day(session, day, visible_office_ids()) if line.errands or line.shifts]
        short = [line for line in every if line.short]
        chosen = short if request.args.get("thieu") == "1" else every
        pages = max(1, ceil(len(chosen) / A_PAGE))
        page = min(max(1, given_number("trang") or 1), pages)
        return render_template(
            "coordinators/staffing.html",
            day=day,
            before=working.previous_working(day),
            after=working.next_working(day),
            only_short=request.args.get("thieu") == "1",
            lines=chosen[(page - 1) * A_PAGE : page * A_PAGE],
            page=page,
            pages=pages,
            every=every,
            short=short,
            totals=_totals(every),
            sees_executors=may_look(),
            vehicle=lambda code: vehicle_name(kinds, code),
        )


def _totals(lines: list[OfficeStaffing]) -> dict[str, int]:
    return {
        "errands": sum(line.errands for line in lines),
        "needed": sum(line.needed for line in lines),
        "working": sum(line.working for line in lines),
        "locked": sum(line.locked for line in lines),
    }


@bp.get("/nhan-su/<int:courier_id>")
@coordinating
def shift_form(courier_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _form(session, _seen(session, courier_id), chosen_day(session), {})


def _seen(session: Session, courier_id: int) -> Courier:
    courier = courier_with_office(session, courier_id)
    if courier is None:
        raise not_found()
    check_office(courier.office_id)
    return courier


def _form(session: Session, courier: Courier, day: date, errors: dict[str, str]) -> str:
    shift = shift_of(session, courier.id, day)
    given = _given(courier, shift)
    return render_template(
        "coordinators/shift.html",
        courier=courier,
        day=day,
        given=given,
        vehicles=_vehicles(vehicle_kinds(session), shift.vehicle if shift else courier.vehicle),
        errors=errors,
        shift=shift,
    )


def _given(courier: Courier, shift: Shift | None) -> dict[str, str]:
    """What was typed, else what is known, else the usual day."""
    if request.method == "POST":
        return {name: request.form.get(name, "") for name in FIELDS}
    if shift is None:
        return {
            "works": "1",
            "starts": "07:00",
            "ends": "17:00",
            "vehicle": courier.vehicle,
            "trips": "1",
            "reload": "15",
        }
    return {
        "works": "1" if shift.works else "0",
        "starts": local_time(shift.starts_at),
        "ends": local_time(shift.ends_at),
        "vehicle": shift.vehicle,
        "trips": str(shift.trips),
        "reload": str(shift.reload_s // 60),
    }


def _vehicles(kinds: Mapping[str, VehicleKind], now_ridden: str) -> list[dict[str, Any]]:
    """What may be chosen: what the operator offers, and what is ridden already."""
    return [
        {
            "value": kind.code,
            "label": kind.name,
            "hint": _(
                "Chở %(n)s phong bì mỗi chuyến, mỗi km %(dong)s", n=number(kind.capacity), dong=dong(kind.per_km)
            ),
        }
        for kind in kinds.values()
        if kind.offered or kind.code == now_ridden
    ]


@bp.post("/nhan-su/<int:courier_id>")
@coordinating
def shift_action(courier_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            courier, day = _seen(session, courier_id), chosen_day(session)
            edit_shift(session, _command(courier, day))
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        with transaction() as session:
            courier = _seen(session, courier_id)
            errors = by_field(refusal) if refusal.field else {"": explain(refusal, language())}
            return _form(session, courier, chosen_day(session), errors), 422
    flash(_("Đã lưu ngày làm của %(name)s.", name=courier.name), "good")
    back = {"ngay": day.isoformat(), "trang": given_number("trang") or 1, "_anchor": f"office-{courier.office_id}"}
    return redirect(url_for("coordinators.staffing", **back), 303)  # type: ignore[arg-type]  # url_for's own keywords


def _command(courier: Courier, day: date) -> EditShift:
    return EditShift(
        courier_id=courier.id,
        day=day,
        works=request.form.get("works") == "1",
        by=staff_actor(),
        now=now(),
        starts=request.form.get("starts", ""),
        ends=request.form.get("ends", ""),
        vehicle=request.form.get("vehicle") or None,
        trips=_count("trips"),
        reload_min=_count("reload"),
    )


def _count(name: str) -> int | None:
    """None: nothing was said; what is no number is refused as one that is out of range."""
    said = request.form.get(name, "").strip()
    if not said:
        return None
    return int(said) if said.isascii() and said.isdecimal() and len(said) < LONGEST_COUNT else -1
