"""One form for every change of hands between staffed places: scan, say the direction, both sides confirm."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import HandOver
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import parse_s10
from app.models import Parcel, StaffAccount
from app.queries.desks.expected import expected, other_sides
from app.services.custody import unknown_scans
from app.services.desks import witnesses
from app.services.desks.handover import hand_over, one_side
from app.unit_of_work import UnitOfWork
from app.web.auth import current_staff, staff_actor
from app.web.desks.blueprint import both_sides, errors_of_scan, here, named, other_side, party_of, scanned_codes
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
            _check_complete(session)
        other = other_side()
        with transaction() as session:
            command = _command(session, other)
            _check_chosen(session, party_of(session, other))
            witnesses.check_hand_over(session, command, here())
            kept = _keep_unknown(session, command) if request.form.get("keep_unknown") else ()
            known = tuple(code for code in command.parcel_codes if code not in kept)
            moved = len(hand_over(session, replace(command, parcel_codes=known))) if known or not kept else 0
    except DomainError as refusal:
        return _page(errors_of_scan(refusal), refused=refusal.code), 422
    _say(moved, len(kept))
    return redirect(url_for(".hand_over_page"), 303)


def _say(moved: int, kept: int) -> None:
    if moved:
        flash(_("Hai bên đã xác nhận %(n)s bưu gửi.", n=moved), "good")
    if kept:
        flash(_("%(n)s phong bì chưa có dữ liệu: đã ghi là đang ở đây, chờ điện thoại của bưu tá gửi.", n=kept), "wait")


def _keep_unknown(session: UnitOfWork, command: HandOver) -> tuple[str, ...]:
    """Envelopes that only the courier's phone knows: taken in all the same, and kept until the chain learns of them."""
    if (command.giver.holder, command.taker.holder) != (Holder.COURIER, Holder.OFFICE_SAFE):
        raise DomainError("unknown_only_from_courier", kind="invalid", field="keep_unknown")
    wanted = [parse_s10(code) for code in command.parcel_codes]
    known = set(session.scalars(select(Parcel.code).where(Parcel.code.in_(wanted))))
    unknown = tuple(code for code in wanted if code not in known)
    act = replace(one_side(command), by=f"{command.by}+{command.confirmed_by}")
    for code in unknown:
        unknown_scans.keep(session, code, act, current_staff().office_id)
    return unknown


def _check_direction() -> None:
    if request.form.get("direction") not in {IN, OUT}:
        raise DomainError("direction_missing", kind="invalid", field="direction")


def _check_complete(session: Session) -> None:
    """The count was blind: what should have been scanned and was not is named once, before anybody signs.

    Raises `envelopes_unscanned`, unless both know that the rest stays where it is.
    """
    other = _other_party(session)
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


def _check_chosen(session: Session, side: Party) -> None:
    """Who signs is who was chosen: the count was compared with that side's envelopes. Raises `other_side_not_chosen`."""
    chosen = _other_party(session)
    if chosen is not None and chosen != side:
        raise DomainError("other_side_not_chosen", kind="invalid", field="confirmed_by")


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
