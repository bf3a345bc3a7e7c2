"""What happens here, told outside: every change of an errand and of a dossier passes here once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

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


def dossier_renumbered(work: UnitOfWork, dossier: Dossier, renumbering_id: int, now: datetime) -> None:
    """Its number was wrong: what we told under it is told again under the right one."""
    if not _anybody(work, dossier.request):
        return
    work.flush()
    mine = select(DossierStep).where(DossierStep.dossier_id == dossier.id)
    steps = work.scalars(mine.order_by(DossierStep.at, DossierStep.id)).all()
    for step in steps:
        one_stop.tell(work, dossier, step, now, anew=f":{renumbering_id}")
    orders.follow_dossier(work, dossier, now)
    if steps:
        events.dossier_moved(work, dossier, steps[-1], now, anew=f":{renumbering_id}")


def _anybody(work: UnitOfWork, request: ServiceRequest) -> bool:
    """Is there anyone to tell? Where nothing is joined a phone's batch must not pay for it."""
    return request.partner_id is not None or links.any_enabled(work)
