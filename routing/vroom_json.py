"""VROOM's JSON, in and out: what a problem and a plan look like to the rest of the world.

Keys and defaults are those of VROOM's API description (1.15). Added, all optional: job prize, release, office,
origin, desk, movable, vehicle, usual (ids of the vehicles that usually come) and stranger (đồng when another does); vehicle
office, max_duration, max_trips, reload, and steps of type reload; assignment, onward ``{per_km, distances: [[office, desk,
m]]}``, travel_times ``{kind: geodesic, detour, km_per_hour}``; out: reason, relaxation, engines, seed, problem_hash,
stranger_cost, searched_cpu_s, iterations, settled, computing_times.starting. Refused by name: shipments, matrix, amount.
Whatever else is not a key of the format is refused, too. A duration of 4294967295 is no way. Jobs left out weigh priority +
1 each: five of priority 0 more than one of 2, where VROOM sums priorities alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from routing.matrix import Geodesic
from routing.plan import Plan, Route, Step, Unassigned, Violation
from routing.problem import ALWAYS, HORIZON, Break, Job, PlannedStep, Problem, TravelTable, Vehicle, Window
from routing.vroom_read import plan_from_json, problem_from_json

__all__ = ["plan_from_json", "plan_to_json", "problem_from_json", "problem_to_json"]

Json = dict[str, Any]


def problem_to_json(problem: Problem) -> Json:
    """Return the problem as VROOM's input; reading it back gives an equal problem (geodesic or given matrices)."""
    document: Json = {
        "vehicles": [_vehicle(vehicle) for vehicle in problem.vehicles],
        "jobs": [_job(job) for job in problem.jobs],
        "assignment": problem.assignment,
    }
    if problem.tables:
        document["matrices"] = {profile: _table(table) for profile, table in problem.tables.items()}
    if problem.onward is not None:
        triples = [[office, desk, metres] for (office, desk), metres in sorted(problem.onward.distances.items())]
        document["onward"] = {"per_km": problem.onward.per_km, "distances": triples}
    if isinstance(problem.travel_times, Geodesic):
        times = problem.travel_times
        document["travel_times"] = {"kind": "geodesic", "detour": times.detour, "km_per_hour": dict(times.speeds)}
    return document


def _table(table: TravelTable) -> Json:
    matrices = {"durations": table.durations, "distances": table.distances, "costs": table.costs}
    return {name: matrix.tolist() for name, matrix in matrices.items() if matrix is not None}


def _given(**values: Any) -> Json:
    """Keep what differs from VROOM's default: nothing, zero, empty or open."""
    return {key: value for key, value in values.items() if value not in (None, 0, "", [], {})}


def _windows(windows: Sequence[Window]) -> list[list[int]]:
    return [] if tuple(windows) == ALWAYS else [list(window) for window in windows]


def _vehicle(vehicle: Vehicle) -> Json:
    costs = _given(fixed=vehicle.fixed, per_km=vehicle.per_km, per_task_hour=vehicle.per_task_hour)
    if vehicle.per_hour != 3600:  # noqa: PLR2004  VROOM's default: one đồng a second
        costs["per_hour"] = vehicle.per_hour
    document = {"id": vehicle.id, "profile": vehicle.profile} | _given(
        start=_point(vehicle.start),
        end=_point(vehicle.end),
        office=vehicle.office,
        capacity=list(vehicle.capacity),
        skills=sorted(vehicle.skills),
        time_window=None if vehicle.window == (0, HORIZON) else list(vehicle.window),
        breaks=[_break(rest) for rest in vehicle.breaks],
        costs=costs,
        description=vehicle.description,
        type=vehicle.type,
    )
    exact = {
        "start_index": vehicle.start_index,
        "end_index": vehicle.end_index,
        "office": vehicle.office,
        "max_tasks": vehicle.max_tasks,
        "max_travel_time": vehicle.max_travel_time,
        "max_distance": vehicle.max_distance,
        "max_duration": vehicle.max_duration,
        "max_trips": None if vehicle.max_trips == 1 else vehicle.max_trips,
        "reload": vehicle.reload or None,
        "speed_factor": None if vehicle.speed_factor == 1.0 else vehicle.speed_factor,
        "steps": None if vehicle.steps is None else [_planned(step) for step in vehicle.steps],
    }
    return document | {key: value for key, value in exact.items() if value is not None}


def _planned(step: PlannedStep) -> Json:
    document: Json = {"type": step.type}
    bounds = (step.id, step.service_at, step.service_after, step.service_before)
    names = ("id", "service_at", "service_after", "service_before")
    return document | {name: value for name, value in zip(names, bounds, strict=True) if value is not None}


def _break(rest: Break) -> Json:
    document = {"id": rest.id} | _given(
        time_windows=_windows(rest.windows), service=rest.service, description=rest.description
    )
    return document if rest.max_load is None else document | {"max_load": list(rest.max_load)}


def _point(point: tuple[float, float] | None) -> list[float] | None:
    return None if point is None else list(point)


