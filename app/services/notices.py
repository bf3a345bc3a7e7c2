"""What happens here, told outside: every change of an errand and of a dossier passes here once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Dossier, DossierStep, Errand
from app.services import events, one_stop, orders


def errand_changed(session: Session, errand: Errand, now: datetime) -> None:
    """After a state of an errand that others may act on: scheduled, done, failed, held, returned, cancelled."""
    session.flush()
    orders.follow(session, errand, now)
    events.errand_changed(session, errand, now)


def dossier_moved(session: Session, dossier: Dossier, step: DossierStep, now: datetime) -> None:
    """After a step of a dossier."""
    one_stop.tell(session, dossier, step, now)
    events.dossier_moved(session, dossier, step, now)
