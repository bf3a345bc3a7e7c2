"""Collect: the case of the procedure first, then exactly its papers, the seal, confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.checklist import Tick, papers_of_case
from app.domain.commands import CollectDossier, PaperTicked
from app.domain.envelope import check_cases
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.parcel import PaperForm
from app.domain.wording import whole_number
from app.models import Courier, Dossier, Errand, RequiredPaper, Stop
from app.queries import papers
from app.services import collection
from app.web.auth import staff
from app.web.couriers.room import bp, courier_actor, own_courier, own_errand
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction

ADDRESS = "/yeu-cau/<uuid:errand_id>/ho-so/<uuid:dossier_id>/nhan"


@bp.get(ADDRESS)
@staff(Role.COURIER)
def collect_page(errand_id: UUID, dossier_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        visit = _visit(session, errand_id, dossier_id)
        return _case_page(visit) if _case_is_open(visit) else _papers_page(session, visit, {})


@bp.post(ADDRESS)
@staff(Role.COURIER)
def collect_action(errand_id: UUID, dossier_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            visit = _visit(session, errand_id, dossier_id)
            parcel = collection.collect(session, _command(visit, _lines(session, visit)))
            flash(_("Đã nhận và niêm phong bưu gửi %(code)s.", code=parcel.code), "good")
            return redirect(url_for("couriers.stop", stop_id=visit.stop.id), 303)
    except DomainError as refusal:
        with transaction() as session:
            return _papers_page(session, _visit(session, errand_id, dossier_id), by_field(refusal)), 422


class Visit:
    """The courier at the door, the errand, and the dossier being collected."""

    def __init__(self, courier: Courier, errand: Errand, stop: Stop, dossier: Dossier) -> None:
        self.courier, self.errand, self.stop, self.dossier = courier, errand, stop, dossier

    @property
    def cases(self) -> tuple[str, ...]:
        """The case told by the form, else what the citizen said when booking."""
        if request.method == "POST":
            return tuple(request.form.getlist("cases"))
        if "da-chon" in request.args:
            return tuple(key for question in self.questions for key in request.args.getlist(question["key"]))
        return tuple(self.dossier.cases)

    @property
    def questions(self) -> list[dict[str, Any]]:
        return self.dossier.procedure.cases


def _visit(session: Session, errand_id: UUID, dossier_id: UUID) -> Visit:
    courier = own_courier(session)
    errand, stop = own_errand(session, errand_id, courier)
    for dossier in errand.dossiers:
        if dossier.id == dossier_id:
            return Visit(courier, errand, stop, dossier)
    raise DomainError("dossier_not_of_errand", kind="not_found")


def _case_is_open(visit: Visit) -> bool:
    """Ask for the case until every question of the procedure has its answer (a delivery's case was told long ago)."""
    asked = visit.errand.kind is ErrandKind.COLLECT and bool(visit.dossier.procedure.cases)
    return asked and (request.args.get("hoi") == "1" or _case_errors(visit) is not None)


def _case_errors(visit: Visit) -> DomainError | None:
    try:
        check_cases(visit.dossier.procedure.cases, visit.cases)
    except DomainError as refusal:
        return refusal
    return None


def _case_page(visit: Visit) -> str:
    refusal = _case_errors(visit) if "da-chon" in request.args else None
    sentence = next(iter(by_field(refusal).values())) if refusal else ""
    questions = [_asked(question, visit.cases) for question in visit.questions]
    errors = {question["key"]: sentence for question in questions if sentence and question["open"]}
    return render_template("couriers/case.html", visit=visit, questions=questions, errors=errors)


def _asked(question: Mapping[str, Any], cases: Sequence[str]) -> dict[str, Any]:
    options = [{"value": option["key"], "label": option["label"]} for option in question["options"]]
    chosen = next((option["value"] for option in options if option["value"] in cases), "")
    still_open = not question["many"] and not chosen
    return {**question, "options": options, "chosen": chosen, "open": still_open}


def _lines(session: Session, visit: Visit) -> Sequence[RequiredPaper]:
    if visit.errand.kind is ErrandKind.DELIVER:
        return papers.due_of(session, visit.errand).get(visit.dossier.id, [])
    return papers_of_case(visit.dossier.procedure.papers, visit.cases)


def _papers_page(session: Session, visit: Visit, errors: dict[str, str]) -> str:
    return render_template(
        "couriers/collect.html",
        visit=visit,
        lines=_lines(session, visit),
        given=request.form,
        operation=request.form.get("operation") or str(uuid4()),
        errors=errors,
    )


def _command(visit: Visit, lines: Sequence[RequiredPaper]) -> CollectDossier:
    form = request.form
    return CollectDossier(
        errand_id=visit.errand.id,
        dossier_id=visit.dossier.id,
        cases=visit.cases,
        papers={line.line: _ticked(line.line) for line in lines if form.get(f"paper_{line.line}") in set(Tick)},
        parcel_code=form.get("parcel_code", "").strip() or None,
        seal_number=form.get("seal_number", ""),
        courier_id=visit.courier.id,
        operation_id=form.get("operation") or str(uuid4()),
        occurred_at=now(),
        now=now(),
        by=courier_actor(visit.courier),
        taken_in_part=form.get("taken_in_part") == "1",
    )


def _ticked(line: int) -> PaperTicked:
    form, count = request.form.get(f"form_{line}", ""), request.form.get(f"count_{line}", "1")
    return PaperTicked(
        tick=Tick(request.form[f"paper_{line}"]),
        form=PaperForm(form) if form in set(PaperForm) else PaperForm.ORIGINAL,
        count=whole_number(count) or 0,
    )