def _job(job: Job) -> Json:
    document = {"id": job.id} | _given(
        location=_point(job.location),
        service=job.service,
        setup=job.setup,
        delivery=list(job.delivery),
        pickup=list(job.pickup),
        time_windows=_windows(job.windows),
        skills=sorted(job.skills),
        priority=job.priority,
        description=job.description,
        service_per_type=dict(job.service_per_type),
        setup_per_type=dict(job.setup_per_type),
    )
    exact = {
        "location_index": job.location_index,
        "prize": job.prize,
        "release": job.release,
        "office": job.office,
        "origin": job.origin,
        "desk": job.desk,
        "vehicle": job.vehicle,
        "usual": sorted(job.usual) or None,
        "stranger": job.stranger or None,
        "movable": None if job.movable else False,
    }
    return document | {key: value for key, value in exact.items() if value is not None}


def plan_to_json(plan: Plan, problem: Problem | None = None, computing_times: Mapping[str, int] | None = None) -> Json:
    """Return the plan as VROOM's output, with reasons, engines, seed and problem hash.

    ``problem`` adds place and description to the jobs left out; ``computing_times`` (ms) is left out when it is
    ``None``, so that the same plan is always the same text.
    """
    jobs = {job.id: job for job in problem.jobs} if problem is not None else {}
    summary: Json = {
        "cost": plan.cost,
        "routes": len(plan.routes),
        "unassigned": len(plan.unassigned),
        "delivery": list(plan.delivery),
        "amount": list(plan.delivery),
        "pickup": list(plan.pickup),
        "setup": plan.setup,
        "service": plan.service,
        "duration": plan.duration,
        "waiting_time": plan.waiting,
        "priority": sum(route.priority for route in plan.routes),
        "distance": plan.distance,
        "violations": [_violation(fault) for fault in plan.violations],
        "prizes": plan.prizes,
        "onward_distance": plan.onward_distance,
        "onward_cost": plan.onward_cost,
        "engine": plan.engine,
        "engines": dict(plan.engines),
        "seed": plan.seed,
        "problem_hash": plan.problem_hash,
    }
    if plan.stranger_cost:
        summary["stranger_cost"] = plan.stranger_cost
    if plan.searched is not None:
        searched = plan.searched
        summary |= {"searched_cpu_s": searched.cpu_s, "iterations": searched.iterations, "settled": searched.settled}
    if computing_times is not None:
        summary["computing_times"] = dict(computing_times)
    return {
        "code": 0,
        "summary": summary,
        "unassigned": [_left_out(entry, jobs.get(entry.id)) for entry in plan.unassigned],
        "routes": [_route(route) for route in plan.routes],
    }


def _left_out(entry: Unassigned, job: Job | None) -> Json:
    document: Json = {"id": entry.id, "type": "job", "reason": entry.reason}
    if job is not None:
        document |= _given(location=_point(job.location), description=job.description)
        if job.location_index is not None:
            document["location_index"] = job.location_index
    if entry.relaxation is not None:
        relaxation = entry.relaxation
        document["relaxation"] = {
            "kind": relaxation.kind,
            "amount": relaxation.amount,
            "unit": relaxation.unit,
            "cost_delta": relaxation.cost_delta,
        }
    return document


def _route(route: Route) -> Json:
    faults: dict[int | None, list[Violation]] = {}
    for fault in route.violations:
        faults.setdefault(fault.step, []).append(fault)
    document: Json = {
        "vehicle": route.vehicle,
        "cost": route.cost,
        "delivery": list(route.delivery),
        "amount": list(route.delivery),
        "pickup": list(route.pickup),
        "setup": route.setup,
        "service": route.service,
        "duration": route.duration,
        "waiting_time": route.waiting,
        "priority": route.priority,
        "distance": route.distance,
        "steps": [_step(step, faults.get(number, ())) for number, step in enumerate(route.steps)],
        "violations": [_violation(fault) for fault in route.violations],
    }
    extra = {"description": route.description or None, "office": route.office}
    if route.onward_distance or route.onward_cost:
        extra |= {"onward_distance": route.onward_distance, "onward_cost": route.onward_cost}
    if route.stranger_cost:
        extra["stranger_cost"] = route.stranger_cost
    return document | {key: value for key, value in extra.items() if value is not None}


def _step(step: Step, faults: Sequence[Violation]) -> Json:
    document: Json = {
        "type": step.type,
        "arrival": step.arrival,
        "duration": step.duration,
        "distance": step.distance,
        "setup": step.setup,
        "service": step.service,
        "waiting_time": step.waiting,
        "load": list(step.load),
        "violations": [_violation(fault) for fault in faults],
    }
    extra = {
        "id": step.id,
        "location": _point(step.location),
        "location_index": step.location_index,
        "description": step.description or None,
    }
    if step.type == "job":
        extra["job"] = step.id
    return document | {key: value for key, value in extra.items() if value is not None}


def _violation(fault: Violation) -> Json:
    amount = {"duration": fault.amount} if fault.cause in {"delay", "lead_time"} else {}
    extra = {"vehicle": fault.vehicle, "step": fault.step, "job": fault.job, "amount": fault.amount, **amount}
    return {"cause": fault.cause} | {key: value for key, value in extra.items() if value is not None}
