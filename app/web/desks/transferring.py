"""Dossiers between desks: sent on, packed again, taken in; results that go back to the desk that received the dossier."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.commands import PackTransfer
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import whole_number
from app.models import Transfer
from app.queries.desks.transfers import find_transfer, older_transfers, transfer_day
from app.services.desks import transfers
from app.texts import say
from app.texts.links import DOSSIER_STATES
from app.texts.transfers import HINTS, KINDS, OWNERS
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@desk_bp.context_processor
def _words() -> dict[str, object]:
    return {
        "transfer_kind": lambda kind: say(KINDS[kind], language()),
        "due_owner": lambda owner: say(OWNERS[owner], language()),
        "due_hint": lambda hint: say(HINTS[hint], language()),
    }


@desk_bp.get("/luan-chuyen")
@staff(Role.DESK_CLERK)
def transfers_page() -> ResponseReturnValue:
    with transaction() as session:
        day = transfer_day(session, own_desk(), now())
        return render_template("desks/transfers.html", day=day, today=local_day(now()))


@desk_bp.get("/luan-chuyen/truoc-day")
@staff(Role.DESK_CLERK)
def older_transfers_page() -> ResponseReturnValue:
    """What the day's page no longer shows: come longer than a week ago, opened, or called off, and why."""
    page = whole_number(request.args.get("trang", "")) or 1
    with transaction() as session:
        older = older_transfers(session, own_desk(), now(), page)
        return render_template("desks/older_transfers.html", older=older, here=own_desk(), ended=_ended)


def _ended(state: int) -> str:
    return say(DOSSIER_STATES[state], language())


@desk_bp.post("/luan-chuyen/<uuid:transfer_id>/gui-di")
@staff(Role.DESK_CLERK)
def send_on_action(transfer_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        transfer = transfers.send_on(session, transfer_id, own_desk(), staff_actor(), now())
        due, desk = transfer.dossier.due_on, transfer.to_desk.name
    if due is None:
        flash(_("Đã ghi: %(desk)s nhận bản điện tử và giữ hạn trả.", desk=desk), "good")
    else:
        told = _("Đã ghi: %(desk)s nhận bản điện tử, hẹn trả ngày %(day)s.", desk=desk, day=f"{due:%d/%m/%Y}")
        flash(told, "good")
    return _back()


@desk_bp.get("/luan-chuyen/<uuid:transfer_id>/niem-phong")
@staff(Role.DESK_CLERK)
def pack_transfer_page(transfer_id: UUID) -> ResponseReturnValue:
    return _pack_page(transfer_id, {})


@desk_bp.post("/luan-chuyen/<uuid:transfer_id>/niem-phong")
@staff(Role.DESK_CLERK)
def pack_transfer_action(transfer_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            parcel = transfers.pack(session, _packing(transfer_id)).parcel
            code = parcel.code if parcel is not None else ""
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _pack_page(transfer_id, by_field(refusal)), 422
    flash(_("Đã niêm phong, mã bưu gửi %(code)s. Xin in nhãn, dán lên phong bì rồi bỏ vào túi.", code=code), "good")
    return _back()


def _packing(transfer_id: UUID) -> PackTransfer:
    form = request.form
    counts = {
        line: -1 if (count := whole_number(text)) is None else count
        for name, text in form.items()
        if name.startswith("paper_") and (line := whole_number(name.removeprefix("paper_"))) is not None
    }
    return PackTransfer(
        transfer_id=transfer_id,
        desk_id=own_desk(),
        seal_number=form.get("seal_number", ""),
        operation_id=form.get("operation") or str(uuid4()),
        now=now(),
        by=staff_actor(),
        parcel_code=form.get("parcel_code", "").strip() or None,
        counts=counts,
    )


def _pack_page(transfer_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        transfer = _mine(session, transfer_id)
        papers, typed = transfers.papers_to_pack(session, transfer, {})
        return render_template(
            "desks/pack_transfer.html",
            transfer=transfer,
            papers=papers,
            typed=typed,
            given=request.form,
            operation=request.form.get("operation") or str(uuid4()),
            errors=errors,
        )


def _mine(session: Session, transfer_id: UUID) -> Transfer:
    transfer = find_transfer(session, transfer_id, own_desk())
    if transfer is None:
        raise DomainError("not_found", kind="not_found")
    return transfer


@desk_bp.post("/luan-chuyen/<uuid:transfer_id>/da-du")
@staff(Role.DESK_CLERK)
def take_in_action(transfer_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        transfers.take_in(session, transfer_id, own_desk(), staff_actor(), now())
    flash(_("Đã ghi: hồ sơ được đưa vào giải quyết."), "good")
    return _back()


@desk_bp.post("/luan-chuyen/tra-ve")
@staff(Role.DESK_CLERK)
def result_back_action() -> ResponseReturnValue:
    with transaction() as session:
        code = request.form.get("parcel", "")
        transfer = transfers.send_result_back(session, code, own_desk(), staff_actor(), now())
        desk = transfer.to_desk.name
    flash(_("Kết quả sẽ về %(desk)s. Xin bỏ phong bì vào túi gửi đi.", desk=desk), "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("desks.transfers_page"), 303)
