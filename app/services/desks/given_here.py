"""The owner came to the desk and took the result along: whoever was to bring it home need not come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import DECIDING, FINAL, DossierState
from app.domain.errand import GIVEN_AT_DESK, GIVEN_HERE, ErrandKind
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.domain.transfer import OPEN, TransferState
from app.models import Desk, Dossier, Errand, ErrandDossier, Parcel, Transfer, WaitingResult
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
    handed_over: bool  # the clerk ticked: into the hand of whom it stands for
    by: str
    now: datetime


def may_give(session: Session, dossier: Dossier, desk_id: int) -> bool:
    """Somebody waits for it at home, there is a result, and it is at this desk as far as anybody knows."""
    theirs = select(Errand).join(ErrandDossier, ErrandDossier.errand_id == Errand.id)
    visits = session.scalars(theirs.where(ErrandDossier.dossier_id == dossier.id)).all()
    return _refusal(session, dossier, visits, _between(session, dossier), desk_id) is None


def give_here(work: UnitOfWork, said: GiveHere) -> Dossier:
    """Call the visit off, end the dossier, tell who asked. Safe to repeat.

    Raises `not_found`, `result_sealed_before`, `nothing_to_give_here`, `given_while_moving`, `no_result_here` and
    `hand_over_unticked`.
    """
    dossier_here(work, said.dossier_id, said.desk_id)
    visits = pickups.hold(work, said.dossier_id)
    dossier = work.get_one(Dossier, said.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    if dossier.state == DossierState.RESULT_RETURNED:
        return dossier
    moving = _between(work, dossier, lock=True)
    refusal = _refusal(work, dossier, visits, moving, said.desk_id)
    if refusal is not None:
        raise DomainError(refusal)
    if not said.handed_over:
        raise DomainError("hand_over_unticked", kind="invalid", field="handed_over")
    if moving is not None:
        moving.state = TransferState.CANCELLED  # with the result in its owner's hand no paper need go
    waiting = [visit for visit in visits if visit.kind is ErrandKind.DELIVER and pickups.is_open(visit)]
    pickups.call_off(work, dossier, waiting, GIVEN_AT_DESK, said.by, said.now)
    dossier_steps.move(work, dossier, DossierState.RESULT_RETURNED, by=said.by, at=said.now, now=said.now)
    entitlements.forget_packed(work, dossier)
    desk, trigger = work.get_one(Desk, said.desk_id), f"{GIVEN_AT_DESK}:{dossier.id}"
    messages.tell(work, dossier.request, None, GIVEN_AT_DESK, said.now, trigger, desk=desk.name)
    audit.record(work, said.by, GIVEN_HERE, "dossier", dossier.id, said.now, desk=desk.code)
    return dossier


def _refusal(
    session: Session, dossier: Dossier, visits: Sequence[Errand], moving: Transfer | None, desk_id: int
) -> str | None:
    """Why it may not be said to be given here."""
    open_kinds = {visit.kind for visit in visits if pickups.is_open(visit)}
    if _sealed(session, dossier):
        return "result_sealed_before"
    if dossier.state in {*FINAL, DossierState.REGISTERED} or open_kinds != {ErrandKind.DELIVER}:
        return "nothing_to_give_here"
    if moving is not None and moving.state != TransferState.WANTED:
        return "given_while_moving"
    return None if _result_here(session, dossier, desk_id) else "no_result_here"


def _result_here(session: Session, dossier: Dossier, desk_id: int) -> bool:
    """Told of, or entered here; or decided here, by the desk whose own word it is that it gave it."""
    if dossier.state == DossierState.FINISHED:
        return True
    if dossier.state in DECIDING and dossier.competent_desk_id == desk_id:
        return True
    entered = select(WaitingResult.id).where(WaitingResult.code == dossier.code, WaitingResult.desk_id == desk_id)
    return session.scalars(entered).first() is not None


def _between(session: Session, dossier: Dossier, *, lock: bool = False) -> Transfer | None:
    mine = select(Transfer).where(Transfer.dossier_id == dossier.id, Transfer.state.in_(OPEN))
    if lock:
        mine = mine.with_for_update(of=Transfer).execution_options(populate_existing=True)
    return session.scalars(mine).one_or_none()


def _sealed(session: Session, dossier: Dossier) -> bool:
    results = select(Parcel.id).where(Parcel.dossier_id == dossier.id, Parcel.purpose == ParcelPurpose.RESULT)
    return session.scalars(results.limit(1)).first() is not None
