"""A lost or damaged paper becomes a case with its incident, and ends with it where nothing was lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.incident import IncidentKind, Verdict
from app.domain.paper_case import OPENS, CaseStep, ends_unharmed
from app.models import CaseStepDone, Incident, PaperCase, Parcel


def open_case(session: Session, incident: Incident, now: datetime) -> None:
    """Of an envelope that we know; a bag's code, or one that nobody knows, has no household to be told. Safe to repeat.

    An envelope has one open case, however often it is missed.
    """
    if session.scalar(select(Parcel.id).where(Parcel.code == incident.parcel_code)) is None:
        return
    mine = select(PaperCase.id).where(PaperCase.incident_id == incident.id)
    if session.scalar(mine) is not None or _open_of(session, incident.parcel_code) is not None:
        return
    session.add(PaperCase(incident_id=incident.id, opened_at=now))
    session.flush()


def begin_with(session: Session, incident: Incident, now: datetime) -> None:
    if incident.kind in OPENS:
        open_case(session, incident, now)


def end_with(session: Session, incident: Incident, verdict: Verdict, by: str, now: datetime) -> None:
    """A loss found by the closing word opens the case; found whole ends it, unless another incident of the envelope says no."""
    if verdict is Verdict.LOST:
        open_case(session, incident, now)
        return
    case = _open_of(session, incident.parcel_code)
    if case is None or not ends_unharmed(incident.kind, verdict) or _is_missed_elsewhere(session, case, incident):
        return
    session.add(CaseStepDone(case=case, step=CaseStep.NOT_LOST, at=now, by=by))
    case.closed_at = now
    session.flush()


def _open_of(session: Session, parcel_code: str) -> PaperCase | None:
    """Whichever of the envelope's incidents opened it."""
    mine = select(PaperCase).join(Incident, Incident.id == PaperCase.incident_id)
    still = mine.where(Incident.parcel_code == parcel_code, PaperCase.closed_at.is_(None))
    return session.scalars(still.order_by(PaperCase.id).limit(1).with_for_update(of=PaperCase)).first()


def _is_missed_elsewhere(session: Session, case: PaperCase, incident: Incident) -> bool:
    """Another incident of the envelope, since the case's own, is open; or it is damaged, which no closing makes whole."""
    others = select(Incident.id).where(
        Incident.parcel_code == incident.parcel_code, Incident.id != incident.id, Incident.id >= case.incident_id
    )
    speaks = (Incident.closed_at.is_(None) & Incident.kind.in_(OPENS)) | (Incident.kind == IncidentKind.DAMAGED)
    return session.scalar(others.where(speaks).limit(1)) is not None
