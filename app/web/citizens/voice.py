"""What a citizen says of visits and papers, on the pages of the request: a tap, a complaint, and where others go."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.complaint import ComplaintKind
from app.domain.errors import DomainError
from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad
from app.models import Errand, ServiceRequest
from app.queries.desks.voice import complaints_of, visits_to_survey
from app.queries.tracking import requests
from app.services.desks import complaints, surveys
from app.services.desks.complaints import Lodged
from app.texts.voice import ANSWERS, KINDS, REASONS, ROUTED
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.tracking import secret_address
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.limits import links
from app.web.picking import picked
from app.web.session import now, transaction


@bp.get("/theo-doi/<token>/y-kien")
@public
@links
@secret_address
def voice_page(token: str) -> ResponseReturnValue:
    return _page(token, {})


@bp.post("/theo-doi/<token>/y-kien")
@public
@links
@secret_address
def complain(token: str) -> ResponseReturnValue:
    try:
        kind = picked(ComplaintKind, "complaint_kind", "complaint_kind_missing")
        with transaction() as session:
            row = requests.by_token(session, token, now())
            lodged = Lodged(kind, VoiceRoad.WEB, request.form.get("complaint", ""), f"citizen:{row.id}", now())
            number, due = (made := complaints.lodge(session, row, lodged)).number, made.due_on
    except DomainError as refusal:
        if refusal.kind in {"not_found", "gone"}:
            raise
        return _page(token, by_field(refusal)), 422
    flash(
        _("Đã nhận đơn %(number)s. Trả lời chậm nhất ngày %(due)s.", number=number, due=due.strftime("%d/%m/%Y")),
        "good",
    )
    return redirect(url_for("citizens.voice_page", token=token), 303)


@bp.post("/theo-doi/<token>/khao-sat/<uuid:errand_id>")
@public
@links
@secret_address
def answer_survey(token: str, errand_id: UUID) -> ResponseReturnValue:
    thanks = _("Cảm ơn ông/bà đã trả lời.")
    try:
        with transaction() as session:
            row, errand = _errand(session, token, errand_id)
            before = surveys.answered_before(session, errand)
            if "survey_reason" in request.form:
                surveys.give_reason(session, errand, picked(SurveyReason, "survey_reason", "survey_answer_missing"))
            elif before is not None:
                said = _(ANSWERS[before.answer])
                thanks = _(
                    "Lượt này đã có câu trả lời: %(answer)s. Chúng tôi giữ câu trả lời đầu. Cảm ơn ông/bà.", answer=said
                )
            else:
                answer = picked(SurveyAnswer, "survey_answer", "survey_answer_missing")
                surveys.answer_survey(session, errand, answer, VoiceRoad.WEB, f"citizen:{row.id}", now())
    except DomainError as refusal:
        if refusal.field != "survey_reason":
            raise
        return _page(token, {f"why-{errand_id}": by_field(refusal)["survey_reason"]}), 422  # its field of several
    flash(thanks, "good")
    return redirect(url_for("citizens.voice_page", token=token), 303)


def _errand(session: Session, token: str, errand_id: UUID) -> tuple[ServiceRequest, Errand]:
    row = requests.by_token(session, token, now())
    errand = next((one for one in requests.errands_of(session, row) if one.id == errand_id), None)
    if errand is None:
        raise DomainError("not_found", kind="not_found")
    return row, errand


def _page(token: str, errors: dict[str, str]) -> str:
    with transaction() as session:
        row = requests.by_token(session, token, now())
        return render_template(
            "citizens/voice.html",
            token=token,
            row=row,
            visits=visits_to_survey(session, row.id),
            complaints=complaints_of(session, row.id),
            answers={answer: _(word) for answer, word in ANSWERS.items()},
            reasons=[{"value": reason.value, "label": _(word)} for reason, word in REASONS.items()],
            kinds=[{"value": kind.value, "label": _(word)} for kind, word in KINDS.items()],
            kind_names={kind: _(word) for kind, word in KINDS.items()},
            routed={route: _(word) for route, word in ROUTED.items()},
            given=request.form,
            errors=errors,
        )
