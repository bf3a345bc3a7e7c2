"""Incidents and unknown envelopes: reported at the counter, settled by the manager or a coordinator with a written word."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import REPORTED, IncidentKind, Verdict
from app.domain.parcel import parse_s10
from app.models import Parcel
from app.queries.custody.incidents import IncidentLine, closed_incidents, find_incident, open_incidents
from app.queries.custody.paper_cases import case_of
from app.queries.custody.quarantine import strays
from app.services.custody.incidents import close_incident, explain_stray, open_incident
from app.texts.ages import age
from app.texts.bags import INCIDENTS, VERDICTS
from app.web.auth import current_staff, staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, counter_bp, find_own_parcel, opened_from, own_office
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

JUDGES = frozenset({Role.OFFICE_MANAGER, Role.COORDINATOR, Role.ADMIN})
WITHIN_REACH = frozenset({Holder.OFFICE_SAFE, Holder.COURIER, Holder.BAG})


@opened_from("GET", "/su-co", COUNTER, COORDINATION)
def incidents_page() -> ResponseReturnValue:
    return _list({})


@counter_bp.post("/su-co")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def report_incident() -> ResponseReturnValue:
    try:
        kind = _kind(request.form.get("kind", ""))
        with transaction() as session:
            parcel = _ours(session, request.form.get("parcel_code", ""))
            _check_reach(parcel, kind)
            open_incident(
                session,
                kind=kind,
                parcel_code=parcel.code,
                office_id=own_office(),
                by=staff_actor(),
                now=now(),
                note=request.form.get("note", ""),
            )
    except DomainError as refusal:
        return _list(by_field(refusal)), 422
    flash(_("Đã ghi sự cố. Trưởng bưu cục và điều phối viên thấy ngay."), "wait")
    return redirect(url_for("counter.incidents_page"), 303)


@opened_from("GET", "/su-co/<int:incident_id>", COUNTER, COORDINATION)
def incident_page(incident_id: int) -> ResponseReturnValue:
    return _page(incident_id, {})


@opened_from("POST", "/su-co/<int:incident_id>", COUNTER.opened_to(Role.OFFICE_MANAGER), COORDINATION)
def close_incident_action(incident_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _seen(session, incident_id)
            given = request.form.get("verdict", "")
            verdict = Verdict(given) if given in set(Verdict) else Verdict.STAYS
            close_incident(session, incident_id, verdict, request.form.get("resolution", ""), staff_actor(), now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(incident_id, by_field(refusal)), 422
    flash(_("Đã khép sự cố."), "good")
    return redirect(url_for(".incidents_page"), 303)


@opened_from("POST", "/ma-la/<int:stray_id>", COUNTER, COORDINATION)
def explain_stray_action(stray_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _check_stray(session, stray_id)
            explain_stray(session, stray_id, request.form.get(f"note_{stray_id}", ""), staff_actor(), now())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _list({f"note_{stray_id}": sentence for sentence in by_field(refusal).values()}), 422
    flash(_("Đã ghi lời giải thích."), "good")
    return redirect(url_for(".incidents_page"), 303)


def _kind(text: str) -> IncidentKind:
    if text not in set(REPORTED):
        raise DomainError("incident_kind_missing", kind="invalid", field="kind")
    return IncidentKind(text)


def _ours(session: Session, code: str) -> Parcel:
    """An envelope that passed through this office. Raises `parcel_code_malformed` or `parcel_not_here`."""
    wanted = parse_s10(code)
    parcel = find_own_parcel(session, wanted)
    if parcel is None:
        raise DomainError("parcel_not_here", kind="invalid", field="parcel_code", parcel=wanted)
    return parcel


def _check_reach(parcel: Parcel, kind: IncidentKind) -> None:
    """Nobody loses here what has gone to the desk or the citizen since."""
    if kind is IncidentKind.LOST and parcel.holder not in WITHIN_REACH:
        raise DomainError("parcel_not_here", kind="invalid", field="parcel_code", parcel=parcel.code)


def _check_stray(session: Session, stray_id: int) -> None:
    if stray_id not in {scan.id for scan in strays(session, visible_office_ids())}:
        raise DomainError("stray_unknown", kind="not_found")


def _seen(session: Session, incident_id: int) -> IncidentLine:
    line = find_incident(session, incident_id, visible_office_ids())
    if line is None:
        raise DomainError("incident_unknown", kind="not_found")
    return line


def _list(errors: dict[str, str]) -> str:
    visible = visible_office_ids()
    with transaction() as session:
        return render_template(
            "desks/incidents.html",
            at_counter=request.blueprint == counter_bp.name,
            opened=open_incidents(session, visible),
            closed=closed_incidents(session, now(), visible),
            strays=strays(session, visible),
            kinds=[{"value": kind.value, "label": _(INCIDENTS[kind])} for kind in REPORTED],
            kind_name=lambda kind: _(INCIDENTS[kind]),
            age=lambda moment: age(moment, now(), language()),
            given=request.form,
            errors=errors,
        )


def _page(incident_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        line = _seen(session, incident_id)
        return render_template(
            "desks/incident.html",
            line=line,
            kind_name=_(INCIDENTS[line.incident.kind]),
            verdicts=[{"value": verdict.value, "label": _(VERDICTS[verdict])} for verdict in Verdict],
            may_close=current_staff().role in JUDGES and line.incident.closed_at is None,
            is_parcel=line.parcel is not None,
            has_case=case_of(session, incident_id) is not None,
            given=request.form,
            errors=errors,
        )
