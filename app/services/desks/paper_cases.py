"""Do the steps that a lost or damaged paper's household is owed, one by one (docs/decisions/complaints.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.domain.errors import DomainError
from app.domain.paper_case import CaseStep, FaultSide, check_step, due_at, least_amount, owed
from app.domain.tariff import ChargeKind
from app.models import CaseStepDone, Charge, Dossier, Incident, PaperCase, Parcel, ServiceRequest
from app.queries.custody.apart import reset_lately
from app.queries.visible import Offices, within
from app.services import audit
from app.services.messaging.messages import tell
from app.unit_of_work import UnitOfWork

NOTE_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class DoStep:
    """`fault` with the record, `amount` with the decision; `note`: where was searched, the record's number, the receipt's."""

    step: CaseStep
    by: str
    now: datetime
    note: str = ""
    fault: FaultSide | None = None
    amount: int | None = None


def find(work: UnitOfWork, incident_id: int, offices: Offices) -> PaperCase:
    """Held until the transaction ends. Raises `not_found`."""
    wanted = (
        select(PaperCase)
        .join(Incident, Incident.id == PaperCase.incident_id)
        .where(PaperCase.incident_id == incident_id, *within(Incident.office_id, offices))
    )
    case = work.scalar(wanted.with_for_update(of=PaperCase))
    if case is None:
        raise DomainError("not_found", kind="not_found")
    return case


def do_step(work: UnitOfWork, case: PaperCase, done: DoStep) -> None:
    """Raises the refusals of `check_step`, `case_note_missing`, `case_fault_missing`, `case_amount_low`, `reset_lately`."""
    before = {one.step: one.by for one in case.steps}
    if done.step is CaseStep.NOT_LOST:
        raise DomainError("case_step_early", kind="conflict", before=CaseStep.NOT_LOST)  # by closing the incident alone
    check_step(done.step, before, done.by)
    if not done.note.strip() and done.step is not CaseStep.AGREED:
        raise DomainError("case_note_missing", kind="invalid", field="case_note")
    _take(work, case, done, before)
    case.steps.append(CaseStepDone(step=done.step, at=done.now, by=done.by, note=done.note.strip()[:NOTE_AT_MOST]))
    if not owed(before.keys() | {done.step}):
        case.closed_at = done.now
    work.flush()
    audit.record(work, done.by, f"case.{done.step.value}", "incident", case.incident_id, done.now)


def _take(work: UnitOfWork, case: PaperCase, done: DoStep, before: dict[CaseStep, str]) -> None:
    """What the step brings with it."""
    if done.step is CaseStep.RECORDED:
        if done.fault is None:
            raise DomainError("case_fault_missing", kind="invalid", field="case_fault")
        case.fault = done.fault
    elif done.step is CaseStep.DECIDED:
        least = least_compensation(work, case)
        if done.amount is None or done.amount < least:
            raise DomainError(
                "case_amount_low", kind="invalid", field="case_amount", least=f"{least:,}".replace(",", ".")
            )
        case.amount = done.amount
    elif done.step is CaseStep.AGREED:
        if reset_lately(work, _account(before[CaseStep.DECIDED]), _account(done.by), done.now):
            raise DomainError("reset_lately", kind="forbidden", field="case_step")
        if case.amount:
            _tell_amount(work, case, done.now)


def _account(actor: str) -> int:
    return int(actor.removeprefix("staff:"))


def least_compensation(work: UnitOfWork, case: PaperCase) -> int:
    """Đồng: four charges of the request for a loss; nothing where the record says that it was nobody's fault."""
    request = request_of(work, case)
    postage = select(func.sum(Charge.amount)).where(Charge.request_id == request.id, Charge.kind == ChargeKind.POSTAGE)
    return least_amount(case.incident.kind, work.scalar(postage) or 0, case.fault)


def request_of(work: UnitOfWork, case: PaperCase) -> ServiceRequest:
    return work.scalars(
        select(ServiceRequest)
        .join(Dossier, Dossier.request_id == ServiceRequest.id)
        .join(Parcel, Parcel.dossier_id == Dossier.id)
        .where(Parcel.code == case.incident.parcel_code)
    ).one()


def _tell_amount(work: UnitOfWork, case: PaperCase, now: datetime) -> None:
    until = due_at(case.opened_at, CaseStep.PAID).date()
    amount = f"{case.amount or 0:,}".replace(",", ".")
    tell(work, request_of(work, case), None, "compensation", now, f"compensation:{case.id}", amount=amount, until=until)
