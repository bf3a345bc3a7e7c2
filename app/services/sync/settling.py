"""A person has looked at an operation: its contents go, the operation stays for ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.wording import tidy
from app.models import Operation, OperationPayload
from app.services import audit


def settle(session: Session, operation_id: UUID, by: str, note: str, now: datetime) -> Operation:
    """Write down who looked and what came of it, and delete what the operation said; settling twice is settling once.

    Raises `not_found`, or `look_note_missing` (field `note`).
    """
    operation = session.get(Operation, operation_id, with_for_update=True)
    if operation is None:
        raise DomainError("not_found", kind="not_found")
    if operation.looked_at is not None:
        return operation
    if not tidy(note):
        raise DomainError("look_note_missing", kind="invalid", field="note")
    operation.looked_at, operation.looked_by, operation.look_note = now, by, tidy(note)
    session.execute(delete(OperationPayload).where(OperationPayload.operation_id == operation_id))
    audit.record(session, by, "settle", "operation", operation_id, now)
    return operation
