"""The case of a lost or damaged paper: what is owed to the household, step by step, and the record to sign."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.paper_case import NEEDS, WITHIN, CaseStep, FaultSide, due_at, overdue, owed
from app.domain.wording import whole_number
from app.models import PaperCase
from app.queries.custody.paper_cases import last_holder
from app.services.desks import paper_cases
from app.services.desks.paper_cases import DoStep
from app.services.documents.case_record import render
from app.texts.voice import DOING, FAULTS
from app.unit_of_work import UnitOfWork
from app.web.auth import current_staff, staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, opened_from
from app.web.desks.voice import ANSWERS_FOR_US
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.pdf import pdf
from app.web.picking import picked
from app.web.session import now, transaction


@opened_from("GET", "/su-co/<int:incident_id>/giay-to", COUNTER, COORDINATION)
def paper_case_page(incident_id: int) -> ResponseReturnValue:
    return _page(incident_id, {})


@opened_from("POST", "/su-co/<int:incident_id>/giay-to", COUNTER.opened_to(Role.OFFICE_MANAGER), COORDINATION)
def do_case_step(incident_id: int) -> ResponseReturnValue:
    fault = request.form.get("case_fault", "")
    try:
        step = picked(CaseStep, "case_step", "case_step_missing")
        done = DoStep(
            step,
            staff_actor(),
            now(),
            request.form.get("case_note", ""),
            FaultSide(fault) if fault in set(FaultSide) else None,
            whole_number(request.form.get("case_amount", "").replace(".", "")),
        )
        with transaction() as session:
            paper_cases.do_step(session, _found(session, incident_id), done)
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(incident_id, by_field(refusal)), 422
    flash(_("Đã ghi."), "good")
    return redirect(url_for(".paper_case_page", incident_id=incident_id), 303)


@opened_from("GET", "/su-co/<int:incident_id>/bien-ban.pdf", COUNTER, COORDINATION)
def case_record(incident_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return pdf(render(session, _found(session, incident_id)), f"bien-ban-{incident_id}")


def _found(session: UnitOfWork, incident_id: int) -> PaperCase:
    return paper_cases.find(session, incident_id, visible_office_ids())


def _page(incident_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        case = _found(session, incident_id)
        done = {one.step: one for one in case.steps}
        late = overdue(case.opened_at, done, now()) if case.closed_at is None else []
        open_steps = [step for step in owed(done) if NEEDS.get(step) is None or NEEDS[step] in done]
        holder = last_holder(session, case.incident.parcel_code)
        return render_template(
            "desks/paper_case.html",
            case=case,
            request_reference=paper_cases.request_of(session, case).reference,
            holder=holder,
            rows=[
                {"name": _(DOING[step]), "done": done.get(step), "due": _due(case, step), "late": step in late}
                for step in CaseStep
                if step in done or (case.closed_at is None and step is not CaseStep.NOT_LOST)
            ],
            steps=[{"value": step.value, "label": _(DOING[step])} for step in open_steps],
            faults=[{"value": fault.value, "label": _(word)} for fault, word in FAULTS.items()],
            fault_name=_(FAULTS[case.fault]) if case.fault else "–",
            least=paper_cases.least_compensation(session, case),
            may_act=current_staff().role in ANSWERS_FOR_US and case.closed_at is None,
            given=request.form,
            errors=errors,
        )


def _due(case: PaperCase, step: CaseStep) -> datetime | None:
    return due_at(case.opened_at, step) if step in WITHIN else None
