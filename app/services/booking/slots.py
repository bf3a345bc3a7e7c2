"""Slots: made when first looked at, kept ten minutes while a form is filled, taken under a row lock.

A courier is in one place at a time: the two-hour slots of a half day and the half day itself share its capacity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import at, local_day
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.slot import SlotKind, bookable_days, check_bookable, held_until, reachable, slot_times
from app.models import CalendarDay, Errand, Office, Slot, SlotHold, Unit
from app.queries.reference.calendar import calendar
from app.queries.reference.units import has_office, office_of, unit_of
from app.services import audit
from app.services.booking.capacity import crew_of
from app.texts.slots import slot_label
from app.unit_of_work import UnitOfWork

LIVE = (ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A choice to show: `free` places left, `label` in the reader's language."""

    id: int
    unit_code: str
    day: date
    kind: SlotKind
    starts_at: datetime
    ends_at: datetime
    free: int
    label: str


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whose own place does not count against them: a form's hold, an errand that moves."""

    holder: str | None = None
    errand_id: UUID | None = None


NOBODY = _Asking()


def open_slots(
    work: UnitOfWork, unit_code: str, now: datetime, language: str = "vi", holder: str | None = None
) -> list[OpenSlot]:
    """The slots of a unit that can be booked now, earliest first. `holder`: the form whose own hold does not count."""
    unit = unit_of(work, unit_code)
    days = [
        day
        for day in bookable_days(now, work.once(calendar), unit_code)
        if unit.in_service_from is not None and unit.in_service_from <= day
    ]
    if not days or not has_office(work, unit_code):
        return []
    _make_missing(work, unit, days)
    slots = work.scalars(_slots(unit_code, days)).all()
    free = _free_places(work, slots, now, _Asking(holder=holder))
    sailing = work.once(calendar)
    return [
        _shown(slot, free[slot.id], language)
        for slot in slots
        if free[slot.id] > 0 and not slot.closed and reachable(slot.starts_at, slot.ends_at, sailing, unit_code)
    ]


def hold_slot(work: UnitOfWork, slot_id: int, holder: str, now: datetime) -> SlotHold:
    """Keep a place for the form `holder` (`held_until`); a second hold of the form replaces its first."""
    slot = _checked(work, slot_id, now)
    _check_free(work, slot, now, _Asking(holder=holder))
    work.execute(delete(SlotHold).where(SlotHold.slot_id == slot.id, SlotHold.expires_at <= now))
    kept = {"slot_id": slot.id, "expires_at": held_until(slot.day, now)}
    hold = insert(SlotHold).values(holder=holder, **kept).on_conflict_do_update(index_elements=["holder"], set_=kept)
    return work.scalars(hold.returning(SlotHold), execution_options={"populate_existing": True}).one()


def release_hold(session: Session, holder: str) -> None:
    """The form `holder` was given up: its place is free at once."""
    session.execute(delete(SlotHold).where(SlotHold.holder == holder))


def take_slot(
    work: UnitOfWork, slot_id: int, now: datetime, hold: str | None = None, moving: UUID | None = None
) -> Slot:
    """Lock the slot for an errand that the caller puts into it in this transaction.

    `hold`: the form's own hold, used up here; `moving`: an errand whose present place does not count.
    Raises `slot_unknown`, `slot_full`, `day_closed`, `no_boat`, `booking_closed`, `day_too_far` (field `slot_id`).
    """
    slot = _checked(work, slot_id, now)
    _check_free(work, slot, now, _Asking(hold, moving))
    if hold is not None:
        work.execute(delete(SlotHold).where(SlotHold.holder == hold))
    return slot


def close_day(session: Session, unit_code: str, day: date, name: str, by: str, now: datetime) -> Sequence[Errand]:
    """Close a commune for a day (flood, landslide) and return the errands that lose their slot."""
    row = {"day": day, "unit_code": unit_code, "kind": "closed", "name": name}
    session.execute(insert(CalendarDay).values(row).on_conflict_do_nothing())
    slots = session.scalars(_slots(unit_code, [day]).with_for_update()).all()
    for slot in slots:
        slot.closed = True
    audit.record(session, by, "close_day", "unit", unit_code, now, day=day.isoformat())
    return session.scalars(
        select(Errand)
        .where(
            Errand.slot_id.in_([slot.id for slot in slots]),
            Errand.state.in_([ErrandState.SCHEDULED, ErrandState.PLANNED]),
        )
        .order_by(Errand.created_at, Errand.id)
    ).all()


