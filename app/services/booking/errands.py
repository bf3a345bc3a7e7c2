"""Change an errand: cancel, choose another slot, take the next open one, move from state to state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import local_day
from app.domain.commands import CancelErrand, RescheduleErrand
from app.domain.errand import OPEN, ErrandKind, ErrandState, check_step
from app.domain.errors import DomainError
from app.domain.slot import check_changeable
from app.domain.wording import tidy
from app.models import Charge, Dossier, Errand, ErrandDossier, Parcel, Place, Procedure, ServiceRequest, Slot
from app.queries.desks.ways import within_reach
from app.services import audit
from app.services.booking import slots
from app.services.booking.slots import OpenSlot
from app.services.messaging import messages
from app.services.outbox import changes
from app.unit_of_work import UnitOfWork

TRACKING_LIVES: Final = timedelta(days=30)
WAITING: Final = (ErrandState.SCHEDULED, ErrandState.PLANNED)
GONE: Final = frozenset({"slot_full", "day_closed", "no_boat"})


def lock_batch(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, Errand]:
    """Many errands at once, in the order of their ids, with all that a visit needs of them."""
    if not errand_ids:
        return {}
    request = joinedload(Errand.request).options(
        joinedload(ServiceRequest.applicant), joinedload(ServiceRequest.receiver)
    )
    place = joinedload(Errand.place).joinedload(Place.unit)
    papers = joinedload(Dossier.procedure).selectinload(Procedure.papers)
    wanted = (
        select(Errand)
        .where(Errand.id.in_(errand_ids))
        .order_by(Errand.id)
        .with_for_update(of=Errand)
        .options(request, place, joinedload(Errand.office), joinedload(Errand.slot))
        .options(selectinload(Errand.dossiers).options(papers))
        .execution_options(populate_existing=True)
    )
    return {errand.id: errand for errand in session.scalars(wanted)}


def open_elsewhere(session: Session, locked: Mapping[UUID, Errand]) -> set[UUID]:
    """Requests of these errands that have others open, not among them."""
    if not locked:
        return set()
    requests = {errand.request_id for errand in locked.values()}
    others = (Errand.request_id.in_(requests), Errand.id.not_in(locked), Errand.state.in_(OPEN))
    return set(session.scalars(select(Errand.request_id).where(*others)))


def lock(work: UnitOfWork, errand_id: UUID, revision: int | None = None) -> Errand:
    """The errand, locked to the transaction's end. Raises `not_found`, or `errand_changed` when `revision` is stale."""
    errand = work.batch.errands.get(errand_id) if work.batch is not None else None
    if errand is None:
        wanted = select(Errand).where(Errand.id == errand_id).with_for_update(of=Errand)
        errand = work.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if errand is None:
        raise DomainError("not_found", kind="not_found")
    if revision is not None and revision != errand.revision:
        raise DomainError("errand_changed", kind="conflict", field="revision")
    return errand


def hold_of(session: Session, *parcels: ColumnElement[bool]) -> None:
    """Lock the errands of the parcels of a condition, before the parcels themselves (`app.services`, "Order of locks")."""
    of_dossiers = select(ErrandDossier.errand_id).join(Parcel, Parcel.dossier_id == ErrandDossier.dossier_id)
    carried = select(Parcel.errand_id).where(*parcels)
    theirs = or_(Errand.id.in_(of_dossiers.where(*parcels)), Errand.id.in_(carried))
    session.execute(select(Errand.id).where(theirs).order_by(Errand.id).with_for_update())


def advance(errand: Errand, state: ErrandState) -> None:
    """One allowed step (`check_step`), counted in `revision`. A step that ends the errand: `close`."""
    check_step(errand.state, state)
    errand.state = state
    errand.revision += 1


def close(work: UnitOfWork, errand: Errand, state: ErrandState, now: datetime, reason: str | None = None) -> None:
    """End an errand (done, returned, cancelled); with the request's last one the tracking link begins to run out.

    A visit that was still to come leaves the citizen's calendar.
    """
    _end(work, errand, state, now, reason)
    if errand.slot is not None and _lies_ahead(errand.slot, state, now):
        messages.take_back(work, errand, now)


def _lies_ahead(slot: Slot, state: ErrandState, now: datetime) -> bool:
    """A visit that is done on its day was that visit; one that is called off may be of this afternoon."""
    return slot.ends_at > now if state is ErrandState.CANCELLED else slot.day > local_day(now)


