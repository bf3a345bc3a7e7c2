"""Results that their owner took along at a desk: where and when, whatever visits the dossier still has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.errand import GIVEN_HERE
from app.models import AuditEvent, Desk, ServiceRequest


@dataclass(frozen=True, slots=True)
class GivenAway:
    at: datetime
    desk: str | None  # its name; None where it was not written down


def given_away(session: Session, request: ServiceRequest) -> dict[UUID, GivenAway]:
    """By dossier. Asks nothing where no result is with its owner yet."""
    over = [str(one.id) for one in request.dossiers if one.state == DossierState.RESULT_RETURNED]
    if not over:
        return {}
    rows = session.execute(
        select(AuditEvent.object_id, AuditEvent.at, Desk.name)
        .outerjoin(Desk, Desk.code == AuditEvent.detail["desk"].as_string())
        .where(AuditEvent.action == GIVEN_HERE, AuditEvent.object_kind == "dossier", AuditEvent.object_id.in_(over))
    )
    return {UUID(dossier): GivenAway(at, desk) for dossier, at, desk in rows}
