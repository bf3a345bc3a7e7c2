"""Incidents of offices: what is open, and what was closed lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.models import Incident, Office, Parcel
from app.queries.visible import Offices, within

SHOWN_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    incident: Incident
    office: str
    parcel: Parcel | None  # None: a bag's code, or one that nobody knows


def open_incidents(session: Session, office_ids: Offices = None) -> list[IncidentLine]:
    """Oldest first."""
    return _lines(
        session, _of(office_ids).where(Incident.closed_at.is_(None)).order_by(Incident.opened_at, Incident.id)
    )


def closed_incidents(session: Session, now: datetime, office_ids: Offices = None) -> list[IncidentLine]:
    """Of the last thirty days, newest first."""
    lately = _of(office_ids).where(Incident.closed_at > now - SHOWN_FOR)
    return _lines(session, lately.order_by(Incident.closed_at.desc(), Incident.id))


def find_incident(session: Session, incident_id: int, office_ids: Offices = None) -> IncidentLine | None:
    return next(iter(_lines(session, _of(office_ids).where(Incident.id == incident_id))), None)


def _of(office_ids: Offices) -> Select[Incident, str, Parcel]:
    return (
        select(Incident, Office.name, Parcel)
        .join(Office, Office.id == Incident.office_id)
        .outerjoin(Parcel, Parcel.code == Incident.parcel_code)
        .where(*within(Incident.office_id, office_ids))
    )


def _lines(session: Session, wanted: Select[Incident, str, Parcel]) -> list[IncidentLine]:
    rows: Sequence[Row[Incident, str, Parcel]] = session.execute(wanted).all()
    return [IncidentLine(incident, office, parcel) for incident, office, parcel in rows]
