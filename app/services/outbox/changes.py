"""What happens here, told outside: every change of an errand and of a dossier passes here once."""

from __future__ import annotations

from datetime import datetime

from app.models import Dossier, DossierStep, Errand, ServiceRequest
from app.services.outbox import events, links, one_stop, orders
from app.unit_of_work import UnitOfWork


def errand_changed(work: UnitOfWork, errand: Errand, now: datetime) -> None:
    """After a state of an errand that others may act on: scheduled, done, failed, held, returned, cancelled."""
    if not _anybody(work, errand.request):
        return
    work.flush()
    orders.follow(work, errand, now)
    events.errand_changed(work, errand, now)


def dossier_moved(work: UnitOfWork, dossier: Dossier, step: DossierStep, now: datetime) -> None:
    """After a step of a dossier."""
    if not _anybody(work, dossier.request):
        return
    work.flush()
    one_stop.tell(work, dossier, step, now)
    orders.follow_dossier(work, dossier, now)
    events.dossier_moved(work, dossier, step, now)


def _anybody(work: UnitOfWork, request: ServiceRequest) -> bool:
    """Is there anyone to tell? Where nothing is joined a phone's batch must not pay for it."""
    return request.partner_id is not None or links.any_enabled(work)
