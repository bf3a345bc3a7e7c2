"""Parcels change hands between two staffed places; both sides confirm (Circular 17/2017/TT-BTTTT art. 5)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.commands import HandOver
from app.domain.custody import Act, EventKind, Holder
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.domain.wording import whole_number
from app.models import Courier, CustodyEvent, Desk, Errand, ErrandDossier, Office, Parcel
from app.services.booking import errands
from app.services.custody import chains
from app.services.desks import transfers
from app.services.messaging import messages
from app.unit_of_work import Chain, UnitOfWork

STAFFED = {Holder.COURIER: Courier, Holder.OFFICE_SAFE: Office, Holder.DESK: Desk}


def hand_over(work: UnitOfWork, command: HandOver) -> list[CustodyEvent]:
    """Move all the parcels or none; a repeated operation is answered by the events it wrote.

    Raises `no_parcels`, `parcel_unknown`, `confirmation_missing`, `confirmation_by_oneself`, `party_unknown`,
    and the refusals of `check_handover`, naming the parcel.
    """
    check_both_sides(command.by, command.confirmed_by)
    _check_parties(work, command)
    codes = dict.fromkeys(command.parcel_codes)
    if not codes:
        raise DomainError("no_parcels", kind="invalid", field="parcel_codes")
    errands.hold_of(work, chains.of_codes(codes))  # an arrival may schedule a delivery
    locked = chains.lock_codes(work, codes)
    known = {chain.parcel.id for chain in locked if chain.answered(command.operation_id)}
    events = [_move(work, chain, command) for chain in locked]
    work.flush()
    tell_arrival(work, [chain.parcel for chain in locked if chain.parcel.id not in known], command)
    return events


def record_one_side(work: UnitOfWork, command: HandOver) -> list[DomainError]:
    """A hand-over in the word of one side alone, a phone's: each envelope by itself, none refused.

    Returns what an online screen would have been refused with; `parcel_unknown` names an envelope nobody knows.
    Raises `party_unknown`. The other side confirms afterwards.
    """
    _check_parties(work, command)
    locked, unknown = chains.lock_known(work, command.parcel_codes)
    refused = [DomainError("parcel_unknown", parcel=code) for code in unknown]
    fresh = [chain.parcel for chain in locked if chain.answered(command.operation_id) is None]
    for chain in locked:
        refused += chains.record(work, chain, one_side(command))
    work.flush()
    tell_arrival(work, fresh, command)
    return refused


def one_side(command: HandOver) -> Act:
    """The act that this side tells of."""
    return Act(
        EventKind.HANDED_OVER,
        command.giver,
        command.taker,
        occurred_at=command.occurred_at,
        now=command.now,
        by=command.by,
        operation_id=command.operation_id,
        evidence=command.marks,
        device=command.phone.device if command.phone else "",
        seq=command.phone.seq if command.phone else 0,
    )


def check_both_sides(by: str, confirmed_by: str) -> None:
    """A hand-over record is signed by both: raise `confirmation_missing` or `confirmation_by_oneself`."""
    if not confirmed_by:
        raise DomainError("confirmation_missing", kind="invalid", field="confirmed_by")
    if confirmed_by == by:
        raise DomainError("confirmation_by_oneself", kind="invalid", field="confirmed_by")


def _check_parties(session: Session, command: HandOver) -> None:
    for field, party in (("giver", command.giver), ("taker", command.taker)):
        kind = STAFFED.get(party.holder)
        number = whole_number(party.id or "")
        if kind is None or number is None or session.get(kind, number) is None:
            raise DomainError("party_unknown", kind="invalid", field=field, party=party.holder)


def _move(work: UnitOfWork, chain: Chain, command: HandOver) -> CustodyEvent:
    told = chains.told_before(chain, one_side(command))  # a courier's phone was quicker than this screen
    act = replace(one_side(command), by=f"{command.by}+{command.confirmed_by}", late=told)
    try:
        return chains.add_event(work, chain, act)
    except DomainError as refusal:
        refusal.field = "parcel_codes"
        refusal.params["parcel"] = chain.parcel.code
        raise


def tell_arrival(work: UnitOfWork, parcels: list[Parcel], command: HandOver) -> None:
    """What a hand-over means: a transfer left or came; for the citizen, the dossier is at the desk, the result at the office."""
    transfers.follow(work, parcels, transfers.Moved(command.taker, command.by, command.now))
    if command.taker.holder is Holder.DESK:
        for parcel in parcels:
            _tell_at_desk(work, parcel, command)
    elif command.taker.holder is Holder.OFFICE_SAFE:
        _schedule_deliveries(work, [p for p in parcels if p.purpose is ParcelPurpose.RESULT], command)


def _tell_at_desk(work: UnitOfWork, parcel: Parcel, command: HandOver) -> None:
    if parcel.purpose is not ParcelPurpose.DOSSIER:
        return
    errand = work.get(Errand, parcel.errand_id)
    desk = work.get_one(Desk, int(command.taker.id or 0))
    trigger = f"handed_to_desk:{parcel.id}"
    messages.tell(work, parcel.dossier.request, errand, "handed_to_desk", command.now, trigger, desk=desk.name)


def _schedule_deliveries(work: UnitOfWork, parcels: list[Parcel], command: HandOver) -> None:
    """A delivery waits until all its results are in the office that serves its door: one visit a household."""
    for errand_id in sorted({parcel.errand_id for parcel in parcels if parcel.errand_id is not None}):
        errand = work.get_one(Errand, errand_id)
        waits = errand.kind is ErrandKind.DELIVER and errand.state is ErrandState.REQUESTED
        if waits and command.taker.id == str(errand.office_id) and _complete(work, errand):
            errands.schedule_next(work, errand, command.now)


def _complete(session: Session, errand: Errand) -> bool:
    asked = select(func.count()).where(ErrandDossier.errand_id == errand.id)
    there = select(func.count(Parcel.dossier_id.distinct())).where(
        Parcel.errand_id == errand.id,
        Parcel.purpose == ParcelPurpose.RESULT,
        Parcel.holder == Holder.OFFICE_SAFE,
        Parcel.holder_id == str(errand.office_id),
    )
    return session.execute(select(asked.scalar_subquery() == there.scalar_subquery())).scalar_one()