def _end(work: UnitOfWork, errand: Errand, state: ErrandState, now: datetime, reason: str | None) -> None:
    advance(errand, state)
    errand.closed_at, errand.close_reason = now, reason
    changes.errand_changed(work, errand, now)
    if not _others_open(work, errand):
        work.get_one(ServiceRequest, errand.request_id).tracking_until = now + TRACKING_LIVES


def _others_open(work: UnitOfWork, errand: Errand) -> bool:
    """Is there anything left to do for the request besides this errand?"""
    batch = work.batch
    if batch is not None and errand.id in batch.errands:
        of_request = (one for one in batch.errands.values() if one.request_id == errand.request_id)
        return errand.request_id in batch.open_elsewhere or any(
            one.state in OPEN for one in of_request if one is not errand
        )
    work.flush()
    others = (Errand.request_id == errand.request_id, Errand.id != errand.id)
    return work.scalars(select(Errand.id).where(*others, Errand.state.in_(OPEN)).limit(1)).first() is not None


def cancel(work: UnitOfWork, command: CancelErrand) -> None:
    """Call a visit off before 04:59 on its day. The result that would have come back goes with the dossier not sent."""
    errand = lock(work, command.errand_id, command.revision)
    if errand.state is ErrandState.CANCELLED:
        return
    check_cancel(errand, command.now)
    call_off(work, errand, command.now, tidy(command.reason) or None)
    audit.record(work, command.by, "cancel", "errand", errand.id, command.now)


def check_cancel(errand: Errand, now: datetime) -> None:
    """Raises `changes_closed`, `errand_step_refused`."""
    _check_changeable(errand, now)
    if errand.state is ErrandState.FAILED:  # called off at the door, or never
        raise DomainError("errand_step_refused", current=errand.state, new=ErrandState.CANCELLED)
    check_step(errand.state, ErrandState.CANCELLED)


def check_move(errand: Errand, now: datetime) -> None:
    """Raises `result_not_ready`, `changes_closed`, `errand_step_refused`; whether a slot has room is another question."""
    if errand.kind is not ErrandKind.COLLECT and errand.state is ErrandState.REQUESTED and not _result_ready(errand):
        raise DomainError("result_not_ready", kind="conflict", field="slot_id")
    _check_changeable(errand, now)
    check_step(errand.state, ErrandState.SCHEDULED)


def allows(check: Callable[[Errand, datetime], None], errand: Errand, now: datetime) -> bool:
    """What a page may offer: exactly what would be done."""
    try:
        check(errand, now)
    except DomainError:
        return False
    return True


def call_off(work: UnitOfWork, errand: Errand, now: datetime, reason: str | None) -> None:
    """Cancel, with what can't come about any more and with what nobody has paid; say so."""
    for one in (errand, *_following(work, errand)):
        _end(work, one, ErrandState.CANCELLED, now, reason)
        work.execute(delete(Charge).where(Charge.errand_id == one.id, Charge.paid_at.is_(None)))
    messages.tell(work, errand.request, errand, "cancelled", now, f"cancelled:{errand.id}")


def reschedule(work: UnitOfWork, command: RescheduleErrand) -> Errand:
    """Move a visit to another open slot: before 04:59 of its day, after a failed try, or while the office holds the result.

    Raises `result_not_ready`, `result_on_the_way`, `changes_closed`, `slot_of_other_unit` and the refusals of `take_slot`.
    """
    errand = lock(work, command.errand_id, command.revision)
    if errand.slot_id == command.slot_id and errand.state in WAITING:
        return errand
    check_move(errand, command.now)
    reach = reach_of(work, errand, command.now)
    slot = take(work, errand, command.slot_id, command.now)
    if reach is None or slot.starts_at < reach:
        raise DomainError("result_on_the_way", field="slot_id")
    put_into(work, errand, slot, command.now)
    audit.record(work, command.by, "reschedule", "errand", errand.id, command.now, slot=errand.slot_id)
    return errand


def reach_of(session: Session, errand: Errand, now: datetime) -> datetime | None:
    """The first moment at which this visit can be made: a result may still be on its way; None while nobody can say."""
    on_the_way = errand.kind is ErrandKind.DELIVER and errand.state is ErrandState.REQUESTED
    return within_reach(session, errand, now) if on_the_way else now


