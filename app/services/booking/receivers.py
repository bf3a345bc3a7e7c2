"""Whoever asked names who may receive the result instead, or takes the name back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.identity import is_landline
from app.domain.named_receiver import CHANGEABLE, NameReceiver, WordProof, check_receiver
from app.models import Errand, NamedReceiver, ServiceRequest
from app.services import audit
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork


def may_name_from(row: ServiceRequest, phone: str) -> bool:
    """The applicant's own telephone names somebody; a helper's only where no code reaches the applicant."""
    own = row.applicant.phone
    return own is None or is_landline(own) or own == phone


def check_from(row: ServiceRequest, phone: str) -> None:
    """Raises `receiver_by_applicant`."""
    if not may_name_from(row, phone):
        raise DomainError("receiver_by_applicant", kind="forbidden")


def may_name(session: Session, request_id: UUID) -> bool:
    """Is a result to be brought that nobody is under way with?"""
    mine = select(Errand.state).where(Errand.request_id == request_id, Errand.kind == ErrandKind.DELIVER)
    return any(state in CHANGEABLE for state in session.scalars(mine))


def name_receiver(work: UnitOfWork, command: NameReceiver) -> None:
    """The last name stands; whom staff took it down for is told so. Raises as `check_receiver`, and `receiver_not_changeable`."""
    check_receiver(command.name, command.relation, command.id_last4)
    _check(work, command.request_id)
    said = {
        "name": command.name,
        "relation": command.relation,
        "id_last4": command.id_last4,
        "named_at": command.now,
        "named_by": command.by,
    }
    named = insert(NamedReceiver).values(request_id=command.request_id, **said)
    work.execute(named.on_conflict_do_update(index_elements=["request_id"], set_=said))
    audit.record(
        work, command.by, "receiver.named", "request", command.request_id, command.now, **_proof(command.proof)
    )
    if command.proof is not None:
        _tell(work, command.request_id, "receiver_named", command.now)


def unname_receiver(work: UnitOfWork, request_id: UUID, by: str, now: datetime, proof: WordProof | None = None) -> None:
    """Nobody instead of the person who asked, who is told where staff did it. Safe to repeat. Raises `receiver_not_changeable`."""
    _check(work, request_id)
    row = work.get(NamedReceiver, request_id)
    if row is not None:
        work.delete(row)
        audit.record(work, by, "receiver.unnamed", "request", request_id, now, **_proof(proof))
        if proof is not None:
            _tell(work, request_id, "receiver_unnamed", now)


def _tell(work: UnitOfWork, request_id: UUID, template: str, now: datetime) -> None:
    """Whose word staff say it was hears of it, without any name: a stranger may have called, or nobody."""
    request = work.get_one(ServiceRequest, request_id)
    messages.tell(work, request, None, template, now, f"{template}:{request_id}:{now.isoformat()}")


def _proof(proof: WordProof | None) -> dict[str, str]:
    return {"proof": proof.value} if proof is not None else {}


def _check(session: Session, request_id: UUID) -> None:
    if not may_name(session, request_id):
        raise DomainError("receiver_not_changeable")
