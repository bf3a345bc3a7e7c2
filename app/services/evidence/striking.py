"""Strike names out of what people wrote about an incident: what happened stays, of whom no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import mask
from app.domain.mask import PersonalWords
from app.models import Applicant, Dossier, Incident, NamedReceiver, Parcel, Place, ServiceRequest


def strike_names(session: Session, before: datetime, now: datetime, at_most: int) -> int:
    """In incidents opened before; how many were gone through."""
    waiting = select(Incident).where(Incident.opened_at < before, Incident.names_struck_at.is_(None))
    incidents = session.scalars(waiting.order_by(Incident.id).limit(at_most).with_for_update(skip_locked=True)).all()
    for incident in incidents:
        known = words_of(session, incident.parcel_code)
        incident.note = mask.sentence(incident.note, known)
        incident.resolution = mask.sentence(incident.resolution, known) if incident.resolution else incident.resolution
        incident.names_struck_at = now
    session.flush()
    return len(incidents)


def words_of(session: Session, parcel_code: str) -> PersonalWords:
    """What our rows hold of the household of this envelope."""
    household = (
        select(
            *(Applicant.name, Applicant.phone, ServiceRequest.helper_name, ServiceRequest.helper_phone, Place.address),
            NamedReceiver.name,
        )
        .join(ServiceRequest, ServiceRequest.applicant_id == Applicant.id)
        .join(Place, Place.id == ServiceRequest.place_id)
        .outerjoin(NamedReceiver, NamedReceiver.request_id == ServiceRequest.id)
        .join(Dossier, Dossier.request_id == ServiceRequest.id)
        .join(Parcel, Parcel.dossier_id == Dossier.id)
        .where(Parcel.code == parcel_code)
    )
    rows: Sequence[tuple[str | None, ...]] = [tuple(row) for row in session.execute(household)]
    names = [name for row in rows for name in (row[0], row[2], row[5])]
    phrases = [phrase for row in rows for phrase in (row[1], row[3], row[4])]
    return PersonalWords.of(names, phrases)
