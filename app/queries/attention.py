"""What waits for a person: everything that no rule of ours will put right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.clock import local_day
from app.domain.entitlement import EntitlementState
from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.named_receiver import ReceiverMatch
from app.domain.paper_case import due_at
from app.domain.templates import as_kept
from app.models import (
    Attempt,
    AuditEvent,
    CallbackWish,
    Entitlement,
    Errand,
    ErrandDossier,
    Message,
    Office,
    PasswordReset,
    Plan,
    Planning,
    PlanOffice,
    PlanUnserved,
    ServiceRequest,
    Slot,
    StaffAccount,
)
from app.models.plan import STOOD_IN, TIMER
from app.queries.custody.apart import APART, factors_removed_lately
from app.queries.custody.claims import open_claims
from app.queries.custody.incidents import open_incidents
from app.queries.custody.paper_cases import cases_overdue
from app.queries.custody.quarantine import strays, unclear
from app.queries.custody.state import NOT_CONFIRMED, PROOF, open_gaps
from app.queries.desks.bank import bank_tasks
from app.queries.desks.voice import open_complaints
from app.queries.tracking.code_budget import used_up
from app.queries.tracking.told import callers, to_call
from app.queries.tracking.unsent import unsent
from app.queries.visible import Offices, within
from app.queries.visits.phones import phones

UNANSWERED: Final = timedelta(days=2)
CHECKED = "proof.checked"
"""The audit action that ends the task of a delivery whose code did not match, or that went to somebody who was not named."""
OTHER_AT_THE_COUNTER: Final = (Attempt.evidence["receiver"].astext == ReceiverMatch.OTHER) & Attempt.courier_id.is_(
    None
)
"""What a phone tells of such a hand-over is a fact of its own that a person looks at."""


@dataclass(frozen=True, slots=True)
class AttentionTask:
    """`kind` finds its sentence in `app.texts.attention`. `reason`: of an errand left out of the plan in force;
    `said`: what the citizen should have read.
    """

    kind: str
    reference: str
    office: str
    since: datetime | date | None
    attempt_id: int | None = None
    message_id: UUID | None = None
    reason: str | None = None
    said: str = ""
    operation_id: UUID | None = None
    device_id: UUID | None = None
    incident_id: int | None = None
    day: date | None = None  # of a plan that failed
    claim_id: int | None = None
    wish_id: int | None = None
    complaint_id: int | None = None
    line_id: int | None = None  # of the bank's statement
    due_at: datetime | None = None
    caller: str = ""  # by name, who calls the citizen


def tasks(session: Session, day: date, now: datetime, office_ids: Offices = None) -> list[AttentionTask]:
    """Gaps and unclear facts first, then what a citizen waits for, then what the day's plan could not serve."""
    today = local_day(now)
    return [
        *plans_failed(session, today, office_ids),
        *_codes(session, now, office_ids),
        *_gaps(session, office_ids),
        *_incidents(session, office_ids),
        *_from_phones(session, now, office_ids),
        *_unconfirmed(session, office_ids),
        *_wishes(session, office_ids),
        *_cases(session, now, office_ids),
        *_complaints(session, today, office_ids),
        *_money(session, office_ids),
        *_errands(session, "failed", office_ids, Errand.state == ErrandState.FAILED),
        *_errands(session, "held_over", office_ids, Errand.state == ErrandState.HELD, Errand.held_until < today),
        *_to_confirm(session, now, office_ids),
        *_without_slot(session, office_ids),
        *_errands(
            session,
            "slot_closed",
            office_ids,
            Errand.state.in_([ErrandState.SCHEDULED, ErrandState.PLANNED]),
            Errand.slot.has(Slot.closed & (Slot.day >= today)),
        ),
        *_left_out(session, day, office_ids),
        *_not_sent(session, today, office_ids),
        *_not_arrived(session, now, office_ids),
        *_resets(session, now, office_ids),
    ]


