"""The desk refuses a dossier, or wants more papers: read first as the citizen will read it, then said."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.agency import DeskAnswer
from app.domain.checklist import papers_of_envelope
from app.domain.dossier import REFUSABLE, RefusalState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import tidy, whole_number
from app.models import Dossier
from app.queries.desks.refusals import dossier_here, open_dossiers, said_of, waiting_here
from app.services.desks import refusals
from app.services.messaging import messages
from app.texts import say
from app.texts.agency import BLOCKED
from app.texts.links import DOSSIER_STATES, REFUSALS
from app.texts.timeline import STEPS
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

REFUSE, PAPERS = "refuse", "papers"
LONGEST = 200  # of a reason: the citizen gets it by SMS
SAID_BY_SMS = {REFUSE: "refused", PAPERS: "more_papers"}


@desk_bp.context_processor
def _words_of_refusals() -> dict[str, object]:
    return {
        "dossier_state": lambda state: say(DOSSIER_STATES[state], language()),
        "refusal_word": lambda state: say(REFUSALS[state], language()),
        "blocked_word": lambda code: say(BLOCKED[code], language()),
    }


@desk_bp.get("/tu-choi/")
@staff(Role.DESK_CLERK)
def refusals_page() -> ResponseReturnValue:
    code = tidy(request.args.get("ma", ""), 40).upper()
    with transaction() as session:
        return render_template(
            "desks/refusals.html",
            code=code,
            waiting=waiting_here(session, own_desk()),
            dossiers=open_dossiers(session, own_desk(), code),
        )


@desk_bp.get("/tu-choi/<uuid:dossier_id>")
@staff(Role.DESK_CLERK)
def refuse_page(dossier_id: UUID) -> ResponseReturnValue:
    return _page(dossier_id, {})


@desk_bp.post("/tu-choi/<uuid:dossier_id>")
@staff(Role.DESK_CLERK)
def refuse_action(dossier_id: UUID) -> ResponseReturnValue:
    """Twice: to read it as the citizen will (`step` look), and to say it (`step` say)."""
    said = _said(dossier_id)
    try:
        with transaction() as session:
            if request.form.get("step") != "say":
                _check(session, said)
                return _page(dossier_id, {}, looked_at=said)
            refusal = refusals.ask_papers(session, said) if _wants_papers() else refusals.refuse_here(session, said)
            state = refusal.state
    except DomainError as error:
        if error.kind == "not_found":
            raise
        return _page(dossier_id, by_field(error)), 422
    flash(*_outcome(state))
    return redirect(url_for("desks.refuse_page", dossier_id=dossier_id), 303)


@desk_bp.post("/tu-choi/<uuid:dossier_id>/thoi")
@staff(Role.DESK_CLERK)
def withdraw_action(dossier_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        refusals.withdraw(session, dossier_id, own_desk(), staff_actor(), now())
    flash(_("Đã thôi từ chối. Hồ sơ đi tiếp như trước."), "good")
    return redirect(url_for("desks.refuse_page", dossier_id=dossier_id), 303)


def _wants_papers() -> bool:
    return request.form.get("kind") == PAPERS


def _said(dossier_id: UUID) -> DeskAnswer:
    form = request.form
    lines = {whole_number(text) for text in form.getlist("papers")}
    return DeskAnswer(
        dossier_id=dossier_id,
        desk_id=own_desk(),
        reason=tidy(form.get("reason", ""), LONGEST),
        legal_basis=tidy(form.get("legal_basis", ""), LONGEST),
        by=staff_actor(),
        now=now(),
        lines=frozenset(line for line in lines if line is not None),
    )


def _check(session: Session, said: DeskAnswer) -> None:
    """Raise what would be raised when it is said, and `answer_not_chosen` for neither one nor the other."""
    if request.form.get("kind") not in {REFUSE, PAPERS}:
        raise DomainError("answer_not_chosen", kind="invalid", field="kind")
    if _wants_papers():
        refusals.check_papers(session, said)
    else:
        refusals.check_refusal(session, said)


def _outcome(state: str) -> tuple[str, str]:
    return {
        RefusalState.REFUSED: (_("Đã từ chối hồ sơ. Bưu tá sẽ không đến nữa; người dân được báo."), "good"),
        RefusalState.BLOCKED: (_("Chưa từ chối được hồ sơ này. Lý do ghi bên dưới."), "bad"),
        RefusalState.PAPERS_ASKED: (_("Đã yêu cầu bổ sung. Người dân được báo."), "good"),
    }.get(
        RefusalState(state),
        (_("Đang hỏi đơn vị vận chuyển có hủy được lượt thu gom không. Chưa báo người dân."), "wait"),
    )


def _page(dossier_id: UUID, errors: dict[str, str], looked_at: DeskAnswer | None = None) -> str:
    with transaction() as session:
        dossier = dossier_here(session, dossier_id, own_desk())
        history = said_of(session, [dossier.id])
        return render_template(
            "desks/refuse.html",
            dossier=dossier,
            history=history,
            waits=any(one.state == RefusalState.REQUESTED for one in history),
            open=dossier.state in REFUSABLE,
            paper_choices=[
                {"value": str(paper.line), "label": f"{paper.line}. {paper.name}"}
                for paper in papers_of_envelope(dossier.procedure.papers, dossier.cases)
            ],
            letter=_letter(session, dossier, looked_at) if looked_at is not None else None,
            given=request.form,
            chosen=request.form.getlist("papers"),
            errors=errors,
        )


def _letter(session: Session, dossier: Dossier, said: DeskAnswer) -> dict[str, str]:
    """What the citizen will read: the message, and the line on the dossier's page; in the citizen's language."""
    spoken, key = dossier.request.language, SAID_BY_SMS[PAPERS if _wants_papers() else REFUSE]
    named = [
        paper.name for paper in papers_of_envelope(dossier.procedure.papers, dossier.cases) if paper.line in said.lines
    ]
    facts = {"desk": dossier.desk.name, "reason": said.reason, "basis": said.legal_basis, "papers": "; ".join(named)}
    message = messages.worded(session, dossier.request, key, **facts)
    return {"message": message, "line": say(STEPS[key], spoken, **facts)}
