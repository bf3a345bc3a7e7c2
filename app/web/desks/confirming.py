"""Who asks to have a result brought, by a code alone: the desk compares with its own file, and says whether it is theirs."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.domain.entitlement import DecideEntitlement, DenialReason
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Desk
from app.queries.desks.entitlements import other_desks, to_confirm, to_confirm_here, to_pack
from app.services import audit
from app.services.booking import entitlements
from app.texts import explain, say
from app.texts.entitlements import REASONS, SEEN
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

CONFIRM, DENY, PASS_ON = "confirm", "deny", "pass_on"
GONE = frozenset({"entitlement_decided", "entitlement_called_off"})
SAYABLE = (DenialReason.NOT_THE_OWNER, DenialReason.HANDED_OVER, DenialReason.NO_SUCH_DOSSIER)


@desk_bp.context_processor
def _words_of_entitlements() -> dict[str, object]:
    return {"seen_word": lambda seen: say(SEEN[seen], language())}


@desk_bp.get("/nguoi-nhan/")
@staff(Role.DESK_CLERK)
def entitlements_page() -> ResponseReturnValue:
    with transaction() as session:
        return render_template(
            "desks/entitlements.html",
            waiting=to_confirm(session, own_desk()),
            pack=to_pack(session, own_desk()),
        )


@desk_bp.get("/nguoi-nhan/<uuid:asked_id>")
@staff(Role.DESK_CLERK)
def entitlement_page(asked_id: UUID) -> ResponseReturnValue:
    return _page(asked_id, {})


@desk_bp.post("/nguoi-nhan/<uuid:asked_id>")
@staff(Role.DESK_CLERK)
def entitlement_action(asked_id: UUID) -> ResponseReturnValue:
    try:
        _decide(asked_id)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        if refusal.code in GONE:  # its page is no more
            flash(explain(refusal, language()), "wait")
            return redirect(url_for("desks.entitlements_page"), 303)
        return _page(asked_id, by_field(refusal)), 422
    said = {
        CONFIRM: _("Đã xác nhận. Khi có kết quả, xin đóng gói và niêm phong như thường lệ."),
        DENY: _("Đã ghi là không xác nhận. Người đặt được báo đến đây hỏi."),
        PASS_ON: _("Đã chuyển cho bộ phận một cửa khác xác nhận."),
    }
    flash(said[_wanted()], "good")
    return redirect(url_for("desks.entitlements_page"), 303)


def _wanted() -> str:
    wanted = request.form.get("verdict", "")
    if wanted not in {CONFIRM, DENY, PASS_ON}:
        raise DomainError("verdict_missing", kind="invalid", field="")
    return wanted


def _decide(dossier_id: UUID) -> None:
    with transaction() as work:
        command = DecideEntitlement(dossier_id, own_desk(), staff_actor(), now(), _reason())
        if _wanted() != PASS_ON:
            entitlements.decide(work, command)
            return
        other = select(Desk).where(Desk.code == request.form.get("elsewhere", ""), Desk.id != own_desk())
        desk = work.scalars(other).one_or_none()
        if desk is None:
            raise DomainError("desk_not_chosen", kind="invalid", field="elsewhere")
        entitlements.pass_on(work, command, desk)


def _reason() -> DenialReason | None:
    if _wanted() != DENY:
        return None
    given = request.form.get("deny_reason", "")
    if given not in set(SAYABLE):
        raise DomainError("denial_reason_missing", kind="invalid", field="deny_reason")
    return DenialReason(given)


def _page(dossier_id: UUID, errors: dict[str, str]) -> str:
    with transaction() as session:
        one = to_confirm_here(session, own_desk(), dossier_id)
        audit.record(session, staff_actor(), "entitlement.viewed", "dossier", dossier_id, now())
        return render_template(
            "desks/entitlement.html",
            one=one,
            phone_proved=entitlements.proved_phone(one.dossier.request) is not None,
            reasons=[{"value": reason.value, "label": say(REASONS[reason], language())} for reason in SAYABLE],
            desks=[{"value": desk.code, "label": desk.name} for desk in other_desks(session, own_desk())],
            given=request.form,
            errors=errors,
        )