def plans_failed(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Days with an order to plan that came to nothing, and none behind it that covers the same offices, nor is under way.

    Theirs who see every office, for an order may be of all. `plan_stood_in`: they ride by the draft of the evening.
    """
    if office_ids is not None:
        return
    orders = session.scalars(select(Planning).where(Planning.day >= today).order_by(Planning.day, Planning.id)).all()
    for day, of_day in groupby(orders, key=lambda order: order.day):
        failed = _uncovered(list(of_day))
        if failed is not None:
            since = failed.finished_at or failed.asked_at
            kind = "plan_stood_in" if _stood_in(session, day) else "plan_failed"
            yield AttentionTask(kind, day.strftime("%d/%m/%Y"), "", since, day=day)


def _codes(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Whoever sees every office hears that the hour's codes to telephones are used up."""
    if office_ids is None and used_up(session, now):
        yield AttentionTask("codes_used_up", "", "", now)


def _stood_in(session: Session, day: date) -> bool:
    in_force = select(Plan.id).where(Plan.day == day, Plan.state == "published", Plan.published_by.startswith(STOOD_IN))
    return session.scalar(in_force.limit(1)) is not None


def _uncovered(orders: Sequence[Planning]) -> Planning | None:
    """The newest order of a day that failed and whose offices later orders have not all taken up."""
    taken_up: set[int] = set()
    for order in reversed(orders):
        offices = {office["id"] for office in order.office_ids or ()}
        if order.state == "failed" and not (offices and offices <= taken_up):
            return order
        if not offices or order.asked_by.startswith(TIMER):
            return None  # of every office, or of all that still needed a plan: it answers for what failed before
        taken_up |= offices
    return None


def _gaps(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    chosen = None if office_ids is None else sorted(office_ids)
    names = {row.id: row.name for row in session.execute(select(Office.id, Office.name))}
    for gap in open_gaps(session, chosen):
        yield AttentionTask("gap", gap.parcel_code, names.get(gap.office_id or 0, ""), gap.opened_at)


def _incidents(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    for line in open_incidents(session, office_ids):
        incident = line.incident
        yield AttentionTask("incident", incident.parcel_code, line.office, incident.opened_at, incident_id=incident.id)


def _from_phones(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Facts that a person has to look at, scans of envelopes in no book, phones that owe something."""
    for fact in unclear(session, office_ids):
        yield AttentionTask(
            "unclear",
            fact.reference or fact.parcel or fact.courier,
            fact.office,
            fact.occurred_at,
            operation_id=fact.id,
        )
    for scan in strays(session, office_ids):
        yield AttentionTask("stray", scan.code, scan.office, scan.occurred_at)
    for task in open_claims(session, office_ids, now):
        first = task.first
        yield AttentionTask("claim", first.code or first.courier.name, first.office.name, task.since, claim_id=task.id)
    for phone in phones(session, now, office_ids):
        if phone.suspected_at is not None and phone.revoked_at is None:
            yield AttentionTask("suspected", phone.courier, phone.office, phone.suspected_at, device_id=phone.id)
        if phone.overdue(now):
            yield AttentionTask("phone_owes", phone.courier, phone.office, phone.last_contact_at, device_id=phone.id)


def _unconfirmed(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    looked_at = (
        select(AuditEvent.id)
        .where(
            AuditEvent.action == CHECKED,
            AuditEvent.object_kind == "attempt",
            AuditEvent.object_id == cast(Attempt.id, String),
        )
        .exists()
    )
    flagged = session.scalars(
        select(Attempt)
        .join(Attempt.errand)
        .where(or_(PROOF == NOT_CONFIRMED, OTHER_AT_THE_COUNTER), ~looked_at, *within(Errand.office_id, office_ids))
        .options(
            contains_eager(Attempt.errand).joinedload(Errand.request),
            contains_eager(Attempt.errand).joinedload(Errand.office),
        )
        .order_by(Attempt.occurred_at)
    )
    for attempt in flagged:
        errand = attempt.errand
        kind = "not_confirmed" if attempt.evidence["proof"] == NOT_CONFIRMED else "receiver_not_named"
        yield AttentionTask(kind, errand.request.reference, errand.office.name, attempt.occurred_at, attempt.id)


def _chosen(office_ids: Offices, *conditions: ColumnElement[bool]) -> Select[Errand]:
    return (
        select(Errand)
        .where(*conditions, *within(Errand.office_id, office_ids))
        .options(joinedload(Errand.request), joinedload(Errand.office), joinedload(Errand.slot))
        .order_by(Errand.created_at, Errand.id)
    )


def _errands(
    session: Session, kind: str, office_ids: Offices, *conditions: ColumnElement[bool]
) -> Iterator[AttentionTask]:
    for errand in session.scalars(_chosen(office_ids, *conditions)):
        since = errand.held_until or (errand.slot.day if errand.slot else None)
        yield AttentionTask(kind, errand.request.reference, errand.office.name, since)


def _to_confirm(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Results asked for by a code on which their desk has said nothing for two days: somebody calls it."""
    waiting = (
        select(ErrandDossier.errand_id)
        .join(Entitlement, Entitlement.dossier_id == ErrandDossier.dossier_id)
        .where(Entitlement.state == EntitlementState.TO_CONFIRM, Entitlement.asked_at < now - UNANSWERED)
    )
    for errand in session.scalars(_chosen(office_ids, Errand.id.in_(waiting), Errand.state.in_(OPEN))):
        yield AttentionTask("to_confirm", errand.request.reference, errand.office.name, errand.created_at)


def _without_slot(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """Results that are ready, and papers an agency asked us to fetch, for which no slot was open."""
    waiting = _chosen(
        office_ids,
        Errand.state == ErrandState.REQUESTED,
        Errand.slot_id.is_(None),
    )
    for errand in session.scalars(waiting.options(selectinload(Errand.dossiers))):
        collect = errand.kind is ErrandKind.COLLECT
        ready = [errand.created_at] if collect else [dossier.result_ready_at for dossier in errand.dossiers]
        if ready and None not in ready:
            yield AttentionTask(
                "collect_without_slot" if collect else "without_slot",
                errand.request.reference,
                errand.office.name,
                ready[0],
            )


def _left_out(session: Session, day: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Errands of the day that the plan in force of their office leaves out."""
    in_force = (PlanOffice.plan_id == PlanUnserved.plan_id) & (PlanOffice.office_id == Errand.office_id)
    rows = session.scalars(
        select(PlanUnserved)
        .join(PlanUnserved.errand)
        .join(PlanOffice, in_force)
        .where(
            PlanOffice.day == day,
            PlanOffice.published,
            Errand.state == ErrandState.SCHEDULED,
            Errand.slot.has(Slot.day == day),
            *within(Errand.office_id, office_ids),
        )
        .options(
            contains_eager(PlanUnserved.errand).joinedload(Errand.request),
            contains_eager(PlanUnserved.errand).joinedload(Errand.office),
        )
        .order_by(Errand.office_id, Errand.id)
    )
    for row in rows:
        yield AttentionTask("left_out", row.errand.request.reference, row.errand.office.name, day, reason=row.reason)


def _not_sent(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    names = callers(session)
    for message, reference, office, office_id in unsent(session, today, office_ids):
        kind = "to_call" if message.error == "voice" else "not_sent"
        yield _of_message(kind, message, reference, office, names.get(office_id, ""))


def _not_arrived(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Visits ahead of which nobody knows whether their household was told."""
    names = callers(session)
    for message, errand in to_call(session, now, office_ids):
        caller = names.get(errand.office_id, "")
        yield _of_message("not_arrived", message, errand.request.reference, errand.office.name, caller)


def _of_message(kind: str, message: Message, reference: str, office: str, caller: str) -> AttentionTask:
    said = as_kept(message.body)
    return AttentionTask(kind, reference, office, message.created_at, message_id=message.id, said=said, caller=caller)


def _resets(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Passwords set anew and second factors taken off within a day: whoever sees all offices is told."""
    if office_ids is not None:
        return
    lately = select(PasswordReset).where(PasswordReset.made_at > now - APART).order_by(PasswordReset.made_at)
    for reset in session.scalars(
        lately.options(joinedload(PasswordReset.staff_account).joinedload(StaffAccount.office))
    ):
        account = reset.staff_account
        office = account.office.name if account.office is not None else ""
        yield AttentionTask("password_reset", account.username, office, reset.made_at)
    for event in factors_removed_lately(session, now):
        whose = session.get_one(StaffAccount, int(event.object_id))
        yield AttentionTask("factor_removed", whose.username, whose.office.name if whose.office else "", event.at)


def _wishes(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """Citizens who asked to be called; their number is behind the reference, never on the board."""
    rows = session.scalars(
        select(CallbackWish)
        .where(CallbackWish.done_at.is_(None), *within(CallbackWish.office_id, office_ids))
        .options(joinedload(CallbackWish.request), joinedload(CallbackWish.office))
        .order_by(CallbackWish.due_at, CallbackWish.id)
    )
    for row in rows:
        task = AttentionTask("call_back", row.request.reference, row.office.name, row.asked_at, wish_id=row.id)
        yield replace(task, due_at=row.due_at)


def _cases(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Lost and damaged papers of which something is owed that is overdue."""
    for line in cases_overdue(session, now, office_ids):
        incident = line.case.incident
        task = AttentionTask(
            "case_overdue", incident.parcel_code, line.office, incident.opened_at, incident_id=incident.id
        )
        yield replace(task, due_at=due_at(line.case.opened_at, line.late[0]))


def _complaints(session: Session, today: date, office_ids: Offices) -> Iterator[AttentionTask]:
    """Those whose day is over, and those that only wait for somebody who is not complained of."""
    for row in open_complaints(session, office_ids):
        kind = "complaint_overdue" if row.due_on < today else "complaint_to_sign"
        if row.due_on < today or row.written_by is not None:
            yield AttentionTask(kind, row.number, row.office.name, row.lodged_at, complaint_id=row.id)


def _money(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """What came over the bank is the whole post's: its tasks are for who sees every office."""
    for task in bank_tasks(session) if office_ids is None else ():
        yield AttentionTask("bank_line", task.reference or "CK", "", task.since, line_id=task.line.id)


def attempt_to_check(session: Session, attempt_id: int) -> Attempt | None:
    """A delivery whose code did not match, or that the counter gave to somebody else, with its errand."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, or_(PROOF == NOT_CONFIRMED, OTHER_AT_THE_COUNTER))
        .options(joinedload(Attempt.errand).joinedload(Errand.request))
    )


def offices_of_request(session: Session, request: ServiceRequest) -> Sequence[int]:
    return session.scalars(select(Errand.office_id).where(Errand.request_id == request.id).distinct()).all()


def booked_on(session: Session, unit_code: str, day: date) -> int:
    """Visits that lose their slot when the commune closes that day."""
    lost = (
        select(func.count())
        .select_from(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(
            Slot.unit_code == unit_code,
            Slot.day == day,
            Errand.state.in_([ErrandState.SCHEDULED, ErrandState.PLANNED]),
        )
    )
    return session.scalar(lost) or 0
