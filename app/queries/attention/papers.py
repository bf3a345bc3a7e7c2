"""Envelopes and what phones told of them: gaps, incidents, unclear facts, cases of lost papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.paper_case import due_at
from app.models import Office
from app.queries.attention.task import AttentionTask
from app.queries.custody.claims import open_claims
from app.queries.custody.incidents import open_incidents
from app.queries.custody.paper_cases import cases_overdue
from app.queries.custody.quarantine import strays, unclear
from app.queries.custody.state import open_gaps
from app.queries.visible import Offices
from app.queries.visits.phones import phones


def gaps(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    chosen = None if office_ids is None else sorted(office_ids)
    names = {row.id: row.name for row in session.execute(select(Office.id, Office.name))}
    for gap in open_gaps(session, chosen):
        yield AttentionTask("gap", gap.parcel_code, names.get(gap.office_id or 0, ""), gap.opened_at)


def incidents(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    for line in open_incidents(session, office_ids):
        incident = line.incident
        yield AttentionTask("incident", incident.parcel_code, line.office, incident.opened_at, incident_id=incident.id)


def from_phones(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
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


def cases(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Lost and damaged papers of which something is owed that is overdue."""
    for line in cases_overdue(session, now, office_ids):
        incident = line.case.incident
        task = AttentionTask(
            "case_overdue", incident.parcel_code, line.office, incident.opened_at, incident_id=incident.id
        )
        yield replace(task, due_at=due_at(line.case.opened_at, line.late[0]))
