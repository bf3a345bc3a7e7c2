"""Visits for a dossier that an agency told us of: made, and called off again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errand import OPEN, ErrandKind, ErrandState, ProofKind, RequestKind
from app.domain.identity import Channel
from app.domain.tariff import ChargeKind, Direction, Discount
from app.models import Charge, Dossier, Errand, ErrandDossier, Unit
from app.queries.reference.tariff import rates
from app.queries.reference.units import Desks, office_of
from app.services import audit
from app.services.booking import errands
from app.services.booking.pricing import PricedDossier, Terms, charge_of, drop_charges, price_visit
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork

ASKED: Final = {
    frozenset({ErrandKind.COLLECT}): RequestKind.SEND,
    frozenset({ErrandKind.DELIVER}): RequestKind.RECEIVE,
    frozenset({ErrandKind.COLLECT, ErrandKind.DELIVER}): RequestKind.SEND_AND_RECEIVE,
}
DIRECTION: Final = {ErrandKind.COLLECT: Direction.SEND, ErrandKind.DELIVER: Direction.RETURN}
NOT_BEGUN: Final = frozenset({ErrandState.REQUESTED, ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.FAILED})


def hold(session: Session, *dossier_ids: UUID) -> Sequence[Errand]:
    """The dossiers' errands, locked in the order of their ids; before the dossiers themselves, as a phone's batch locks them."""
    theirs = select(ErrandDossier.errand_id).where(ErrandDossier.dossier_id.in_(dossier_ids))
    wanted = select(Errand).where(Errand.id.in_(theirs)).order_by(Errand.id).with_for_update(of=Errand)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def arrange(
    work: UnitOfWork, dossier: Dossier, kinds: Collection[ErrandKind], by: str, now: datetime
) -> Sequence[Errand]:
    """Make the visits among `kinds` that the dossier never had; papers are fetched in the commune's first open slot.

    The citizen is told, and may choose another slot by the link. Without an open slot the errand waits among those that
    a coordinator must look at.
    """
    had = {errand.kind for errand in hold(work, dossier.id)}
    made = [make_visit(work, dossier, kind, now) for kind in kinds if kind not in had]
    if not made:
        return made
    _charge(work, dossier, made, now)
    dossier.request.kind = ASKED[frozenset(had | {errand.kind for errand in made}) & frozenset(DIRECTION)]
    for errand in made:
        audit.record(work, by, "arrange", "errand", errand.id, now, dossier=str(dossier.id), kind=errand.kind.value)
    _say(work, dossier, made, now)
    return made


def make_visit(work: UnitOfWork, dossier: Dossier, kind: ErrandKind, now: datetime) -> Errand:
    """Of one dossier alone, at its own door; without a time yet."""
    request = dossier.request
    office = work.once(office_of, request.place.unit_code)
    errand = Errand(
        request=request,
        kind=kind,
        state=ErrandState.REQUESTED,
        place=request.place,
        office=office,
        executed_by=office.executed_by,
        proof=ProofKind.ID_CHECK if request.channel is Channel.NONE else ProofKind.CODE,
        dossiers=[dossier],
        created_at=now,
    )
    work.add(errand)
    work.flush()
    return errand


def _charge(work: UnitOfWork, dossier: Dossier, made: Sequence[Errand], now: datetime) -> None:
    """Postage only: what else is due, the agency takes itself."""
    by_direction = {DIRECTION[errand.kind]: errand for errand in made}
    day = local_day(now)
    unit: Unit = dossier.request.place.unit
    asked = ASKED[frozenset(errand.kind for errand in made)]
    terms = Terms(asked, unit, Desks(dossier.desk, dossier.desk), day, Discount.NONE, work.once(rates, day))
    (parts,) = price_visit(work, terms, [PricedDossier(dossier.procedure, dossier.cases)])
    for part in parts:
        if part.kind is ChargeKind.POSTAGE and part.direction is not None:
            work.add(charge_of(part, dossier, by_direction[part.direction]))


def _say(work: UnitOfWork, dossier: Dossier, made: Sequence[Errand], now: datetime) -> None:
    for errand in made:
        if errand.kind is ErrandKind.COLLECT:
            errands.schedule_next(work, errand, now)
        elif len(made) == 1:
            messages.tell(work, dossier.request, errand, "booked_result", now, f"booked:{errand.id}")


def call_off(work: UnitOfWork, dossier: Dossier, held: Sequence[Errand], reason: str, by: str, now: datetime) -> None:
    """End the dossier's visits that nobody has begun; a household's visit goes on for its other dossiers."""
    for errand in held:
        if errand.state not in NOT_BEGUN:
            continue
        if any(other.id != dossier.id for other in errand.dossiers):
            errand.dossiers.remove(dossier)
            errand.revision += 1
            drop_charges(work, dossier.id, errand.id)
        else:
            _end(work, errand, reason, now)
        audit.record(work, by, "call_off", "errand", errand.id, now, dossier=str(dossier.id), reason=reason)
    work.flush()


def _end(work: UnitOfWork, errand: Errand, reason: str, now: datetime) -> None:
    if errand.state is ErrandState.FAILED:  # its next try is called off, before anybody set out for it
        errands.advance(errand, ErrandState.SCHEDULED)
    errands.close(work, errand, ErrandState.CANCELLED, now, reason)
    work.execute(delete(Charge).where(*_unpaid(errand)))


def _unpaid(errand: Errand) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Charge.errand_id == errand.id, Charge.paid_at.is_(None)


def is_open(errand: Errand) -> bool:
    return errand.state in OPEN
