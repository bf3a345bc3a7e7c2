"""Who works on a day: made once from the active couriers, editable until the office's plan is published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager

from app.clock import at
from app.domain.commands import EditShift
from app.domain.errand import PLANNABLE
from app.domain.errors import DomainError
from app.domain.slot import STOPS_A_COURIER
from app.models import Courier, Errand, Office, PlanOffice, Shift, Slot, VehicleKind
from app.services import audit
from app.services.booking import slots

STARTS, ENDS = time(7, 0), time(17, 0)
BREAK = timedelta(hours=1)
BREAK_FROM, BREAK_TO = time(11, 0), time(13, 0)
BAG = 60  # envelopes, where no table of vehicles has been read yet
MOST_TRIPS = 3  # as many as `routing.validate` takes
LONGEST_RELOAD = 120  # minutes
LONGEST_WITHOUT_BREAK = timedelta(hours=6)  # Labour Code 2019 art. 109: a break in a working day of six hours or more


@dataclass(frozen=True, slots=True)
class OfficeStaffing:
    """One office's day: errands to do, couriers they need, and who works (or has the day off)."""

    office: Office
    errands: int
    needed: int
    shifts: tuple[Shift, ...]
    locked: bool

    @property
    def working(self) -> int:
        return sum(shift.works for shift in self.shifts)

    @property
    def short(self) -> bool:
        return self.working < self.needed


def couriers_needed(errands: int) -> int:
    """docs/decisions/clock-and-day.md: ⌈errands / 28⌉, and nobody where nothing is to be done."""
    return -(-errands // STOPS_A_COURIER)


def ensure_shifts(session: Session, day: date, office_ids: Collection[int] | None = None) -> int:
    """Give every active courier without a decision for that day the default shift; return how many were made."""
    missing = ~select(Shift.id).where(Shift.courier_id == Courier.id, Shift.day == day).exists()
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Courier.office_id.in_(office_ids)]
    opened = Courier.office_id.in_(select(Office.id).where(Office.closed_at.is_(None)))
    couriers = session.execute(
        select(Courier.id, Courier.vehicle, func.coalesce(VehicleKind.capacity, BAG))
        .outerjoin(VehicleKind, VehicleKind.code == Courier.vehicle)
        .where(Courier.active, opened, missing, *chosen)
    ).all()
    if not couriers:
        return 0
    times = _times(day, STARTS, ENDS)
    rows = [
        {"courier_id": courier, "day": day, "vehicle": vehicle, "capacity": bag, "works": True} | times
        for courier, vehicle, bag in couriers
    ]
    session.execute(insert(Shift).values(rows).on_conflict_do_nothing())
    return len(rows)


def staff_day(session: Session, day: date, office_ids: Collection[int] | None = None) -> list[OfficeStaffing]:
    """Who works on the day, by office, beside how many couriers its errands need."""
    ensure_shifts(session, day, office_ids)
    chosen: list[ColumnElement[bool]] = [] if office_ids is None else [Office.id.in_(office_ids)]
    offices = session.scalars(select(Office).where(Office.closed_at.is_(None), *chosen).order_by(Office.code)).all()
    errands = _errands(session, day)
    locked = set(session.scalars(select(PlanOffice.office_id).where(PlanOffice.day == day, PlanOffice.published)))
    by_office: dict[int, list[Shift]] = {}
    for shift in session.scalars(
        select(Shift)
        .join(Shift.courier)
        .where(Shift.day == day)
        .options(contains_eager(Shift.courier))
        .order_by(Courier.id)
    ):
        by_office.setdefault(shift.courier.office_id, []).append(shift)
    return [
        OfficeStaffing(
            office,
            errands.get(office.id, 0),
            couriers_needed(errands.get(office.id, 0)),
            tuple(by_office.get(office.id, ())),
            office.id in locked,
        )
        for office in offices
    ]


def _errands(session: Session, day: date) -> dict[int, int]:
    rows = session.execute(
        select(Errand.office_id, func.count())
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Slot.day == day, Errand.state.in_(PLANNABLE))
        .group_by(Errand.office_id)
    )
    return {row[0]: row[1] for row in rows}


def edit_shift(session: Session, command: EditShift) -> Shift:
    """Set a courier's day.

    Raises `not_found`, `shift_locked`, `time_malformed`, `shift_order`, `vehicle_unknown`, `trips_out_of_range` or
    `reload_out_of_range`.
    """
    courier = session.get(Courier, command.courier_id, with_for_update=True)
    if courier is None:
        raise DomainError("not_found", kind="not_found", field="courier_id")
    published = select(PlanOffice.office_id).where(
        PlanOffice.day == command.day, PlanOffice.office_id == courier.office_id, PlanOffice.published
    )
    if session.scalar(published) is not None:
        raise DomainError("shift_locked", day=command.day)
    starts, ends = _clock_time(command.starts, "starts"), _clock_time(command.ends, "ends")
    if starts >= ends:
        raise DomainError("shift_order", kind="invalid", field="ends")
    shift = session.scalar(select(Shift).where(Shift.courier_id == courier.id, Shift.day == command.day))
    if shift is None:
        shift = Shift(courier_id=courier.id, day=command.day, capacity=BAG, vehicle="")
        session.add(shift)
    shift.works = command.works
    for name, value in _times(command.day, starts, ends).items():
        setattr(shift, name, value)
    _seat(session, shift, command.vehicle or shift.vehicle or courier.vehicle, asked=command.vehicle is not None)
    if command.trips is not None:
        shift.trips = _within(command.trips, "trips", 1, MOST_TRIPS)
    if command.reload_min is not None:
        shift.reload_s = 60 * _within(command.reload_min, "reload", 0, LONGEST_RELOAD)
    session.flush()
    slots.recount(session, courier.office, command.now, command.day)
    audit.record(
        session,
        command.by,
        "shift.edited",
        "courier",
        courier.id,
        command.now,
        day=str(command.day),
        works=command.works,
        vehicle=shift.vehicle,
    )
    return shift


def _seat(session: Session, shift: Shift, vehicle: str, *, asked: bool) -> None:
    """Give the day its vehicle, with that one's bag. What it has already may be kept, though it is offered no more."""
    if vehicle == shift.vehicle:
        return
    kind = session.get(VehicleKind, vehicle)
    if asked and (kind is None or not kind.offered):
        raise DomainError("vehicle_unknown", kind="invalid", field="vehicle", given=vehicle[:40])
    shift.vehicle = vehicle
    shift.capacity = kind.capacity if kind is not None else BAG


def _within(value: int, field: str, least: int, most: int) -> int:
    if not least <= value <= most:
        raise DomainError(f"{field}_out_of_range", kind="invalid", field=field, least=least, most=most)
    return value


def _clock_time(text: str, field: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise DomainError("time_malformed", kind="invalid", field=field, given=text[:10]) from None


def _times(day: date, starts: time, ends: time) -> dict[str, datetime | int]:
    """A shift's times. A short one has no break; the break of a long one starts 11:00–13:00 where the shift allows."""
    begin, finish = at(day, starts), at(day, ends)
    early, late = max(at(day, BREAK_FROM), begin), min(at(day, BREAK_TO), finish - BREAK)
    rests = finish - begin > LONGEST_WITHOUT_BREAK and early <= late
    return {
        "starts_at": begin,
        "ends_at": finish,
        "break_s": int(BREAK.total_seconds()) if rests else 0,
        "break_from": early if rests else begin,
        "break_to": late if rests else begin,
    }
