"""What of a day has not come home: rounds under way, envelopes in couriers' bags, phones that owe."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.clock import end_of_day, start_of_day
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.models import Device, Errand, Operation, Parcel, Plan, PlanOffice, Route, Run, Stop, StopErrand

TO_DO = (ErrandState.PLANNED, ErrandState.UNDER_WAY)


def rounds_out(session: Session, courier_ids: Collection[int], day: date) -> list[int]:
    """Numbers of the published routes of this day that are under way, or have not begun and still have doors."""
    in_force = and_(PlanOffice.plan_id == Route.plan_id, PlanOffice.office_id == Route.office_id, PlanOffice.published)
    doors = (
        select(Errand.id)
        .join(StopErrand, StopErrand.errand_id == Errand.id)
        .join(Stop, Stop.id == StopErrand.stop_id)
        .where(Stop.route_id == Route.id, Errand.state.in_(TO_DO))
    )
    under_way = and_(Run.id.is_not(None), Run.ended_at.is_(None))
    to_come = and_(Run.id.is_(None), doors.exists())
    theirs = (
        select(Route.number)
        .join(Plan, Plan.id == Route.plan_id)
        .join(PlanOffice, in_force)
        .outerjoin(Run, Run.route_id == Route.id)
        .where(Route.courier_id.in_(courier_ids), Plan.day == day, or_(under_way, to_come))
    )
    return list(session.scalars(theirs.order_by(Route.number)))


def in_bags(session: Session, courier_ids: Collection[int]) -> list[str]:
    """Envelopes that lie with these couriers at this moment."""
    bags = [str(number) for number in courier_ids]
    held = select(Parcel.code).where(Parcel.holder == Holder.COURIER, Parcel.holder_id.in_(bags))
    return list(session.scalars(held.order_by(Parcel.code)))


def phones_owing(session: Session, courier_ids: Collection[int], day: date) -> Iterator[str]:
    """Phones of which something of this day is still to come: they said so, or a number is missing in what came.

    One that is lost is signed out from afar: then it owes for the days until its last contact, and not for ever.
    """
    missing = _holes(day)
    in_use = or_(Device.revoked_at.is_(None), Device.last_contact_at >= start_of_day(day))
    held = and_(or_(Device.waiting > 0, Device.waiting_files > 0), in_use)
    owing = select(Device.name).where(
        Device.courier_id.in_(courier_ids), Device.enrolled_at < end_of_day(day), or_(held, Device.id.in_(missing))
    )
    yield from session.scalars(owing.order_by(Device.enrolled_at, Device.id))


def _holes(day: date) -> Select[UUID]:
    """Phones that told an act of this day whose number does not follow the one before."""
    before = func.lag(Operation.seq, 1, 0).over(partition_by=Operation.device_id, order_by=Operation.seq)
    numbers = select(
        Operation.device_id.label("device"),
        Operation.seq.label("seq"),
        before.label("before"),
        Operation.corrected_at.label("at"),
    ).subquery()
    today = (numbers.c.at >= start_of_day(day), numbers.c.at < end_of_day(day))
    return select(numbers.c.device).where(numbers.c.seq > numbers.c.before + 1, *today)
