"""Plans as coordinators and couriers read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from app.models import (
    Courier,
    Errand,
    Office,
    Plan,
    Planning,
    PlanUnserved,
    Route,
    Shift,
    Stop,
    StopErrand,
)
from app.texts import say
from app.texts.planning import UNSERVED
from app.texts.relaxation import way_out


def newest_planning(session: Session, day: date) -> Planning | None:
    """The order whose progress the coordinator's page shows."""
    return session.scalar(select(Planning).where(Planning.day == day).order_by(Planning.id.desc()).limit(1))


def plan_of(session: Session, planning_id: int) -> Plan | None:
    """The plan that an order led to."""
    return session.scalar(select(Plan).where(Plan.planning_id == planning_id))


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One line of the coordinator's table."""

    id: int
    number: int
    office_id: int
    office: str
    courier: str
    stops: int
    errands: int
    starts_at: datetime
    ends_at: datetime
    distance_m: int
    duration_s: int
    vehicle: str  # the code of its kind


def route_lines(session: Session, plan_id: int, office_ids: Collection[int] | None = None) -> list[RouteLine]:
    """The routes of a plan by office and number, with how many doors and errands each has: one statement."""
    doors = func.count(Stop.id.distinct())
    query = (
        select(
            Route.id,
            Route.number,
            Route.office_id,
            Office.name,
            Courier.name,
            doors,
            func.count(StopErrand.errand_id),
            Route.starts_at,
            Route.ends_at,
            Route.distance_m,
            Route.duration_s,
            Shift.vehicle,
        )
        .join(Shift, Shift.id == Route.shift_id)
        .join(Office, Office.id == Route.office_id)
        .join(Courier, Courier.id == Route.courier_id)
        .join(Stop, Stop.route_id == Route.id)
        .join(StopErrand, StopErrand.stop_id == Stop.id)
        .where(Route.plan_id == plan_id)
        .group_by(Route.id, Office.id, Courier.id, Shift.id)
        .order_by(Office.code, Route.number)
    )
    if office_ids is not None:
        query = query.where(Route.office_id.in_(office_ids))
    return [RouteLine(*tuple(row)) for row in session.execute(query)]


def whole_route(session: Session, route_id: int) -> Route | None:
    """A route with its stops, doors and errands, for its page and its sheet: no further statements."""
    return session.scalar(_whole().where(Route.id == route_id))


def _whole() -> Select[Route]:
    errands = selectinload(Route.stops).selectinload(Stop.errands)
    return select(Route).options(
        selectinload(Route.courier),
        selectinload(Route.office),
        selectinload(Route.shift),
        selectinload(Route.plan),
        selectinload(Route.stops).selectinload(Stop.place),
        errands.selectinload(Errand.request),
        errands.selectinload(Errand.slot),
        errands.selectinload(Errand.dossiers),
    )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An errand that no route serves; `reason` finds its sentence in `app.texts.planning.UNSERVED`."""

    errand: Errand
    reason: str


def left_out(session: Session, plan_id: int) -> list[LeftOut]:
    rows = session.scalars(
        select(PlanUnserved)
        .where(PlanUnserved.plan_id == plan_id)
        .options(
            selectinload(PlanUnserved.errand).selectinload(Errand.place),
            selectinload(PlanUnserved.errand).selectinload(Errand.office),
            selectinload(PlanUnserved.errand).selectinload(Errand.slot),
        )
        .order_by(PlanUnserved.reason, PlanUnserved.errand_id)
    )
    return [LeftOut(row.errand, row.reason) for row in rows]


def summary(plan: Plan, unserved: Sequence[tuple[object, str, Mapping[str, Any] | None]]) -> dict[str, Any]:
    """A plan's figures as `tannha plan --json` and the API print them."""
    return {
        "plan": plan.id,
        "day": plan.day.isoformat(),
        "state": plan.state,
        "assignment": plan.assignment,
        "errands": plan.errands,
        "served": plan.served,
        "unserved": [
            {
                "errand": str(errand),
                "reason": reason,
                "sentence": say(UNSERVED[reason]),
                "relaxation": change,
                "way_out": way_out(change) if change else None,
            }
            for errand, reason, change in unserved
        ],
        "couriers": plan.couriers,
        "distance_m": plan.distance_m,
        "onward_m": plan.onward_m,
        "duration_s": plan.duration_s,
        "cost": plan.cost,
        "violations": plan.violations,
        "balance": plan.balance,
        "engine": plan.engine,
        "seed": plan.seed,
        "wall_s": plan.wall_s,
        "searched": plan.engine_versions.get("searched"),
    }


@dataclass(frozen=True, slots=True)
class UsualDoors:
    """Of a plan's doors with a usual courier, how many are visited by that one."""

    doors: int
    kept: int


def usual_doors(session: Session, plan_id: int, office_ids: Collection[int] | None = None) -> UsualDoors:
    query = (
        select(func.count(Stop.id), func.count(Stop.id).filter(Stop.usual_courier_id == Route.courier_id))
        .join(Route, Route.id == Stop.route_id)
        .where(Route.plan_id == plan_id, Stop.usual_courier_id.is_not(None))
    )
    if office_ids is not None:
        query = query.where(Route.office_id.in_(office_ids))
    return UsualDoors(*session.execute(query).one())


def plan_summary(session: Session, plan: Plan) -> dict[str, Any]:
    rows = session.execute(
        select(PlanUnserved.errand_id, PlanUnserved.reason, PlanUnserved.relaxation)
        .where(PlanUnserved.plan_id == plan.id)
        .order_by(PlanUnserved.errand_id)
    )
    usual = usual_doors(session, plan.id)
    return summary(plan, [(row.errand_id, row.reason, row.relaxation) for row in rows]) | {
        "usual": {"doors": usual.doors, "kept": usual.kept}
    }
