"""A desk refuses a dossier whose papers may be on the road: first its pickup is called off, then it is refused.
Or it wants more papers: that calls nothing off, for the same visit may bring them.

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

from app.domain.agency import AskRefusal, DeskAnswer
from app.domain.checklist import papers_of_envelope
from app.domain.custody import Holder
from app.domain.dossier import REFUSABLE, DossierState, RefusalState
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.order import OrderState
from app.domain.parcel import ParcelPurpose
from app.models import CarrierOrder, Dossier, Errand, Parcel, Refusal
from app.queries.desks.refusals import dossier_here
from app.queries.partners.agency import dossier_of_desk
from app.services import audit
from app.services.booking import pickups
from app.services.desks import dossier_steps
from app.services.messaging import messages
from app.services.outbox import orders
from app.unit_of_work import UnitOfWork

HELD_BY: Final[Mapping[Holder, str]] = {
    Holder.COURIER: "courier_holds_papers",
    Holder.OFFICE_SAFE: "office_holds_papers",
    Holder.BAG: "papers_in_bag",
    Holder.CARRIER: "carrier_holds_papers",
    Holder.LOST: "papers_lost",
}
PAPERS: Final = (ParcelPurpose.DOSSIER, ParcelPurpose.PAPERS_DUE, ParcelPurpose.SUPPLEMENT, ParcelPurpose.TRANSFER)
UNANSWERED: Final = ("cancel_wanted", "cancel_waiting")
CARRIED_ON: Final = ("wanted", "placed")


def ask(work: UnitOfWork, command: AskRefusal) -> Refusal:
    """The refusal as it stands now: decided, or `refusal_requested` while a carrier must answer.

    Asked twice it is one; one that was blocked may be asked again. Raises `dossier_unknown` (field `dossier_code`),
    `reason_missing` (`reason`) and `officer_missing` (`by`).
    """
    caller = command.caller
    _check_words(reason=("reason_missing", command.reason), by=("officer_missing", command.officer))
    dossier = dossier_of_desk(work, command.dossier_code, caller.desk_id, field="dossier_code")
    asked = Refusal(
        dossier_id=dossier.id,
        partner_id=caller.partner_id,
        by=command.officer,
        reason=command.reason,
        state=RefusalState.REQUESTED,
        requested_at=caller.now,
    )
    return _ask(work, dossier, asked)


def refuse_here(work: UnitOfWork, said: DeskAnswer) -> Refusal:
    """`ask`, on the desk's own screen. Raises the errors of `check_refusal`."""
    dossier = check_refusal(work, said)
    return _ask(work, dossier, _said_here(said, RefusalState.REQUESTED, []))


def check_refusal(session: Session, said: DeskAnswer) -> Dossier:
    """Raises `not_found`, `reason_missing`, `refusal_basis_missing`."""
    dossier = dossier_here(session, said.dossier_id, said.desk_id)
    _check_said(said)
    return dossier


def check_papers(session: Session, said: DeskAnswer) -> tuple[Dossier, list[str]]:
    """The names of the papers that are asked for. Raises the errors of `ask_papers`."""
    dossier = dossier_here(session, said.dossier_id, said.desk_id)
    names = [
        paper.name for paper in papers_of_envelope(dossier.procedure.papers, dossier.cases) if paper.line in said.lines
    ]
    _check_said(said, papers=("papers_not_chosen", names))
    blocked = _blocked(session, dossier, _hold(session, dossier))
    if blocked == "dossier_ended":
        raise DomainError("dossier_closed", given=dossier.code or dossier.request.reference)
    if blocked is not None:
        raise DomainError("papers_not_counted")
    if _standing(session, dossier.id) is not None:
        raise DomainError("refusal_waits")
    return dossier, names


def ask_papers(work: UnitOfWork, said: DeskAnswer) -> Refusal:
    """The dossier waits for more papers of its list, and the citizen reads which and why.

    Raises `not_found`, `reason_missing`, `refusal_basis_missing`, `papers_not_chosen`, `dossier_closed`, `refusal_waits` and
    `papers_not_counted`: what is sealed or on its way is opened first, for a full count would take the dossier in.
    """
    dossier, names = check_papers(work, said)
    asked = _said_here(said, RefusalState.PAPERS_ASKED, names)
    asked.decided_at = said.now
    work.add(asked)
    work.flush()
    audit.record(work, said.by, "refusal.papers_asked", "dossier", dossier.id, said.now, refusal=str(asked.id))
    dossier_steps.move(work, dossier, DossierState.PAPERS_WANTED, by=said.by, at=said.now, now=said.now)
    trigger = f"more_papers:{asked.id}"
    messages.tell(work, dossier.request, None, "more_papers", said.now, trigger, desk=dossier.desk.name)
    return asked


