"""The owner came to the desk and took the result along: whoever was to bring it home need not come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import FINAL, DossierState
from app.domain.errand import GIVEN_AT_DESK, ErrandKind
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import Dossier, Errand, ErrandDossier, Parcel
from app.queries.desks.refusals import dossier_here
from app.services import audit
from app.services.booking import entitlements, pickups
from app.services.desks import dossier_steps
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class GiveHere:
    dossier_id: UUID
    desk_id: int
    by: str
    now: datetime


def may_give(session: Session, dossier: Dossier) -> bool:
    """Somebody waits for it at home, its papers are here, and it is not sealed for the way."""
    theirs = select(Errand).join(ErrandDossier, ErrandDossier.errand_id == Errand.id)
    visits = session.scalars(theirs.where(ErrandDossier.dossier_id == dossier.id)).all()
    return _may_give(dossier, visits) and not _sealed(session, dossier)


def give_here(work: UnitOfWork, said: GiveHere) -> Dossier:
    """Call the visit off, end the dossier, tell who asked. Safe to repeat.

    Raises `not_found`, `result_sealed_before`, `nothing_to_give_here`.
    """
    dossier_here(work, said.dossier_id, said.desk_id)
    visits = pickups.hold(work, said.dossier_id)
    dossier = work.get_one(Dossier, said.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    if dossier.state == DossierState.RESULT_RETURNED:
        return dossier
    if _sealed(work, dossier):
        raise DomainError("result_sealed_before")
    if not _may_give(dossier, visits):
        raise DomainError("nothing_to_give_here")
    waiting = [visit for visit in visits if visit.kind is ErrandKind.DELIVER and pickups.is_open(visit)]
    pickups.call_off(work, dossier, waiting, GIVEN_AT_DESK, said.by, said.now)
    dossier_steps.move(work, dossier, DossierState.RESULT_RETURNED, by=said.by, at=said.now, now=said.now)
    entitlements.forget_packed(work, dossier)
    messages.tell(
        work, dossier.request, None, GIVEN_AT_DESK, said.now, f"{GIVEN_AT_DESK}:{dossier.id}", desk=dossier.desk.name
    )
    audit.record(work, said.by, "result.given_here", "dossier", dossier.id, said.now)
    return dossier


def _may_give(dossier: Dossier, visits: Sequence[Errand]) -> bool:
    open_kinds = {visit.kind for visit in visits if pickups.is_open(visit)}
    return (
        dossier.state not in FINAL and dossier.state != DossierState.REGISTERED and open_kinds == {ErrandKind.DELIVER}
    )


def _sealed(session: Session, dossier: Dossier) -> bool:
    results = select(Parcel.id).where(Parcel.dossier_id == dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
    return session.scalars(results.limit(1)).first() is not None
