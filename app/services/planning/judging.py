"""Price a layout by the judge that prices engines, and time its routes anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.models import Courier, Office, Place, Plan, PlanOffice, Route, Shift
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.calibrating import known_travel_times
from app.services.planning.due_errands import errands_by_id
from app.services.planning.hard_ways import hard_ways
from app.services.planning.households import DueErrand, make_job
from app.services.planning.layout import DoorRow, Layout, RouteRow, Row, encoded, read_layout
from app.services.planning.loading import make_onward, make_vehicle
from app.services.planning.saving import marginal_metres, route_times, stop_times, trips_of
from app.services.planning.vehicles import fleet_of
from routing.evaluate import Evaluation, evaluate
from routing.plan import Violation
from routing.problem import Job, Problem


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a route breaks: `cause` is one of routing's (`delay`, `load`, …), `amount` in s, m or envelopes.

    `accepted`: a coordinator said why it may stand; it keeps no plan from being published.
    """

    cause: str
    shift_id: int
    stop_id: int | None
    amount: int | None
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What judges the layouts of some shifts: their vehicles, and the jobs of their doors."""

    day: date
    problem: Problem
    offices: Mapping[int, int]
    jobs: Mapping[int, Job]

    def judge(self, layout: Layout) -> Evaluation:
        orders = {shift: layout.order(shift) for shift in layout.ways}
        problem = replace(self.problem, jobs=tuple(self.jobs[job] for order in orders.values() for job in order))
        return evaluate(problem, {shift: order for shift, order in orders.items() if order})

    def timed(self, layout: Layout, shifts: Collection[int]) -> Layout:
        """The layout with these shifts' times, metres and đồng as the judge reckons them."""
        problem = replace(self.problem, jobs=tuple(self.jobs.values()))
        midnight, ways = start_of_day(self.day), dict(layout.ways)
        for route in self.judge(layout).routes:
            if route.vehicle not in shifts:
                continue
            way = ways[route.vehicle]
            saved = marginal_metres(problem, route)
            doors = tuple(
                door.having(**_kept(stop_times(step, midnight, trip)), marginal_m=metres)
                for door, (trip, step), metres in zip(way.doors, trips_of(route), saved, strict=True)
            )
            ways[route.vehicle] = RouteRow({**way.row, **_kept(route_times(route, midnight))}, doors)
        return replace(layout, ways=ways)


def _kept(values: Mapping[str, object]) -> dict[str, object]:
    return {name: encoded(value) for name, value in values.items()}


def make_bench(session: Session, plan: Plan, shifts: Collection[int], doors: Collection[DoorRow]) -> Bench:
    """In straight lines, also beside a plan made along roads: rows are locked meanwhile, and no row waits for a server."""
    offices = session.scalars(select(PlanOffice.office_id).where(PlanOffice.plan_id == plan.id)).all()
    errands = errands_by_id(session, plan.day, [UUID(errand) for door in doors for errand in door.errands], offices)
    places = {UUID(door.row["place_id"]) for door in doors}
    points = session.execute(select(Place.id, Place.lon, Place.lat).where(Place.id.in_(places)))
    where = {str(place): (lon, lat) for place, lon, lat in points}
    jobs = {door.id: _job(door, errands, plan.day, where) for door in doors}
    at_work = session.execute(
        select(Shift, Office)
        .join(Courier, Courier.id == Shift.courier_id)
        .join(Office, Office.id == Courier.office_id)
        .where(Shift.id.in_(shifts))
        .order_by(Shift.id)
    ).all()
    fleet, travel_times = fleet_of(session), known_travel_times(session)
    homes = {office.id: office for _shift, office in at_work}
    problem = Problem(
        vehicles=tuple(make_vehicle(shift, office, plan.day, fleet) for shift, office in at_work),
        jobs=(),
        travel_times=hard_ways(session, plan.day).over(travel_times),
        assignment="free" if plan.assignment == "free" else "home",
        onward=make_onward(session, homes, tuple(jobs.values()), travel_times),
    )
    return Bench(plan.day, problem, {shift.id: office.id for shift, office in at_work}, jobs)


def _job(door: DoorRow, errands: Mapping[UUID, DueErrand], day: date, where: Mapping[str, tuple[float, float]]) -> Job:
    """The stop as it is; one whose errands were all taken back since is a door without a slot, dropped at publication."""
    known = [errands[UUID(errand)] for errand in door.errands if UUID(errand) in errands]
    if known:
        return make_job(door.id, known, day)
    return Job(door.id, where[door.row["place_id"]], service=ASSUMPTIONS.service_s(1))


def broken_in(layout: Layout, faults: Collection[Violation]) -> tuple[Broken, ...]:
    """The judge's findings, each with the reason that a coordinator accepted it for."""
    accepted: dict[tuple[int, int | None], Row | None] = {
        (shift, door.id): door.row["accepted"] for shift, door in layout.doors()
    }
    accepted |= {(shift, None): way.row["accepted"] for shift, way in layout.ways.items()}
    return tuple(
        Broken(fault.cause, fault.vehicle, fault.job, fault.amount, _reason(accepted, fault))
        for fault in faults
        if fault.vehicle is not None and fault.vehicle in layout.ways
    )


def _reason(accepted: Mapping[tuple[int, int | None], Row | None], fault: Violation) -> str:
    known = (accepted.get((fault.vehicle or 0, fault.job)) or {}).get(fault.cause)
    if known is None or (fault.amount or 0) > (known["amount"] or 0):
        return ""
    return str(known["reason"])


def open_promises(broken: Collection[Broken]) -> int:
    """How many keep the plan from being published."""
    return sum(1 for one in broken if not one.accepted)


def violations_of(session: Session, plan: Plan, route_id: int) -> tuple[Broken, ...]:
    """What one route breaks."""
    shift = session.scalar(select(Route.shift_id).where(Route.plan_id == plan.id, Route.id == route_id))
    if shift is None:
        return ()
    layout = read_layout(session, plan, [shift])
    bench = make_bench(session, plan, [shift], [door for _shift, door in layout.doors()])
    return broken_in(layout, bench.judge(layout).violations)
