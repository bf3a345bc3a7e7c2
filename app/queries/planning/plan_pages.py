"""What the pages of one plan list: its offices, what it leaves out, and the plan to compare it with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind, ErrandState
from app.domain.slot import SlotKind
from app.models import (
    Desk,
    Errand,
    Office,
    Place,
    Plan,
    PlanOffice,
    PlanUnserved,
    Route,
    ServiceRequest,
    Slot,
    Stop,
    Unit,
)
from app.queries.planning.due import DueDay, due_days, in_order
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class OfficeLine:
    id: int
    name: str
    routes: int
    doors: int
    distance_m: int
    duration_s: int


def office_lines(session: Session, plan_id: int, office_ids: Offices = None) -> list[OfficeLine]:
    """The offices of a plan that have routes, by name."""
    doors = select(func.count()).where(Stop.route_id == Route.id).correlate(Route).scalar_subquery()
    rows = session.execute(
        select(
            Office.id,
            Office.name,
            func.count(Route.id),
            func.sum(doors),
            func.sum(Route.distance_m),
            func.sum(Route.duration_s),
        )
        .join(Route, Route.office_id == Office.id)
        .where(Route.plan_id == plan_id, *within(Route.office_id, office_ids))
        .group_by(Office.id)
        .order_by(Office.name)
    )
    return [OfficeLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """`reason` and `relaxation` find their sentences in `app.texts.planning`."""

    reference: str
    kind: ErrandKind
    office: str
    unit: str
    slot_kind: SlotKind | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    relaxation: dict[str, Any] | None
    due: DueDay | None = None


def left_out_lines(session: Session, plan: Plan, office_ids: Offices = None) -> list[LeftOutLine]:
    """What presses most first, by the working days left until it is due; without a due date last."""
    rows = session.execute(
        select(
            ServiceRequest.reference,
            Errand.kind,
            Office.name,
            Unit.name,
            Slot.kind,
            Slot.starts_at,
            Slot.ends_at,
            PlanUnserved.reason,
            PlanUnserved.relaxation,
            PlanUnserved.errand_id,
        )
        .join(Errand, Errand.id == PlanUnserved.errand_id)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .join(Office, Office.id == Errand.office_id)
        .join(Place, Place.id == Errand.place_id)
        .join(Unit, Unit.code == Place.unit_code)
        .outerjoin(Slot, Slot.id == Errand.slot_id)
        .where(PlanUnserved.plan_id == plan.id, *within(Errand.office_id, office_ids))
        .order_by(Office.name, PlanUnserved.reason, ServiceRequest.reference)
    ).all()
    due = due_days(session, [row.errand_id for row in rows], plan.day)
    lines = [replace(LeftOutLine(*tuple(row)[:-1]), due=due.get(row.errand_id)) for row in rows]
    return sorted(lines, key=lambda line: in_order(line.due))


def counterpart(session: Session, plan: Plan) -> Plan | None:
    """The newest plan of the same day and offices that assigns the other way."""
    ours = _offices(session, plan.id)
    others = session.scalars(
        select(Plan).where(Plan.day == plan.day, Plan.assignment != plan.assignment).order_by(Plan.id.desc())
    )
    return next((other for other in others if _offices(session, other.id) == ours), None)


def _offices(session: Session, plan_id: int) -> set[int]:
    return set(session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan_id)))


def route_state(session: Session, route: Route) -> str:
    """The state of its plan; where that is in force for other offices only, `superseded`."""
    state = route.plan.state
    if state == "published" and not session.get_one(PlanOffice, (route.plan_id, route.office_id)).published:
        return "superseded"
    return state


def route_exists(session: Session, route_id: int) -> bool:
    return session.scalar(select(Route.id).where(Route.id == route_id)) is not None


@dataclass(frozen=True, slots=True)
class LateLine:
    """An errand promised for the plan's day that no route visits; it may still be added while the day runs."""

    errand_id: UUID
    reference: str
    kind: ErrandKind
    office_id: int
    office: str
    starts_at: datetime
    ends_at: datetime


def late_lines(session: Session, plan: Plan, office_ids: Offices = None) -> list[LateLine]:
    """By office and time; only of the offices for which the plan is in force."""
    in_force = select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id, PlanOffice.published)
    rows = session.execute(
        select(Errand.id, ServiceRequest.reference, Errand.kind, Office.id, Office.name, Slot.starts_at, Slot.ends_at)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .join(Office, Office.id == Errand.office_id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Errand.state == ErrandState.SCHEDULED, Errand.executed_by == "own", Slot.day == plan.day)
        .where(Errand.office_id.in_(in_force), *within(Errand.office_id, office_ids))
        .order_by(Office.name, Slot.starts_at, ServiceRequest.reference)
    )
    return [LateLine(*row) for row in rows]


def references(session: Session, errand_ids: Collection[UUID]) -> dict[UUID, str]:
    """The requests that errands belong to, by the reference that people read out."""
    rows = session.execute(
        select(Errand.id, ServiceRequest.reference)
        .join(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .where(Errand.id.in_(errand_ids))
    )
    return {row.id: row.reference for row in rows}


def offices_off_road(session: Session, plan: Plan) -> list[str]:
    """The offices whose couriers' ways it reckons in straight lines, because no road reaches them."""
    numbers = (plan.ways or {}).get("offices", [])
    return list(session.scalars(select(Office.name).where(Office.id.in_(numbers)).order_by(Office.name)))


def ends_off_road(session: Session, plan: Plan) -> list[str]:
    """The desks of its onward legs that no road reaches; where these are many, the few offices that lie off the roads."""
    ways = plan.ways or {}
    legs = [leg for leg in ways.get("off_road", []) if leg[0] not in ways.get("offices", [])]
    offices, desks = ({leg[end] for leg in legs} for end in (0, 1))
    table, numbers = (Desk, desks) if len(desks) <= len(offices) else (Office, offices)
    return list(session.scalars(select(table.name).where(table.id.in_(numbers)).order_by(table.name)))
