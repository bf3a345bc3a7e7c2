"""What citizens said, on the side of the post: the queue of complaints, one complaint, and words brought by telephone or paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.complaint import POSTAL, Answerer, ComplaintKind, ComplaintRoute
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad
from app.models import Errand, ServiceRequest
from app.queries.attention import offices_of_request
from app.queries.desks.voice import by_month, open_complaints, visits_to_survey
from app.queries.tracking import requests
from app.services import audit
from app.services.desks import complaints, surveys
from app.services.desks.complaints import Lodged
from app.services.documents import survey_slip
from app.texts.voice import ANSWERS, KINDS, REASONS, ROADS, ROUTES
from app.web.auth import current_staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, opened_from
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.pdf import pdf
from app.web.picking import picked
from app.web.session import now, settings, transaction

ANSWERS_FOR_US = frozenset({Role.OFFICE_MANAGER, Role.COORDINATOR, Role.ADMIN})
NOT_BY_STAFF = VoiceRoad.WEB


@opened_from("GET", "/y-kien/", COUNTER, COORDINATION)
def voices_page() -> ResponseReturnValue:
    return _list({})


@opened_from("POST", "/y-kien/", COUNTER, COORDINATION)
def lodge_for_citizen() -> ResponseReturnValue:
    """A complaint that came by telephone, at the counter or on paper."""
    try:
        kind = picked(ComplaintKind, "complaint_kind", "complaint_kind_missing")
        road = picked(VoiceRoad, "voice_road", "complaint_road_missing")
        with transaction() as session:
            said = Lodged(kind, road, request.form.get("complaint", ""), staff_actor(), now())
            number = complaints.lodge(session, _seen(session), said).number
    except DomainError as refusal:
        return _list(by_field(refusal)), 422
    flash(_("Đã nhận đơn %(number)s. Xin đọc số đơn cho người dân.", number=number), "good")
    return redirect(url_for(".voices_page"), 303)


@opened_from("POST", "/y-kien/khao-sat", COUNTER, COORDINATION)
def survey_for_citizen() -> ResponseReturnValue:
    """The newest visit of the request, as it was said on the telephone or on a slip."""
    try:
        answer = picked(SurveyAnswer, "survey_answer", "survey_answer_missing")
        road = picked(VoiceRoad, "voice_road", "complaint_road_missing")
        with transaction() as session:
            errand = _newest_visited(session)
            before = surveys.answered_before(session, errand)
            said = _(ANSWERS[before.answer]) if before is not None else ""
            surveys.answer_survey(session, errand, answer, road, staff_actor(), now())
            if before is None and request.form.get("survey_reason"):
                surveys.give_reason(session, errand, picked(SurveyReason, "survey_reason", "survey_answer_missing"))
    except DomainError as refusal:
        return _list(by_field(refusal)), 422
    if said:
        flash(_("Lượt này người dân đã trả lời rồi: %(answer)s. Câu trả lời đầu được giữ.", answer=said), "wait")
    else:
        flash(_("Đã ghi câu trả lời của người dân."), "good")
    return redirect(url_for(".voices_page"), 303)


@opened_from("POST", "/y-kien/phieu-khao-sat.pdf", COUNTER, COORDINATION)
def print_survey_slip() -> ResponseReturnValue:
    """For who has no telephone: ticked at home, read out on the telephone or brought along; the code alone says which request."""
    try:
        with transaction() as session:
            row = _seen(session)
            slip = survey_slip.render(row, settings().base_url)
            audit.record(session, staff_actor(), "print_survey_slip", "service_request", row.id, now())
            return pdf(slip, f"phieu-khao-sat-{row.reference}")
    except DomainError as refusal:
        return _list(by_field(refusal)), status_of(refusal)


@opened_from("GET", "/y-kien/<int:complaint_id>", COUNTER, COORDINATION)
def complaint_page(complaint_id: int) -> ResponseReturnValue:
    return _page(complaint_id, {})


@opened_from("POST", "/y-kien/<int:complaint_id>", COUNTER.opened_to(Role.OFFICE_MANAGER), COORDINATION)
def settle_complaint(complaint_id: int) -> ResponseReturnValue:
    who = Answerer(staff_actor(), current_staff().office_id)
    try:
        with transaction() as session:
            row = complaints.find(session, complaint_id, visible_office_ids())
            if request.form.get("do") == "route":
                route = picked(ComplaintRoute, "complaint_route", "complaint_route_missing")
                complaints.pass_on(session, row, route, who.actor, now())
            elif request.form.get("do") == "sign":
                complaints.sign_answer(session, row, who, request.form.get("written_at", ""), now())
            else:
                complaints.write_answer(session, row, request.form.get("complaint_answer", ""), who, now())
            waits = row.answered_at is None
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(complaint_id, by_field(refusal)), 422
    flash(_("Đã ghi. Đơn còn chờ.") if waits else _("Đã trả lời người dân."), "wait" if waits else "good")
    return redirect(url_for(".complaint_page", complaint_id=complaint_id), 303)


def _newest_visited(session: Session) -> Errand:
    visits = visits_to_survey(session, _seen(session).id)
    if not visits:
        raise DomainError("survey_without_visit", kind="conflict", field="reference")
    return visits[-1].errand


def _seen(session: Session) -> ServiceRequest:
    """The request whose code was typed, if an office of this account serves it. Raises `not_found` at its field."""
    try:
        found = requests.by_reference(session, request.form.get("reference", ""))
    except DomainError as refusal:
        refusal.field = "reference"
        raise
    visible = visible_office_ids()
    if visible is not None and visible.isdisjoint(offices_of_request(session, found)):
        raise DomainError("not_found", kind="not_found", field="reference")
    return found


def _list(errors: dict[str, str]) -> str:
    today = local_day(now())
    with transaction() as session:
        return render_template(
            "desks/voices.html",
            rows=open_complaints(session, visible_office_ids()),
            today=today,
            counts=by_month(session, today.replace(day=1), today, visible_office_ids()),
            kind_names={kind: _(word) for kind, word in KINDS.items()},
            kinds=[{"value": kind.value, "label": _(word)} for kind, word in KINDS.items()],
            roads=[{"value": road.value, "label": _(word)} for road, word in ROADS.items() if road is not NOT_BY_STAFF],
            answers=[{"value": answer.value, "label": _(word)} for answer, word in ANSWERS.items()],
            reasons=[{"value": reason.value, "label": _(word)} for reason, word in REASONS.items()],
            given=request.form,
            errors=errors,
        )


def _page(complaint_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        row = complaints.find(session, complaint_id, visible_office_ids())
        return render_template(
            "desks/complaint.html",
            row=row,
            written_at=complaints.text_of(row),
            kind_name=_(KINDS[row.kind]),
            road_name=_(ROADS[row.road]),
            is_ours=row.kind in POSTAL,
            routes=[{"value": route.value, "label": _(word)} for route, word in ROUTES.items()],
            route_name=_(ROUTES[row.route]) if row.route else "",
            may_answer=current_staff().role in ANSWERS_FOR_US and row.answered_at is None,
            given=request.form,
            errors=errors,
        )