def take(work: UnitOfWork, errand: Errand, slot_id: int, now: datetime) -> Slot:
    """Lock a slot of the errand's own commune. Raises `slot_of_other_unit` and the refusals of `take_slot`."""
    slot = slots.take_slot(work, slot_id, now, moving=errand.id)
    if slot.unit_code != errand.place.unit_code:
        raise DomainError("slot_of_other_unit", kind="invalid", field="slot_id")
    return slot


def schedule_next(
    work: UnitOfWork,
    errand: Errand,
    now: datetime,
    fits: Callable[[OpenSlot], bool] | None = None,
    *,
    tell: bool = True,
    template: str = "scheduled",
) -> Slot | None:
    """Give an errand the first open slot of its commune and tell the citizen, who may choose another by the link.

    `fits`: which slots will do; any but the one it has, when nothing is said. `tell`: no, where the caller says it in one
    message with what happened. None when none of them is open in the next
    five working days: the errand stays as it is and shows among those without a slot, because a parcel that stands at the
    office must not be refused for a full calendar.
    """
    for choice in slots.open_slots(work, errand.place.unit_code, now):
        if not (fits(choice) if fits else choice.id != errand.slot_id):
            continue
        try:
            slot = slots.take_slot(work, choice.id, now, moving=errand.id)
        except DomainError as refusal:
            if refusal.code not in GONE:
                raise
            continue  # somebody was faster between the look and the lock: the next one, then
        put_into(work, errand, slot, now, tell=tell, template=template)
        return slot
    return None


def put_into(
    work: UnitOfWork, errand: Errand, slot: Slot, now: datetime, *, tell: bool = True, template: str = "scheduled"
) -> None:
    """Schedule into a slot that the caller has taken, and say so, unless the caller says it itself."""
    advance(errand, ErrandState.SCHEDULED)
    errand.slot, errand.slot_id, errand.held_until = slot, slot.id, None
    changes.errand_changed(work, errand, now)
    if not tell:
        return
    trigger = f"scheduled:{errand.id}:{errand.revision}"
    messages.tell(work, errand.request, errand, template, now, trigger, slot=messages.label(errand))


def clear_day(work: UnitOfWork, unit_code: str, day: date, name: str, by: str, now: datetime) -> Sequence[Errand]:
    """Close a commune for a day and give its visits the next open slots. Returns those for which none was left.

    Nobody comes to these: their visit leaves the citizen's calendar, and staff call about another time.
    """
    moved = slots.close_day(work, unit_code, day, name, by, now)
    work.flush()
    left = [errand for errand in moved if schedule_next(work, errand, now) is None]
    for errand in left:
        if errand.slot is not None and _lies_ahead(errand.slot, ErrandState.CANCELLED, now):
            errand.revision += 1  # as the calendar counts: above the letter that put the visit there
            messages.take_back(work, errand, now)
    return left


def carry_over(work: UnitOfWork, now: datetime) -> Sequence[Errand]:
    """Give visits of days gone by to which nobody came the next open slot. Returns those for which none was left.

    Nobody else would: a plan knows its own day only, and the citizen kept their side: they are told sorry, why and when next;
    where there is no next time yet that, too, once.
    """
    missed = work.scalars(
        select(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Errand.state.in_(WAITING), Slot.day < local_day(now))
        .order_by(Errand.created_at, Errand.id)
        .with_for_update(of=Errand, skip_locked=True)
    ).all()
    left = [errand for errand in missed if schedule_next(work, errand, now, template="carried_over") is None]
    for errand in left:
        trigger = f"carried:{errand.id}:{errand.slot_id}"  # every night it is tried again, and told once
        messages.tell(work, errand.request, errand, "carried_nowhere", now, trigger)
    return left


def _check_changeable(errand: Errand, now: datetime) -> None:
    """Until 04:59 of the day; and again once the day is over and nobody came."""
    if errand.slot is not None and errand.state in WAITING and errand.slot.day >= local_day(now):
        check_changeable(errand.slot.day, now)


def _result_ready(errand: Errand) -> bool:
    return bool(errand.dossiers) and all(dossier.result_ready_at is not None for dossier in errand.dossiers)


def _following(session: Session, errand: Errand) -> Sequence[Errand]:
    """Deliveries of the same request that can't come about once its collection is called off."""
    if errand.kind is not ErrandKind.COLLECT or errand.only_lines is not None:
        return []
    return session.scalars(
        select(Errand).where(
            Errand.request_id == errand.request_id,
            Errand.kind == ErrandKind.DELIVER,
            Errand.state == ErrandState.REQUESTED,
        )
    ).all()
