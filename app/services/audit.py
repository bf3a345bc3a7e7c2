"""Write down who looked at or changed what: ids and codes only, never a name, a number or a position."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.models import AuditEvent

PERSONAL: Final = frozenset({
    "name", "phone", "address", "landmark", "lon", "lat", "position", "fix", "code", "token", "body", "receiver",
    "helper_name", "helper_phone", "id_last4", "signature", "recipient", "password", "key",
    "note", "text", "resolution",
})  # fmt: skip


def record(
    session: Session, actor: str, action: str, object_kind: str, object_id: object, now: datetime, **detail: object
) -> AuditEvent:
    """Add one event; raise ValueError when `detail` holds what erasing a person could never reach."""
    personal = PERSONAL & detail.keys()
    if personal:
        raise ValueError(f"personal data has no place in the audit: {', '.join(sorted(personal))}")
    event = AuditEvent(
        at=now, actor=actor, action=action, object_kind=object_kind, object_id=str(object_id), detail=dict(detail)
    )
    session.add(event)
    return event
