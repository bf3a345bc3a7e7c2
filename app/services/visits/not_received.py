"""A citizen says that what was given at the door never came: the chain stays as it is, and a person looks into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind
from app.models import Incident, Parcel
from app.services import audit
from app.services.booking import errands
from app.services.custody.incidents import open_incident
from app.unit_of_work import UnitOfWork


def report_not_received(work: UnitOfWork, errand_id: UUID, by: str, note: str, now: datetime) -> Sequence[Incident]:
    """One incident an envelope of the visit, once; the office of the door answers. Raises `not_found`, `nothing_delivered`."""
    errand = errands.lock(work, errand_id)
    parcels = work.scalars(select(Parcel).where(Parcel.errand_id == errand.id).order_by(Parcel.code)).all()
    if errand.kind is ErrandKind.COLLECT or errand.state is not ErrandState.DONE or not parcels:
        raise DomainError("nothing_delivered", kind="conflict")
    audit.record(work, by, "errand.not_received", "errand", errand.id, now)
    return [
        open_incident(
            work,
            kind=IncidentKind.NOT_RECEIVED,
            parcel_code=parcel.code,
            office_id=errand.office_id,
            by=by,
            now=now,
            note=note,
            operation_id=f"not_received:{parcel.id}",
            moves=False,
        )
        for parcel in parcels
    ]