def withdraw(work: UnitOfWork, dossier_id: UUID, desk_id: int, by: str, now: datetime) -> Refusal:
    """The desk thinks better of a refusal that still waits. A pickup that the carrier calls off nevertheless is ordered anew.

    Raises `not_found` and `refusal_decided`; one that an agency's software asked for is that software's.
    """
    dossier = dossier_here(work, dossier_id, desk_id)
    _hold(work, dossier)
    refusal = _standing(work, dossier.id)
    if refusal is None or refusal.state != RefusalState.REQUESTED or refusal.partner_id is not None:
        raise DomainError("refusal_decided")
    refusal.state, refusal.decided_at = RefusalState.WITHDRAWN, now
    audit.record(work, by, f"refusal.{RefusalState.WITHDRAWN}", "dossier", dossier.id, now, refusal=str(refusal.id))
    return refusal


def _said_here(said: DeskAnswer, state: str, papers: list[str]) -> Refusal:
    return Refusal(
        dossier_id=said.dossier_id,
        by=said.by,
        reason=said.reason,
        legal_basis=said.legal_basis,
        papers=papers,
        state=state,
        requested_at=said.now,
    )


def _ask(work: UnitOfWork, dossier: Dossier, asked: Refusal) -> Refusal:
    held, now = _hold(work, dossier), asked.requested_at
    standing = _standing(work, dossier.id)
    if standing is not None:
        return standing
    work.add(asked)
    work.flush()
    audit.record(work, _actor(asked), "refusal.asked", "dossier", dossier.id, now, refusal=str(asked.id))
    blocked = _blocked(work, dossier, held)
    if blocked is None and _waiting_for_carrier(work, held, now):
        return asked
    return _settle(work, asked, held, blocked, now)


def _actor(refusal: Refusal) -> str:
    """Who asked, for the audit: an agency's software names its officer, a clerk here is an account."""
    return refusal.by if refusal.partner_id is None else f"partner:{refusal.partner_id}"


def answered(work: UnitOfWork, order: CarrierOrder, now: datetime) -> None:
    """A carrier answered a cancellation: no refusal ever waited for the order of a transfer, which is our own post's."""
    if (
        order.errand_id is not None
        and decide(work, order.dossier_id, now) is None
        and order.state == OrderState.CANCELLED
    ):
        orders.follow_dossier(
            work, order.dossier, now
        )  # its refusal was withdrawn meanwhile: the visit is wanted again


def decide(work: UnitOfWork, dossier_id: UUID, now: datetime) -> Refusal | None:
    """After a carrier answered a cancellation: settle the dossier's open refusal by where papers and orders are.

    None when nobody asked to refuse it. Still `refusal_requested` while another order of it is unanswered.
    """
    dossier = work.get_one(Dossier, dossier_id)
    held = _hold(work, dossier)
    refusal = _standing(work, dossier_id)
    if refusal is None or refusal.state != RefusalState.REQUESTED:
        return refusal
    blocked = _blocked(work, dossier, held)
    states = _order_states(work, held)
    if blocked is None and states & set(UNANSWERED):
        return refusal
    if blocked is None and states & set(CARRIED_ON):
        blocked = "carrier_refused"
    return _settle(work, refusal, held, blocked, now)


def _check_said(said: DeskAnswer, **more: tuple[str, object]) -> None:
    _check_words(
        reason=("reason_missing", said.reason), legal_basis=("refusal_basis_missing", said.legal_basis), **more
    )


def _check_words(**needed: tuple[str, object]) -> None:
    """By field: the error to raise, and what was said."""
    faults = Faults()
    for field, (code, said) in needed.items():
        if not said:
            faults.add(DomainError(code, kind="invalid", field=field))
    faults.refuse()


def _hold(session: Session, dossier: Dossier) -> Sequence[Errand]:
    held = pickups.hold(session, dossier.id)
    session.refresh(dossier, with_for_update={"of": Dossier})
    return held


def _standing(session: Session, dossier_id: UUID) -> Refusal | None:
    mine = select(Refusal).where(
        Refusal.dossier_id == dossier_id, Refusal.state.in_((RefusalState.REQUESTED, RefusalState.REFUSED))
    )
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
    refusal.state, refusal.blocked_by, refusal.decided_at = (
        (RefusalState.BLOCKED if blocked else RefusalState.REFUSED),
        blocked,
        now,
    )
    work.flush()
    dossier, by = refusal.dossier, _actor(refusal)
    audit.record(work, by, f"refusal.{refusal.state}", "dossier", dossier.id, now, blocked_by=blocked)
    if blocked is None:
        pickups.call_off(work, dossier, held, "dossier_refused", by, now)
        dossier_steps.move(work, dossier, DossierState.REFUSED, by=by, at=now, now=now)
        trigger = f"refused:{refusal.id}"
        said = {"desk": dossier.desk.name, "reason": refusal.reason}
        messages.tell(work, dossier.request, None, "refused", now, trigger, **said)
    return refusal
