"""One form for every change of hands between staffed places: scan, say the direction, both sides confirm."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.countersigning import SigningAct
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import parse_s10
from app.queries.desks.expected import expected, other_sides
from app.web.desks.blueprint import both_sides, errors_of_scan, here, named, scanned_codes
from app.web.desks.two_hands import both_sign
from app.web.i18n import gettext as _
from app.web.session import now, transaction

IN, OUT = "in", "out"


@both_sides("GET", "/giao-nhan")
def hand_over_page() -> ResponseReturnValue:
    return _page({})


@both_sides("POST", "/giao-nhan")
def hand_over_action() -> ResponseReturnValue:
    try:
        _check_direction()
        with transaction() as session:
            other = _other_party(session)
            _check_complete(session, other)
        found = both_sign(SigningAct.HAND_OVER, _form(), other)
    except DomainError as refusal:
        return _page(errors_of_scan(refusal), refused=refusal.code), 422
    if isinstance(found, Response):
        return found
    _say(found.moved, found.kept)
    return redirect(url_for(".hand_over_page"), 303)


def _say(moved: int, kept: int) -> None:
    if moved:
        flash(_("Hai bên đã xác nhận %(n)s bưu gửi.", n=moved), "good")
    if kept:
        flash(_("%(n)s phong bì chưa có dữ liệu: đã ghi là đang ở đây, chờ điện thoại của bưu tá gửi.", n=kept), "wait")


def _form() -> dict[str, Any]:
    return {
        "codes": list(scanned_codes()),
        "out": request.form["direction"] == OUT,
        "keep_unknown": bool(request.form.get("keep_unknown")),
        "operation": request.form.get("operation") or str(uuid4()),
    }


def _check_direction() -> None:
    if request.form.get("direction") not in {IN, OUT}:
        raise DomainError("direction_missing", kind="invalid", field="direction")


def _check_complete(session: Session, other: Party | None) -> None:
    """The count was blind: what should have been scanned and was not is named once, before anybody signs.

    Raises `envelopes_unscanned`, unless both know that the rest stays where it is.
    """
    if other is None or request.form.get("fewer"):
        return
    out = request.form["direction"] == OUT
    scanned = {parse_s10(code) for code in scanned_codes()}
    missing = sorted(set(expected(session, here(), other, local_day(now()), out=out)) - scanned)
    if scanned and missing:
        raise DomainError(
            "envelopes_unscanned", kind="invalid", field="codes", n=len(missing), parcels=", ".join(missing)
        )


def _other_party(session: Session) -> Party | None:
    """Who is chosen as the other side, of those who hand over here; None as long as nobody is."""
    chosen = request.form.get("party") or request.args.get("ben", "")
    sides = other_sides(session, here(), local_day(now()))
    return next((side.party for side in sides if named(side.party) == chosen), None)


def _page(errors: dict[str, str], *, refused: str = "") -> str:
    direction = request.form.get("direction") or request.args.get("chieu", IN)
    with transaction() as session:
        sides = other_sides(session, here(), local_day(now()))
        chosen = _other_party(session)
        awaited = [] if chosen is None else expected(session, here(), chosen, local_day(now()), out=direction == OUT)
        return render_template(
            "desks/hand_over.html",
            at_counter=here().holder is Holder.OFFICE_SAFE,
            refused=refused,
            sides=[{"value": named(side.party), "label": side.name} for side in sides],
            chosen="" if chosen is None else named(chosen),
            direction=direction,
            awaited=len(awaited),
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )
