"""A person has looked at an operation: its contents go, the operation stays for ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.wording import tidy
from app.models import Claim, Operation, OperationPayload
from app.services import audit


def settle(session: Session, operation_id: UUID, by: str, note: str, now: datetime) -> Operation:
    """Write down who looked and what came of it, and delete what the operation said; settling twice is settling once.

    Raises `not_found`, `claim_open` while another office has to look at it, or `look_note_missing` (field `note`).
    """
    operation = session.get(Operation, operation_id, with_for_update=True)
    if operation is None:
        raise DomainError("not_found", kind="not_found")
    if operation.looked_at is not None:
        return operation
    waits = select(Claim.id).where(Claim.operation_id == operation_id, Claim.settled_at.is_(None))
    if session.scalar(waits.limit(1)) is not None:
        raise DomainError("claim_open", field="note")  # the office that answers still needs what it said
    if not tidy(note):
        raise DomainError("look_note_missing", kind="invalid", field="note")
    operation.looked_at, operation.looked_by, operation.look_note = now, by, tidy(note)
    session.execute(delete(OperationPayload).where(OperationPayload.operation_id == operation_id))
    audit.record(session, by, "settle", "operation", operation_id, now)
    return operation
