"""The other side's answer to what a courier's phone reported alone: yes to all, or "không thấy" for one."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.parcel import parse_s10
from app.domain.wording import whole_number
from app.queries.custody.confirmations import Unanswered, unanswered
from app.services.desks.confirmations import confirm, deny
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import (
    both_sides,
    counter_bp,
    couriers_here,
    errors_here,
    errors_of_scan,
    here,
    named,
    other_side,
    scanned_codes,
)
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@both_sides("POST", "/xac-nhan")
def confirm_action() -> ResponseReturnValue:
    numbers = [whole_number(text) for text in request.form.get("events", "").split()]
    with transaction() as session:
        answered = confirm(session, [number for number in numbers if number is not None], staff_actor(), now())
    flash(_("Đã xác nhận %(n)s phong bì.", n=answered), "good")
    return redirect(url_for(".today"), 303)


@both_sides("GET", "/xac-nhan")
def answer_page() -> ResponseReturnValue:
    return _answer_page({})


@both_sides("POST", "/xac-nhan/quet")
def scan_told_action() -> ResponseReturnValue:
    """What the courier says he gave here: confirmed by what lies on the table, envelope by envelope."""
    try:
        scanned = {parse_s10(code) for code in scanned_codes()}
        with transaction() as session:
            told = {line.parcel.code: line for line in _told(session) if line.given_to_other}
            _check_scanned(scanned, told)
            confirm(session, [told[code].event_id for code in scanned], staff_actor(), now())
    except DomainError as refusal:
        return _answer_page(errors_of_scan(refusal)), 422
    flash(_("Đã xác nhận %(n)s phong bì.", n=len(scanned)), "good")
    missing = sorted(told.keys() - scanned)
    if missing:
        flash(_("Còn %(n)s phong bì chưa quét: %(codes)s.", n=len(missing), codes=", ".join(missing)), "wait")
    return redirect(url_for(".today"), 303)


@both_sides("POST", "/xac-nhan/dem")
def count_told_action() -> ResponseReturnValue:
    """What the courier says he took is gone: only who counted on giving knows how many there were."""
    party = request.form.get("party", "")
    try:
        with transaction() as session:
            lines = _counted(session, party)
            confirm(session, [line.event_id for line in lines], staff_actor(), now())
    except DomainError as refusal:
        return _answer_page(errors_here(refusal)), 422
    flash(_("Đã xác nhận %(n)s phong bì.", n=len(lines)), "good")
    return redirect(url_for(".today"), 303)


@both_sides("GET", "/xac-nhan/<int:event_id>/khong-thay")
def deny_page(event_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return render_template("desks/deny.html", line=_waiting(session, event_id))


@both_sides("POST", "/xac-nhan/<int:event_id>/khong-thay")
def deny_action(event_id: int) -> ResponseReturnValue:
    with transaction() as session:
        deny(session, event_id, staff_actor(), request.form.get("note", ""), now())
    flash(_("Đã ghi sự cố. Trưởng bưu cục và điều phối viên thấy ngay."), "wait")
    return redirect(url_for(".today"), 303)


@counter_bp.get("/xac-nhan/<int:event_id>/ben-kia")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def other_confirms_page(event_id: int) -> ResponseReturnValue:
    """Between two couriers the second one signs, on the counter's screen."""
    return _other_page(event_id, {})


@counter_bp.post("/xac-nhan/<int:event_id>/ben-kia")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def other_confirms(event_id: int) -> ResponseReturnValue:
    try:
        other = other_side()
        with transaction() as session:
            _waiting(session, event_id)
            confirm(session, [event_id], f"staff:{other.id}", now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        refusal.field = refusal.field or "other_name"
        return _other_page(event_id, errors_here(refusal)), 422
    flash(_("Đã ghi nhận xác nhận."), "good")
    return redirect(url_for("counter.today"), 303)


def _told(session: Session) -> list[Unanswered]:
    """What waits for the word of this place itself."""
    return split(unanswered(session, here()), here())[0]


def _counted(session: Session, party: str) -> list[Unanswered]:
    """What this courier says he took, if it is as many as were counted here. Raises `count_differs_from_told`."""
    lines = [line for line in _told(session) if not line.given_to_other and named(line.taker) == party]
    if not lines or whole_number(request.form.get("count", "")) != len(lines):
        raise DomainError("count_differs_from_told", kind="invalid", field="count")
    return lines


def _check_scanned(scanned: Collection[str], told: Collection[str]) -> None:
    """Raise `no_parcels`, or `envelope_not_told` for one that no courier says he gave here."""
    if not scanned:
        raise DomainError("no_parcels", kind="invalid", field="codes")
    for code in sorted(set(scanned) - set(told)):
        raise DomainError("envelope_not_told", kind="invalid", field="codes", parcel=code)


def _answer_page(errors: dict[str, str]) -> str:
    with transaction() as session:
        told = _told(session)
        taken = {named(line.taker): line.courier for line in told if not line.given_to_other}
        given = sum(line.given_to_other for line in told)
        return render_template("desks/answer.html", given=given, taken=taken, typed=request.form, errors=errors)


def _waiting(session: Session, event_id: int) -> Unanswered:
    """A hand-over that waits here. Raises `not_found`."""
    for line in unanswered(session, here(), *couriers_here(session)):
        if line.event_id == event_id:
            return line
    raise DomainError("not_found", kind="not_found")


def _other_page(event_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        line = _waiting(session, event_id)
        return render_template("desks/other_confirms.html", line=line, given=request.form, errors=errors)


def split(lines: list[Unanswered], party: Party) -> tuple[list[Unanswered], list[Unanswered]]:
    """What this holder answers itself, and what waits for a courier's or a desk's word."""
    ours = [line for line in lines if party in line.asked]
    return ours, [line for line in lines if party not in line.asked and _second_courier(line)]


def _second_courier(line: Unanswered) -> bool:
    return any(party.holder is Holder.COURIER for party in line.asked)
