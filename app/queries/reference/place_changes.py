"""Who changed an office or a desk last."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, func, select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Desk, Office, StaffAccount


class PlaceChange(NamedTuple):
    by: str  # a name; empty where it was no account of ours, as for a file told by the command
    at: datetime


def last_change(session: Session, place: Office | Desk) -> PlaceChange | None:
    kind = "office" if isinstance(place, Office) else "desk"
    actor = func.concat("staff:", StaffAccount.id, type_=String)
    told = (
        select(func.coalesce(StaffAccount.name, ""), AuditEvent.at)
        .outerjoin(StaffAccount, actor == AuditEvent.actor)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == str(place.id))
        .order_by(AuditEvent.id.desc())
    )
    row = session.execute(told.limit(1)).first()
    return PlaceChange(*row) if row is not None else None
