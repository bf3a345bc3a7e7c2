"""What happens here, told outside: every change of an errand and of a dossier passes here once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Dossier, DossierStep, Errand, ServiceRequest
from app.services.outbox import events, links, one_stop, orders


def errand_changed(session: Session, errand: Errand, now: datetime) -> None:
    """After a state of an errand that others may act on: scheduled, done, failed, held, returned, cancelled."""
    if not _anybody(session, errand.request):
        return
    session.flush()
    orders.follow(session, errand, now)
    events.errand_changed(session, errand, now)


def dossier_moved(session: Session, dossier: Dossier, step: DossierStep, now: datetime) -> None:
    """After a step of a dossier."""
    if not _anybody(session, dossier.request):
        return
    session.flush()
    one_stop.tell(session, dossier, step, now)
    orders.follow_dossier(session, dossier, now)
    events.dossier_moved(session, dossier, step, now)


def _anybody(session: Session, request: ServiceRequest) -> bool:
    """Is there anyone to tell? Where nothing is joined a phone's batch must not pay for it."""
    return request.partner_id is not None or links.any_enabled(session)
