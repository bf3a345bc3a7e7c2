"""What was done to a plan by hand, by whom, and who could take over a stop."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Courier,
    Errand,
    Office,
    Plan,
    PlanAct,
    PlanOffice,
    PlanUnserved,
    Route,
    ServiceRequest,
    Shift,
    StaffAccount,
    Stop,
)


class ActLine(NamedTuple):
    """One act. `undone`: it was taken back; `by`: a name, or what acted where it was no account."""

    id: int
    kind: str
    by: str
    at: datetime
    offices: list[int]
    shifts: list[int]
    metres: int
    dong: int
    undone: bool


def act_lines(
    session: Session, plan_id: int, offices: Collection[int] | None = None, shift_id: int | None = None, most: int = 200
) -> list[ActLine]:
    """The newest first; of these offices alone, and of one courier's route."""
    query = (
        select(PlanAct, StaffAccount.name)
        .outerjoin(StaffAccount, func.concat("staff:", StaffAccount.id) == PlanAct.by)
        .where(PlanAct.plan_id == plan_id)
        .order_by(PlanAct.id.desc())
    )
    if shift_id is not None:
        query = query.where(PlanAct.shifts.contains([shift_id]))
    if offices is not None:
        query = query.where(PlanAct.offices.contained_by(sorted(offices)))
    return [
        ActLine(
            act.id,
            act.kind,
            name or act.by,
            act.at,
            act.offices,
            act.shifts,
            act.figures["metres"],
            act.figures["dong"],
            act.undone_by_id is not None,
        )
        for act, name in session.execute(query.limit(most))
    ]


class CourierLine(NamedTuple):
    """A courier at work that day: who has no route in the plan has no number."""

    shift_id: int
    office_id: int
    office: str
    courier: str
    number: int | None
    stops: int


def couriers_of(session: Session, plan: Plan, offices: Collection[int] | None, first: int) -> list[CourierLine]:
    """Who may ride for the plan, of these offices; those of the office `first` before the others."""
    query = (
        select(Shift.id, Office.id, Office.name, Courier.name, Route.number, func.count(Stop.id))
        .join(Courier, Courier.id == Shift.courier_id)
        .join(Office, Office.id == Courier.office_id)
        .join(PlanOffice, (PlanOffice.office_id == Office.id) & (PlanOffice.plan_id == plan.id))
        .outerjoin(Route, (Route.shift_id == Shift.id) & (Route.plan_id == plan.id))
        .outerjoin(Stop, Stop.route_id == Route.id)
        .where(Shift.day == plan.day, Shift.works, Courier.active)
        .group_by(Shift.id, Office.id, Courier.id, Route.id)
        .order_by(Office.id != first, Office.name, Route.number, Courier.id)
    )
    if offices is not None:
        query = query.where(Office.id.in_(offices))
    return [CourierLine(*row) for row in session.execute(query)]


class OutLine(NamedTuple):
    errand_id: str
    reference: str


def out_of_office(session: Session, plan: Plan, office_id: int) -> list[OutLine]:
    """The office's errands that no route of the plan serves."""
    query = (
        select(PlanUnserved.errand_id, ServiceRequest.reference)
        .join(Errand, Errand.id == PlanUnserved.errand_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .where(PlanUnserved.plan_id == plan.id, Errand.office_id == office_id)
        .order_by(ServiceRequest.reference)
    )
    return [OutLine(str(errand), reference) for errand, reference in session.execute(query)]
