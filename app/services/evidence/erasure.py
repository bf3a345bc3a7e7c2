"""Erase a person and leave the chain standing (Law 91/2025): names, doors, numbers and proofs go; ids, times and hashes stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.errand import OPEN
from app.domain.errors import DomainError
from app.domain.identity import Channel
from app.models import (
    Applicant,
    CustodyEvidence,
    Errand,
    FileUse,
    HandoverCode,
    Message,
    Operation,
    OperationPayload,
    Place,
    ServiceRequest,
    StoredFile,
    Unit,
)  # fmt: skip
from app.services import audit
from app.services.evidence import files
from app.unit_of_work import UnitOfWork


def erase_applicant(work: UnitOfWork, applicant_id: UUID, by: str, now: datetime, legal_basis: str) -> Applicant:
    """Empty everything personal of one applicant, once; the audit keeps who did it, when, and on which legal basis.

    Raises `legal_basis_missing`, `not_found`, or `errands_open` while papers are still on the road.
    """
    if not legal_basis.strip():
        raise DomainError("legal_basis_missing", kind="invalid", field="legal_basis")
    applicant = work.get(Applicant, applicant_id, with_for_update=True)
    if applicant is None:
        raise DomainError("not_found", kind="not_found", field="applicant")
    if applicant.erased_at is not None:
        return applicant
    requests = work.scalars(select(ServiceRequest).where(ServiceRequest.applicant_id == applicant_id)).all()
    errands = _closed_errands(work, requests)
    applicant.name, applicant.phone, applicant.erased_at = None, None, now
    for request in requests:
        _empty_request(work, request, now)
    work.execute(delete(HandoverCode).where(HandoverCode.errand_id.in_(errands)))
    _empty_evidence(work, applicant_id, now)
    _delete_from_phones(work, errands, now)
    audit.record(work, by, "erase", "applicant", applicant_id, now, legal_basis=legal_basis.strip())
    return applicant


def _closed_errands(session: Session, requests: Sequence[ServiceRequest]) -> list[UUID]:
    mine = select(Errand.id, Errand.state).where(Errand.request_id.in_(request.id for request in requests))
    rows = session.execute(mine).all()
    still_open = sum(row.state in OPEN for row in rows)
    if still_open:
        raise DomainError("errands_open", open=still_open)
    return [row.id for row in rows]


def _empty_request(session: Session, request: ServiceRequest, now: datetime) -> None:
    request.channel, request.helper_name, request.helper_phone = Channel.NONE, None, None
    request.tracking_until = now
    _empty_place(session, request.place)
    mine = update(Message).where(Message.request_id == request.id)
    session.execute(mine.values(recipient=None, body=""))


def _empty_place(session: Session, place: Place) -> None:
    """The door becomes its commune's own point: statistics by commune stay true."""
    unit = session.get_one(Unit, place.unit_code)
    place.address = place.former_name = place.landmark = None
    place.lon, place.lat, place.pin_source = unit.lon, unit.lat, "unit"
    place.confirmed_by = place.confirmed_at = None


def _empty_evidence(session: Session, applicant_id: UUID, now: datetime) -> None:
    mine = update(CustodyEvidence).where(CustodyEvidence.applicant_id == applicant_id)
    session.execute(mine.values(salt=None, payload=None, erased_at=now))


def _delete_from_phones(work: UnitOfWork, errands: Sequence[UUID], now: datetime) -> None:
    """Photographs and signatures of these visits, and what their operations said; ids, times and hashes stay."""
    shown = select(FileUse.sha256).where(FileUse.errand_id.in_(errands))
    files.delete(work, StoredFile.sha256.in_(shown), now)
    said = select(Operation.id).where(Operation.errand_id.in_(errands))
    work.execute(delete(OperationPayload).where(OperationPayload.operation_id.in_(said)))
