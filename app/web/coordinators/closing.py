"""Close a commune for a day (flood, landslide): first what it means for visits already booked, then the deed."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError, DomainErrors
from app.models import Unit
from app.queries.attention import booked_on
from app.queries.planning import board
from app.queries.reference.closed_days import closed_days
from app.services.booking import errands
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, given_day
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction

LONGEST = 80


@bp.get("/ngay-nghi")
@coordinating
def closing() -> ResponseReturnValue:
    """With `?xa=&ngay=&ly-do=` it says how many visits would be moved and asks to confirm."""
    with transaction() as session:
        if "xa" not in request.args:
            return _page(session, {}, None)
        try:
            return _page(session, {}, _asked(session))
        except DomainError as refusal:
            return _page(session, by_field(refusal), None), 422


@bp.post("/ngay-nghi")
@coordinating
def close() -> ResponseReturnValue:
    try:
        with transaction() as session:
            unit, day, name = _asked(session)
            booked = booked_on(session, unit.code, day)
            left = errands.clear_day(session, unit.code, day, name, staff_actor(), now())
    except DomainError as refusal:
        with transaction() as session:
            return _page(session, by_field(refusal), None), 422
    flash(_said(unit, day, booked, len(left)), "wait" if left else "good")
    return redirect(url_for("coordinators.closing"), 303)


def _said(unit: Unit, day: date, booked: int, left: int) -> str:
    told = _("Đã đóng %(unit)s ngày %(day)s.", unit=unit.name, day=f"{day:%d/%m/%Y}")
    if booked:
        told += " " + _("%(n)s lượt hẹn được dời sang giờ trống kế tiếp và đã báo người dân.", n=booked - left)
    if left:
        told += " " + _("%(n)s lượt chưa còn giờ trống: xem ở Bảng trong ngày và gọi người dân.", n=left)
    return told


def _asked(session: Session) -> tuple[Unit, date, str]:
    """Unit, day, reason; every fault at once."""
    units = {unit.code: unit for unit in board.units_served(session, visible_office_ids())}
    unit, day = units.get(request.values.get("xa", "")), given_day("ngay")
    name = request.values.get("ly-do", "").strip()[:LONGEST]
    faults = [
        DomainError(code, kind="invalid", field=field)
        for code, field, wrong in (
            ("unit_not_chosen", "xa", unit is None),
            ("day_not_ahead", "ngay", day is None or day < local_day(now())),
            ("closing_reason_missing", "ly-do", not name),
        )
        if wrong
    ]
    if unit is None or day is None or faults:
        raise DomainErrors(faults)
    return unit, day, name


def _page(session: Session, errors: dict[str, str], asked: tuple[Unit, date, str] | None) -> str:
    visible = visible_office_ids()
    return render_template(
        "coordinators/closing.html",
        units=board.units_served(session, visible),
        days=closed_days(session, local_day(now()), visible),
        given=request.values,
        asked=asked,
        booked=booked_on(session, asked[0].code, asked[1]) if asked else 0,
        errors=errors,
    )
