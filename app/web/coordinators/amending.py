"""Put right what was recorded at a door, once the counter has taken over: a reason is asked for, the old words stay."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.amendment import AMENDABLE, Amend
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.operation import OperationKind
from app.domain.outcome import DONE
from app.models import Attempt
from app.queries.reference.outcomes import at_any_door
from app.queries.reference.outcomes import visits_of as visits_with
from app.queries.tracking.attempts import visits_of
from app.services.visits import amendments
from app.web.auth import check_office, staff_actor
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction

LONGEST = 500


@bp.get("/lan-den/<int:attempt_id>/sua")
@coordinating
def amend_form(attempt_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, _seen(session, attempt_id), {})


@bp.post("/lan-den/<int:attempt_id>/sua")
@coordinating
def amend(attempt_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            attempt = _seen(session, attempt_id)
            reference = attempt.errand.request.reference
            amendments.amend(session, _command(attempt))
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        with transaction() as session:
            return _page(session, _seen(session, attempt_id), by_field(refusal)), 422
    flash(_("Đã ghi lời sửa bên cạnh lời cũ."), "good")
    return redirect(url_for("coordinators.show_request", reference=reference, _anchor="proof"), 303)


def _seen(session: Session, attempt_id: int) -> Attempt:
    attempt = session.get(Attempt, attempt_id)
    if attempt is None:
        raise not_found()
    check_office(attempt.errand.office_id)
    return attempt


def _kind(attempt: Attempt) -> OperationKind:
    if attempt.outcome != DONE:
        return OperationKind.NOT_DONE
    return OperationKind.COLLECTED if attempt.errand.kind is ErrandKind.COLLECT else OperationKind.DELIVERED


def _command(attempt: Attempt) -> Amend:
    kind = _kind(attempt)
    given = {field: request.form.get(field.value, "").strip() for field in AMENDABLE[kind]}
    return Amend(
        errand_id=attempt.errand_id,
        amends=attempt.operation_id,
        kind=kind,
        why=request.form.get("why", "")[:LONGEST],
        changes={field: text[:LONGEST] for field, text in given.items() if text},
        by=staff_actor(),
        operation_id=f"amend:{attempt.id}:{request.form.get('operation', '')[:40]}",
        occurred_at=now(),
        now=now(),
    )


def _page(session: Session, attempt: Attempt, errors: dict[str, str]) -> str:
    errand = attempt.errand
    visits = visits_of(session, [errand])[errand.id]
    return render_template(
        "coordinators/amend.html",
        attempt=attempt,
        errand=errand,
        reference=errand.request.reference,
        visit=next(one for one in visits if one.number == attempt.number),
        asked={field.value for field in AMENDABLE[_kind(attempt)]},
        outcomes=[one for one in at_any_door(session) if errand.kind in visits_with(one.code)],
        given=request.form,
        operation=request.form.get("operation") or str(uuid4()),
        errors=errors,
    )
