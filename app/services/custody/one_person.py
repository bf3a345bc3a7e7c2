"""An office where one person is courier, counter and everything: between bag and safe one signature is enough, and is marked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Office
from app.services import audit


def mark_one_person(session: Session, office_id: int, by: str, now: datetime, *, alone: bool) -> Office:
    """From now on, or no longer; what was signed before stays as it was. Raises `not_found`."""
    office = session.get(Office, office_id, with_for_update=True)
    if office is None:
        raise DomainError("not_found", kind="not_found")
    if alone != (office.one_person_since is not None):
        office.one_person_since = now if alone else None
        audit.record(session, by, "office.one_person", "office", office_id, now, alone=alone)
    return office
