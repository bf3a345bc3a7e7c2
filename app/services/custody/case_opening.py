"""A lost or damaged paper becomes a case with its incident, and ends with it where nothing was lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.incident import Verdict
from app.domain.paper_case import OPENS, CaseStep, ends_unharmed
from app.models import CaseStepDone, Incident, PaperCase, Parcel


def open_case(session: Session, incident: Incident, now: datetime) -> None:
    """Of an envelope that we know; a bag's code, or one that nobody knows, has no household to be told. Safe to repeat."""
    if session.scalar(select(Parcel.id).where(Parcel.code == incident.parcel_code)) is None or _of(session, incident):
        return
    session.add(PaperCase(incident_id=incident.id, opened_at=now))
    session.flush()


def begin_with(session: Session, incident: Incident, now: datetime) -> None:
    if incident.kind in OPENS:
        open_case(session, incident, now)


def end_with(session: Session, incident: Incident, verdict: Verdict, by: str, now: datetime) -> None:
    """A loss found by the closing word opens the case; found whole ends it."""
    if verdict is Verdict.LOST:
        open_case(session, incident, now)
        return
    case = _of(session, incident)
    if case is None or case.closed_at is not None or not ends_unharmed(incident.kind, verdict):
        return
    session.add(CaseStepDone(case=case, step=CaseStep.NOT_LOST, at=now, by=by))
    case.closed_at = now
    session.flush()


def _of(session: Session, incident: Incident) -> PaperCase | None:
    return session.scalar(select(PaperCase).where(PaperCase.incident_id == incident.id).with_for_update())
