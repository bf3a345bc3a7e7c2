"""A citizen says that what was given at the door never came: the chain stays as it is, and a person looks into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind
from app.models import Errand, Incident, Parcel
from app.services import audit
from app.services.booking import errands
from app.services.custody.incidents import add_note, open_incident
from app.services.visits.delivery import envelopes
from app.unit_of_work import UnitOfWork


def report_not_received(work: UnitOfWork, errand_id: UUID, by: str, note: str, now: datetime) -> Sequence[Incident]:
    """One open incident an envelope that the visit brought; the office of the door answers.

    What is said while one is open is added to its note; said again after it was closed, another one is opened. What the
    citizen gave at the same visit is theirs no more, and nobody misses it. Raises `not_found`, `nothing_delivered`.
    """
    errand = errands.lock(work, errand_id)
    parcels = envelopes(work, errand)
    if errand.state is not ErrandState.DONE or not parcels:
        raise DomainError("nothing_delivered", kind="conflict")
    audit.record(work, by, "errand.not_received", "errand", errand.id, now)
    return [_reported(work, errand, parcel, by, note, now) for parcel in parcels]


def _reported(work: UnitOfWork, errand: Errand, parcel: Parcel, by: str, note: str, now: datetime) -> Incident:
    mine = Incident.parcel_code == parcel.code, Incident.kind == IncidentKind.NOT_RECEIVED.value
    under_way = work.scalars(select(Incident).where(*mine, Incident.closed_at.is_(None)).with_for_update()).first()
    if under_way is not None:
        add_note(under_way, note)
        return under_way
    closed = work.scalar(select(func.max(Incident.id)).where(*mine))
    return open_incident(
        work,
        kind=IncidentKind.NOT_RECEIVED,
        parcel_code=parcel.code,
        office_id=errand.office_id,
        by=by,
        now=now,
        note=note,
        operation_id=f"not_received:{parcel.id}:{closed or 0}",
        moves=False,
    )
