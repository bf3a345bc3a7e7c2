"""Tell the national exchange one step of a dossier: put the dossier where it is unknown, and report the step.

A dossier that the exchange holds is the desk's own: only its progress is reported, so that nothing the desk's software knows
better is overwritten with blanks. A state that is final there is never moved back. Source: docs/domain.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.identity import ApplicantKind
from app.domain.tariff import ChargeKind
from app.gateways import one_stop
from app.models import Charge, Dossier, DossierStep, OutboxMessage
from app.queries.desks.papers import still_wanted
from app.texts.exchange import LACKING, PROGRESS
from app.worker.context import WorkerContext
from integrations.errors import IntegrationError, Unavailable
from integrations.one_stop import (
    ChannelCode,
    DossierRecord,
    DossierStateCode,
    Fee,
    HandlingStep,
    Owner,
    OwnerKind,
    ProcedureName,
    ReturnForm,
    StateMeaning,
)

CLOSES: Final = time(17, 0)  # a due day ends with the desk's working day
LONGEST_HANDLER: Final = 50


@dataclass(frozen=True, slots=True)
class StepMessage:
    """What is sent; `record` None: whose dossier it is was erased, so that only the step can be told."""

    code: str
    step: HandlingStep
    record: DossierRecord | None


@dataclass(frozen=True, slots=True)
class StateHeld:
    """What they hold after the call: its national state."""

    state: int


class StepHandler:
    """The handler of kind `step`."""

    def prepare(self, context: WorkerContext, session: Session, outbox_message: OutboxMessage) -> StepMessage | None:
        """None for a dossier whose code was taken back: it is unknown there."""
        del context
        dossier = session.get(Dossier, UUID(outbox_message.body["dossier_id"]))
        step = session.get(DossierStep, int(outbox_message.body["step_id"]))
        if dossier is None or step is None or dossier.code is None:
            return None
        lacking = _lacking(session, dossier)
        return StepMessage(dossier.code, _progress(dossier, step, lacking), _record(session, dossier, step, lacking))

    def send(self, context: WorkerContext, message: StepMessage) -> StateHeld:
        exchange = one_stop(context.settings)
        if exchange is None:
            raise Unavailable("one-stop exchange", "is not joined: TANNHA_LINKS names no [one_stop]")
        found = exchange.find_dossier(message.code)
        if found is None and message.record is not None:
            exchange.sync_dossier(message.record, updating=False)
        elif found is not None and isinstance(found.state, StateMeaning) and found.state.final:
            return StateHeld(int(found.state.code))  # their last word stands; reconciliation shows the difference
        exchange.report_progress(message.step)
        return StateHeld(int(message.step.state))

    def settle(self, session: Session, outbox_message: OutboxMessage, answer: StateHeld, now: datetime) -> None:
        dossier = session.get_one(Dossier, UUID(outbox_message.body["dossier_id"]))
        dossier.seen_state, dossier.seen_at = answer.state, now

    def fail(self, session: Session, outbox_message: OutboxMessage, error: IntegrationError, now: datetime) -> None:
        """A person reads their sentence on the page of links; nothing else follows."""


def _lacking(session: Session, dossier: Dossier) -> str:
    """Which papers of the published list the dossier still lacks; empty when it is whole."""
    named = "; ".join(paper.name for paper in still_wanted(session, dossier))
    return LACKING.format(papers=named) if named else ""


def _progress(dossier: Dossier, step: DossierStep, lacking: str) -> HandlingStep:
    state = DossierStateCode(str(step.state))
    handler = (dossier.competent_desk if step.sub_state == IN_PROCESS else dossier.desk).name
    return HandlingStep(
        code=dossier.code or "",
        handler=handler[:LONGEST_HANDLER],
        at=step.at,
        what=". ".join(filter(None, (PROGRESS[step.state], lacking))),
        state=state,
        department=handler,
    )


IN_PROCESS: Final = 2


def _record(session: Session, dossier: Dossier, step: DossierStep, lacking: str) -> DossierRecord | None:
    applicant = dossier.request.applicant
    if not applicant.name:
        return None
    procedure, state = dossier.procedure, DossierStateCode(str(step.state))
    return DossierRecord(
        code=dossier.code or "",
        procedure=ProcedureName(code=procedure.code, name=procedure.name, field_code="", field_name=procedure.field),
        owner=Owner(name=applicant.name, kind=_owner_kind(applicant.kind), phone=applicant.phone or ""),
        summary=procedure.name[:1000],
        received_at=dossier.accepted_at or step.at,
        due_at=at(dossier.due_on, CLOSES) if dossier.due_on else None,
        state=state,
        unit=dossier.competent_desk.name,
        channel=ChannelCode(dossier.channel),
        return_form=ReturnForm(dossier.return_form),
        receipt_number=dossier.request.reference,
        finished_at=dossier.result_ready_at,
        returned_at=step.at if state is DossierStateCode.RESULT_RETURNED else None,
        fees=tuple(_fees(session, dossier)),
        note=lacking,
    )


def _owner_kind(kind: ApplicantKind) -> OwnerKind:
    return OwnerKind.COMPANY if kind is ApplicantKind.ORGANISATION else OwnerKind.CITIZEN


def _fees(session: Session, dossier: Dossier) -> list[Fee]:
    mine = (Charge.dossier_id == dossier.id, Charge.kind == ChargeKind.STATE_FEE, Charge.amount > 0)
    rows: list[Any] = list(session.execute(select(Charge.amount, Charge.basis).where(*mine)))
    return [Fee(name=row.basis, code=dossier.procedure.code, amount_dong=row.amount) for row in rows]
