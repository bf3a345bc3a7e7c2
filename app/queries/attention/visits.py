"""Visits that no rule of ours puts right by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.domain.entitlement import EntitlementState
from app.domain.errand import OPEN, ErrandKind, ErrandState
from app.domain.named_receiver import ReceiverMatch
from app.models import Attempt, AuditEvent, Entitlement, Errand, ErrandDossier
from app.queries.attention.task import AttentionTask
from app.queries.custody.state import NOT_CONFIRMED, PROOF
from app.queries.visible import Offices, within

UNANSWERED: Final = timedelta(days=2)
CHECKED = "proof.checked"
"""The audit action that ends the task of a delivery whose code did not match, or that went to somebody who was not named."""
OTHER_AT_THE_COUNTER: Final = (Attempt.evidence["receiver"].astext == ReceiverMatch.OTHER) & Attempt.courier_id.is_(
    None
)
"""What a phone tells of such a hand-over is a fact of its own that a person looks at."""


def unconfirmed(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
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


def errands(
    session: Session, kind: str, office_ids: Offices, *conditions: ColumnElement[bool]
) -> Iterator[AttentionTask]:
    for errand in session.scalars(_chosen(office_ids, *conditions)):
        since = errand.held_until or (errand.slot.day if errand.slot else None)
        yield AttentionTask(kind, errand.request.reference, errand.office.name, since)


def to_confirm(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Results asked for by a code on which their desk has said nothing for two days: somebody calls it."""
    waiting = (
        select(ErrandDossier.errand_id)
        .join(Entitlement, Entitlement.dossier_id == ErrandDossier.dossier_id)
        .where(Entitlement.state == EntitlementState.TO_CONFIRM, Entitlement.asked_at < now - UNANSWERED)
    )
    for errand in session.scalars(_chosen(office_ids, Errand.id.in_(waiting), Errand.state.in_(OPEN))):
        yield AttentionTask("to_confirm", errand.request.reference, errand.office.name, errand.created_at)


def without_slot(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
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


def attempt_to_check(session: Session, attempt_id: int) -> Attempt | None:
    """A delivery whose code did not match, or that the counter gave to somebody else, with its errand."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, or_(PROOF == NOT_CONFIRMED, OTHER_AT_THE_COUNTER))
        .options(joinedload(Attempt.errand).joinedload(Errand.request))
    )