def recount(session: Session, office: Office, now: datetime, day: date | None = None) -> None:
    """Give the slots already made the room of the couriers of today: of `day`, or of every day to come.

    What is taken stays promised, even where nobody is left to do it: the coordinator sees the shortage and moves visits.
    """
    if office.kind != "commune" or office.closed_at is not None or office_of(session, office.unit_code).id != office.id:
        return  # a hub: the unit's slots are those of its commune post office
    when = Slot.day > local_day(now) if day is None else Slot.day == day
    locked = select(Slot).where(Slot.unit_code == office.unit_code, when).order_by(Slot.id).with_for_update()
    made = session.scalars(locked, execution_options={"populate_existing": True}).all()
    crew = crew_of(session, office.id, {slot.day for slot in made})
    taken = _taken(session, [slot.id for slot in made], now, NOBODY)
    for slot in made:
        same_day = [other for other in made if other.day == slot.day]
        gone = _taken_within(slot, same_day, taken) if slot.kind is SlotKind.HALF_DAY else taken.get(slot.id, 0)
        slot.capacity = max(gone, crew.places(slot.day, slot.kind, slot.starts_at, slot.ends_at))
    session.flush()


def _slots(unit_code: str, days: Iterable[date]) -> Select[Slot]:
    return (
        select(Slot)
        .where(Slot.unit_code == unit_code, Slot.day.in_(list(days)))
        .order_by(Slot.starts_at, Slot.ends_at.desc())
    )


def _make_missing(session: Session, unit: Unit, days: Sequence[date]) -> None:
    office = office_of(session, unit.code)
    crew = crew_of(session, office.id, days)
    wanted = [
        (day, times.kind, at(day, times.start), at(day, times.end))
        for day in days
        for times in slot_times(ward=unit.ward)
    ]
    rows = [
        {
            "unit_code": unit.code,
            "day": day,
            "kind": kind,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "capacity": crew.places(day, kind, starts_at, ends_at),
        }
        for day, kind, starts_at, ends_at in wanted
    ]
    session.execute(insert(Slot).on_conflict_do_nothing(), rows)


def _checked(work: UnitOfWork, slot_id: int, now: datetime) -> Slot:
    slot = work.get(Slot, slot_id)
    if slot is None:
        raise DomainError("slot_unknown", kind="invalid", field="slot_id")
    check_bookable(slot.day, now, work.once(calendar), slot.unit_code)
    if not reachable(slot.starts_at, slot.ends_at, work.once(calendar), slot.unit_code):
        raise DomainError("no_boat", kind="invalid", field="slot_id", day=slot.day)
    return slot


def _check_free(session: Session, slot: Slot, now: datetime, asking: _Asking) -> None:
    """Lock the half day the slot lies in (ascending ids, so that two bookings never wait for each other), then count."""
    family = session.scalars(
        select(Slot)
        .where(Slot.unit_code == slot.unit_code, Slot.starts_at < slot.ends_at, Slot.ends_at > slot.starts_at)
        .order_by(Slot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if slot.closed:
        raise DomainError("day_closed", kind="invalid", field="slot_id", day=slot.day)
    wider = session.scalars(_slots(slot.unit_code, [slot.day])).all() if len(family) > 1 else family
    if _free_places(session, wider, now, asking)[slot.id] <= 0:
        label = slot_label(slot.kind, slot.starts_at, slot.ends_at)
        raise DomainError("slot_full", kind="conflict", field="slot_id", slot=label)


def _free_places(session: Session, slots: Sequence[Slot], now: datetime, asking: _Asking) -> dict[int, int]:
    taken = _taken(session, [slot.id for slot in slots], now, asking)
    halves = [slot for slot in slots if slot.kind is SlotKind.HALF_DAY]
    left = {half.id: half.capacity - _taken_within(half, slots, taken) for half in halves}
    free = dict(left)
    for slot in slots:
        if slot.kind is not SlotKind.HALF_DAY:
            around = [left[half.id] for half in halves if _overlap(half, slot)]
            free[slot.id] = min([slot.capacity - taken.get(slot.id, 0), *around])
    return free


def _taken_within(half: Slot, slots: Sequence[Slot], taken: Mapping[int, int]) -> int:
    return sum(taken.get(slot.id, 0) for slot in slots if _overlap(half, slot))


def _overlap(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _taken(session: Session, slot_ids: Sequence[int], now: datetime, asking: _Asking) -> dict[int, int]:
    """Places gone by slot: live errands and live holds, the asker's own apart."""
    errands = select(Errand.slot_id.label("slot_id")).where(Errand.slot_id.in_(slot_ids), Errand.state.in_(LIVE))
    holds = select(SlotHold.slot_id).where(SlotHold.slot_id.in_(slot_ids), SlotHold.expires_at > now)
    if asking.errand_id is not None:
        errands = errands.where(Errand.id != asking.errand_id)
    if asking.holder is not None:
        holds = holds.where(SlotHold.holder != asking.holder)
    both = errands.union_all(holds).subquery()
    rows = session.execute(select(both.c.slot_id, func.count().label("places")).group_by(both.c.slot_id))
    return {row.slot_id: row.places for row in rows}


def _shown(slot: Slot, free: int, language: str) -> OpenSlot:
    label = slot_label(slot.kind, slot.starts_at, slot.ends_at, language)
    return OpenSlot(slot.id, slot.unit_code, slot.day, slot.kind, slot.starts_at, slot.ends_at, free, label)
