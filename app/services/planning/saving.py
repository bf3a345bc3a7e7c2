"""Store a plan once. The fence: whoever turns the order to `done` first writes the plan; a second finisher writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.models import Plan, Planning, PlanOffice, PlanUnserved, Route, Stop, StopErrand
from app.services.planning.loading import LoadedProblem
from app.services.planning.other_day import OtherDay, price_days
from routing import plan as planned
from routing.engines.versions import versions
from routing.problem import Point, Problem, TravelTimes

LeftOut = tuple[UUID, str, dict[str, Any] | None]
"""An errand, its reason, and what would let it in."""


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """A plan with all that its rows need of the roads. `marginal_m`: by vehicle, for each stop in order."""

    plan: planned.Plan
    marginal_m: Mapping[int, Sequence[int]]
    unserved: Sequence[LeftOut]


def measure(loaded: LoadedProblem, plan: planned.Plan, days: Mapping[UUID, OtherDay]) -> MeasuredPlan:
    """Ask the ways what only they know, before anything is locked: call it with no transaction open.

    Another day is one more way in: told alone, or as `instead` beside what would let the errand in today.
    """
    later = price_days(days, loaded.problem.travel_times)
    return MeasuredPlan(
        plan,
        {route.vehicle: marginal_metres(loaded.problem, route) for route in plan.routes},
        [
            (errand, reason, _cheapest_first(change, later.get(errand)))
            for errand, reason, change in unserved_of(loaded, plan)
        ],
    )


def save_plan(
    session: Session, planning_id: int, loaded: LoadedProblem, measured: MeasuredPlan, *, wall_s: float, now: datetime
) -> Plan | None:
    """Store routes, stops, what is left out and why, and the figures, as a draft. None when another worker was faster.

    It asks no way: its rows are locked.
    """
    mine = update(Planning).where(Planning.id == planning_id, Planning.state != "done").values(state="done", error=None)
    if session.scalar(mine.values(finished_at=now).returning(Planning.id)) is None:
        return None
    unserved = measured.unserved
    row = _plan_row(session.get_one(Planning, planning_id), loaded, measured.plan, len(unserved), wall_s, now)
    session.add(row)
    session.flush()
    session.execute(
        insert(PlanOffice),
        [{"plan_id": row.id, "office_id": office, "day": row.day, "published": False} for office in loaded.office_ids],
    )
    _store_routes(session, row, loaded, measured)
    if unserved:
        session.execute(
            insert(PlanUnserved),
            [
                {"plan_id": row.id, "errand_id": errand, "reason": reason, "relaxation": change}
                for errand, reason, change in unserved
            ],
        )
    return row


def unserved_of(loaded: LoadedProblem, plan: planned.Plan) -> list[LeftOut]:
    """Every errand without a visit, with its reason and the cheapest change that would let it in."""
    without = [
        (errand, left.reason, None if left.relaxation is None else asdict(left.relaxation))
        for left in plan.unassigned
        for errand in loaded.visits[left.id].errand_ids
    ]
    return [*((errand, reason, None) for errand, reason in loaded.left_out), *without]


def _cheapest_first(today: dict[str, Any] | None, later: dict[str, Any] | None) -> dict[str, Any] | None:
    if today is None or later is None:
        return today or later
    first, second = sorted((today, later), key=lambda change: change["cost_delta"])
    return first | {"instead": second}


def _plan_row(
    order: Planning, loaded: LoadedProblem, plan: planned.Plan, unserved: int, wall_s: float, now: datetime
) -> Plan:
    return Plan(
        planning_id=order.id,
        day=order.day,
        state="draft",
        assignment=order.assignment,
        engine=plan.engine,
        engine_versions=_engines(plan),
        seed=plan.seed,
        problem_hash=plan.problem_hash,
        errands=loaded.errands,
        served=loaded.errands - unserved,
        couriers=len(plan.routes),
        distance_m=plan.distance,
        onward_m=plan.onward_distance,
        duration_s=plan.duration,
        cost=plan.cost + plan.onward_cost,
        violations=len(plan.violations),
        balance=None if plan.balance is None else asdict(plan.balance),
        ways=_ways(loaded),
        movable=sum(job.movable for job in loaded.problem.jobs),
        wall_s=round(wall_s, 3),
        created_at=now,
    )


def _engines(plan: planned.Plan) -> dict[str, Any]:
    """What made the plan: versions, what each engine gained, and how long was searched."""
    searched = {} if plan.searched is None else {"searched": asdict(plan.searched)}
    return {"versions": versions(), "gains": dict(plan.engines), **searched}


def _ways(loaded: LoadedProblem) -> dict[str, Any] | None:
    slow = {"slow": loaded.slow} if loaded.slow else {}
    if loaded.no_roads:
        return {loaded.no_roads: True} | slow
    off: dict[str, Any] = {"off_road": [list(leg) for leg in loaded.off_road], "offices": list(loaded.offices_off_road)}
    return {name: places for name, places in off.items() if places} | slow or None


def _store_routes(session: Session, row: Plan, loaded: LoadedProblem, measured: MeasuredPlan) -> None:
    routes = sorted(
        measured.plan.routes, key=lambda r: (loaded.at_work[r.vehicle].office_id, loaded.at_work[r.vehicle].courier_id)
    )
    if not routes:
        return
    numbers: dict[int, int] = {}
    values: list[dict[str, Any]] = []
    for route in routes:
        office = loaded.at_work[route.vehicle].office_id
        numbers[office] = numbers.get(office, 0) + 1
        values.append(route_values(row.id, numbers[office], route, loaded, start_of_day(row.day)))
    route_ids = _inserted(session, Route, values)
    stops: list[dict[str, Any]] = []
    visits: list[int] = []
    for route_id, route in zip(route_ids, routes, strict=True):
        jobs = trips_of(route)
        saved = measured.marginal_m[route.vehicle]
        for sequence, (trip, step) in enumerate(jobs, start=1):
            visit = loaded.visits[step.id or 0]
            stops.append(
                {"route_id": route_id, "sequence": sequence, "place_id": visit.place_id}
                | stop_times(step, start_of_day(row.day), trip)
                | {"marginal_m": saved[sequence - 1], "locked": visit.job_id in loaded.locked_jobs}
                | {"usual_courier_id": loaded.usual.get(visit.place_id)}
            )
            visits.append(visit.job_id)
    stop_ids = _inserted(session, Stop, stops)
    session.execute(
        insert(StopErrand),
        [
            {"stop_id": stop_id, "errand_id": errand}
            for stop_id, visit_id in zip(stop_ids, visits, strict=True)
            for errand in loaded.visits[visit_id].errand_ids
        ],
    )


def _inserted(session: Session, table: type[Route | Stop], values: Sequence[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, values))


def route_values(
    plan_id: int, number: int, route: planned.Route, loaded: LoadedProblem, midnight: datetime
) -> dict[str, Any]:
    at_work = loaded.at_work[route.vehicle]
    return {
        "plan_id": plan_id,
        "office_id": at_work.office_id,
        "courier_id": at_work.courier_id,
        "shift_id": at_work.shift_id,
        "number": number,
        "locked": False,
    } | route_times(route, midnight)


def route_times(route: planned.Route, midnight: datetime) -> dict[str, Any]:
    """The timed figures of a route, as its row keeps them."""
    rest = next((step for step in route.steps if step.type == "break"), None)
    return {
        "starts_at": midnight + timedelta(seconds=route.steps[0].departure),
        "ends_at": midnight + timedelta(seconds=route.steps[-1].arrival),
        "break_at": midnight + timedelta(seconds=rest.start) if rest else None,
        "break_s": rest.service if rest else 0,
        "distance_m": route.distance,
        "duration_s": route.duration,
        "cost": route.cost + route.onward_cost,
        "reloads": [{"at": s.arrival, "leaves": s.departure} for s in route.steps if s.type == "reload"] or None,
    }


def trips_of(route: planned.Route) -> list[tuple[int, planned.Step]]:
    """The visits of a route in order, each with the number of its trip."""
    trip, visits = 1, []
    for step in route.steps:
        if step.type == "reload":
            trip += 1
        elif step.type == "job":
            visits.append((trip, step))
    return visits


def stop_times(step: planned.Step, midnight: datetime, trip: int) -> dict[str, Any]:
    """When a courier comes, begins and leaves, the metres ridden until there, and on which trip."""
    return {
        "arrives_at": midnight + timedelta(seconds=step.arrival),
        "starts_at": midnight + timedelta(seconds=step.start),
        "leaves_at": midnight + timedelta(seconds=step.departure),
        "distance_m": step.distance,
        "trip": trip,
    }


def marginal_metres(problem: Problem, route: planned.Route) -> list[int]:
    """For each stop, in order: the metres that the route would be shorter without it."""
    acts = [step for step in route.steps if step.type != "break" and step.location is not None]
    places: list[Point] = [step.location for step in acts if step.location is not None]
    profile = next(vehicle.profile for vehicle in problem.vehicles if vehicle.id == route.vehicle)
    saved = _savings(places, problem.travel_times, profile)
    return [metres for step, metres in zip(acts[1:-1], saved, strict=True) if step.type == "job"]


def _savings(places: Sequence[Point], travel_times: TravelTimes, profile: str) -> list[int]:
    metres = travel_times.block(profile, places, places)[1].tolist()
    return [metres[i - 1][i] + metres[i][i + 1] - metres[i - 1][i + 1] for i in range(1, len(places) - 1)]
