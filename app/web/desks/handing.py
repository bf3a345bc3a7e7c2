"""One form for every change of hands between staffed places: scan, say the direction, both sides confirm."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import HandOver
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import StaffAccount
from app.queries import holdings
from app.services.handover import hand_over
from app.web.auth import staff, staff_actor
from app.web.desks.room import counter_bp, desk_bp, errors_here, here, other_side, party_of, scanned_codes
from app.web.i18n import gettext as _
from app.web.session import now, transaction

IN, OUT = "in", "out"


@desk_bp.get("/giao-nhan")
@staff(Role.DESK_CLERK)
def hand_over_page() -> ResponseReturnValue:
    return _page({})


@desk_bp.post("/giao-nhan")
@staff(Role.DESK_CLERK)
def hand_over_action() -> ResponseReturnValue:
    return _hand_over("desks.hand_over_page")


@counter_bp.get("/giao-nhan", endpoint="hand_over_page")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def counter_hand_over_page() -> ResponseReturnValue:
    return _page({})


@counter_bp.post("/giao-nhan", endpoint="hand_over_action")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def counter_hand_over_action() -> ResponseReturnValue:
    return _hand_over("counter.hand_over_page")


def _hand_over(back: str) -> ResponseReturnValue:
    try:
        _check_direction()
        other = other_side()
        with transaction() as session:
            moved = len(hand_over(session, _command(session, other)))
    except DomainError as refusal:
        return _page(errors_here(refusal)), 422
    flash(_("Hai bên đã xác nhận %(n)s bưu gửi.", n=moved), "good")
    return redirect(url_for(back), 303)


def _check_direction() -> None:
    if request.form.get("direction") not in {IN, OUT}:
        raise DomainError("direction_missing", kind="invalid", field="direction")


def _command(session: Session, other: StaffAccount) -> HandOver:
    their, ours = party_of(session, other), here()
    goes_out = request.form["direction"] == OUT
    return HandOver(
        parcel_codes=scanned_codes(),
        giver=ours if goes_out else their,
        taker=their if goes_out else ours,
        operation_id=request.form.get("operation") or str(uuid4()),
        occurred_at=now(),
        now=now(),
        by=staff_actor(),
        confirmed_by=f"staff:{other.id}",
    )


def _page(errors: dict[str, str]) -> str:
    with transaction() as session:
        return render_template(
            "desks/hand_over.html",
            held=holdings.held_by(session, here()),
            given=request.form,
            preset=request.args,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )
