"""What phones told of this office's envelopes without standing: confirmed against the slips, or dismissed."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.queries.custody.claims import OpenClaims, acts, find_task, open_claims
from app.schemas.operations import WireReader
from app.services import sync
from app.texts.ages import age
from app.texts.bags import INCIDENTS
from app.texts.phones import KINDS
from app.web.auth import current_staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, counter_bp, opened_from
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import keys, language, now, transaction


@opened_from("GET", "/tin-bao", COUNTER, COORDINATION)
def claims_page() -> ResponseReturnValue:
    with transaction() as session:
        return render_template(
            "desks/claims.html",
            tasks=open_claims(session, visible_office_ids(), _overdue_at()),
            at_counter=_at_counter(),
            age=lambda moment: age(moment, now(), language()),
        )


@opened_from("GET", "/tin-bao/<int:claim_id>", COUNTER, COORDINATION)
def claim_page(claim_id: int) -> ResponseReturnValue:
    return _page(claim_id, {})


@opened_from("POST", "/tin-bao/<int:claim_id>", COUNTER, COORDINATION)
def settle_claims(claim_id: int) -> ResponseReturnValue:
    confirming = request.form.get("do") != "dismiss"
    try:
        with transaction() as session:
            command = _command(_task(session, claim_id))
            if confirming:
                settled = sync.confirm_claims(session, command, WireReader(), keys())
            else:
                settled = sync.dismiss_claims(session, command)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(claim_id, by_field(refusal)), 422
    n = len(settled)
    flash(_("Đã xác nhận %(n)s tin báo.", n=n) if confirming else _("Đã bỏ %(n)s tin báo.", n=n), "good")
    return redirect(url_for(".claims_page"), 303)


def _at_counter() -> bool:
    return request.blueprint == counter_bp.name


def _overdue_at() -> datetime | None:
    """The coordinator sees what its office has left lying; an office sees its own at once."""
    return None if _at_counter() else now()


def _task(session: Session, claim_id: int) -> OpenClaims:
    task = find_task(session, claim_id, visible_office_ids(), _overdue_at())
    if task is None:
        raise DomainError("claims_settled", kind="not_found")
    return task


def _command(task: OpenClaims) -> sync.LookAtClaims:
    """Raise `claims_not_chosen` when those that are chosen are none."""
    chosen = frozenset(request.form.getlist("claims", type=int)) if request.form.get("do") == "confirm" else None
    if chosen is not None and not chosen:
        raise DomainError("claims_not_chosen", kind="invalid", field="claims")
    first, account = task.first, current_staff()
    return sync.LookAtClaims(
        sync.ClaimTask(first.device_id, first.office_id, first.day),
        staff_actor(),
        account.id,
        request.form.get("note", ""),
        now(),
        chosen,
    )


def _page(claim_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        task = _task(session, claim_id)
        return render_template(
            "desks/claim.html",
            task=task,
            lines=acts(session, task),
            kind_name=lambda line: _(KINDS[line.kind]),
            incident_name=lambda line: _(INCIDENTS[line.word]) if line.word in INCIDENTS else "",
            chosen=set(request.form.getlist("claims", type=int)),
            own=task.first.courier.staff_account_id == current_staff().id,
            given=request.form,
            errors=errors,
        )
