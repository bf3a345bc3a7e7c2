"""A desk refuses a dossier whose papers may be on the road: first its pickup is called off, then it is refused.

Two phases (docs/decisions/refusal-in-two-phases.md): `refusal_requested` → the pickup is cancelled → `refused`, or
`refusal_blocked` with the reason. Where our own couriers drive, both happen at once; where a carrier does, its answer settles it
(`decide`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.agency import AskRefusal
from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.parcel import ParcelPurpose
from app.models import CarrierOrder, Dossier, Errand, Parcel, Refusal
from app.queries.partners.agency import dossier_of_desk
from app.services import audit
from app.services.booking import pickups
from app.services.desks import dossier_steps
from app.services.messaging import messages
from app.services.outbox import orders
from app.unit_of_work import UnitOfWork

REQUESTED: Final = "refusal_requested"
REFUSED: Final = "refused"
BLOCKED: Final = "refusal_blocked"
REFUSABLE: Final = frozenset({
    DossierState.REGISTERED, DossierState.ACCEPTED, DossierState.IN_PROCESS, DossierState.PAPERS_WANTED,
    DossierState.FEE_DUE,
})  # fmt: skip
HELD_BY: Final[Mapping[Holder, str]] = {
    Holder.COURIER: "courier_holds_papers",
    Holder.OFFICE_SAFE: "office_holds_papers",
    Holder.BAG: "papers_in_bag",
    Holder.CARRIER: "carrier_holds_papers",
    Holder.LOST: "papers_lost",
}
PAPERS: Final = (ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.TRANSFER)
UNANSWERED: Final = ("cancel_wanted", "cancel_waiting")
CARRIED_ON: Final = ("wanted", "placed")


def ask(work: UnitOfWork, command: AskRefusal) -> Refusal:
    """The refusal as it stands now: decided, or `refusal_requested` while a carrier must answer.

    Asked twice it is one; one that was blocked may be asked again. Raises `dossier_unknown` (field `dossier_code`),
    `reason_missing` (`reason`) and `officer_missing` (`by`).
    """
    caller = command.caller
    _check_words(command)
    dossier = dossier_of_desk(work, command.dossier_code, caller.desk_id, field="dossier_code")
    held = _hold(work, dossier)
    standing = _standing(work, dossier.id)
    if standing is not None:
        return standing
    refusal = Refusal(
        dossier=dossier,
        partner_id=caller.partner_id,
        by=command.officer,
        reason=command.reason,
        state=REQUESTED,
        requested_at=caller.now,
    )
    work.add(refusal)
    work.flush()
    audit.record(work, caller.by, "refusal.asked", "dossier", dossier.id, caller.now, refusal=str(refusal.id))
    blocked = _blocked(work, dossier, held)
    if blocked is None and _waiting_for_carrier(work, held, caller.now):
        return refusal
    return _settle(work, refusal, held, blocked, caller.now)


def answered(work: UnitOfWork, order: CarrierOrder, now: datetime) -> None:
    """A carrier answered a cancellation: no refusal ever waited for the order of a transfer, which is our own post's."""
    if order.errand_id is not None:
        decide(work, order.dossier_id, now)


def decide(work: UnitOfWork, dossier_id: UUID, now: datetime) -> Refusal | None:
    """After a carrier answered a cancellation: settle the dossier's open refusal by where papers and orders are.

    None when nobody asked to refuse it. Still `refusal_requested` while another order of it is unanswered.
    """
    dossier = work.get_one(Dossier, dossier_id)
    held = _hold(work, dossier)
    refusal = _standing(work, dossier_id)
    if refusal is None or refusal.state != REQUESTED:
        return refusal
    blocked = _blocked(work, dossier, held)
    states = _order_states(work, held)
    if blocked is None and states & set(UNANSWERED):
        return refusal
    if blocked is None and states & set(CARRIED_ON):
        blocked = "carrier_refused"
    return _settle(work, refusal, held, blocked, now)


def _check_words(command: AskRefusal) -> None:
    faults = Faults()
    if not command.reason:
        faults.add(DomainError("reason_missing", kind="invalid", field="reason"))
    if not command.officer:
        faults.add(DomainError("officer_missing", kind="invalid", field="by"))
    faults.refuse()


def _hold(session: Session, dossier: Dossier) -> Sequence[Errand]:
    held = pickups.hold(session, dossier.id)
    session.refresh(dossier, with_for_update={"of": Dossier})
    return held


def _standing(session: Session, dossier_id: UUID) -> Refusal | None:
    mine = select(Refusal).where(Refusal.dossier_id == dossier_id, Refusal.state.in_((REQUESTED, REFUSED)))
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


# -- what stands in the way


def _blocked(session: Session, dossier: Dossier, held: Sequence[Errand]) -> str | None:
    """A code of `app.texts.agency.BLOCKED`; None when nothing of the dossier is in other hands."""
    if dossier.state not in REFUSABLE:
        return "dossier_ended"
    of_papers = select(Parcel).where(Parcel.dossier_id == dossier.id, Parcel.purpose.in_(PAPERS))
    for parcel in session.scalars(of_papers.order_by(Parcel.created_at)):
        if parcel.holder in HELD_BY:
            return HELD_BY[parcel.holder]
        if parcel.holder is Holder.DESK and any(seal.broken_at is None for seal in parcel.seals):
            return "papers_at_desk"
    return "courier_at_door" if any(errand.state is ErrandState.UNDER_WAY for errand in held) else None


def _waiting_for_carrier(work: UnitOfWork, held: Sequence[Errand], now: datetime) -> bool:
    """Ask the carrier to call its pickups off; only an errand that it executes must wait for the answer."""
    theirs = [errand for errand in held if errand.executed_by == "carrier" and errand.state in pickups.NOT_BEGUN]
    answers = [orders.cancel(work, errand, now) for errand in theirs]
    return "waiting" in answers


def _order_states(session: Session, held: Sequence[Errand]) -> set[str]:
    theirs = [errand.id for errand in held if errand.executed_by == "carrier" and errand.kind is ErrandKind.COLLECT]
    return set(session.scalars(select(CarrierOrder.state).where(CarrierOrder.errand_id.in_(theirs))))


# -- the end


def _settle(work: UnitOfWork, refusal: Refusal, held: Sequence[Errand], blocked: str | None, now: datetime) -> Refusal:
    refusal.state, refusal.blocked_by, refusal.decided_at = (BLOCKED if blocked else REFUSED), blocked, now
    work.flush()
    dossier, by = refusal.dossier, f"partner:{refusal.partner_id}"
    audit.record(work, by, f"refusal.{refusal.state}", "dossier", dossier.id, now, blocked_by=blocked)
    if blocked is None:
        pickups.call_off(work, dossier, held, "dossier_refused", by, now)
        dossier_steps.move(work, dossier, DossierState.REFUSED, by=by, at=now, now=now)
        trigger = f"refused:{refusal.id}"
        said = {"desk": dossier.desk.name, "reason": refusal.reason}
        messages.tell(work, dossier.request, None, "refused", now, trigger, **said)
    return refusal
