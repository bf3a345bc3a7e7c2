"""Change one stop of a plan and see at once what it does; nothing else moves.

The coordinator's form: move, insert, remove, lock. Only the routes touched are computed again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing.evaluate import evaluate, summed, to_plan
from routing.explain import explain
from routing.model import Model, may_serve
from routing.nearby import nearby
from routing.plan import Plan, Route, Unassigned, Violation
from routing.problem import Job, Problem, Vehicle
from routing.tours import Spot, TourSet

__all__ = ["Change", "NoRoom", "check_move", "insert", "lock", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    """A plan after one change (with its problem, which a lock changes too), and the differences to the plan before.

    ``violations`` are those of the whole new plan; deltas in đồng, metres and seconds of travel.
    """

    problem: Problem
    plan: Plan
    violations: tuple[Violation, ...]
    cost_delta: int
    distance_delta: int
    duration_delta: int


class NoRoom(ValueError):
    """No route can take the stop; ``reason`` says why."""

    def __init__(self, left: Unassigned) -> None:
        self.reason = left.reason
        super().__init__(f"job {left.id} fits nowhere: {left.reason}")


def check_move(problem: Problem, plan: Plan, job_id: int, vehicle_id: int, position: int | None = None) -> Change:
    """Return the plan with the job at ``position`` (0 = first) of the vehicle's route, or at its cheapest place.

    The move is made even where it breaks a promise: ``violations`` say which. A job that was left out may be moved
    in. Raises ``KeyError`` for an unknown job or vehicle.
    """
    job, vehicle = _job(problem, job_id), _vehicle(problem, vehicle_id)
    tours = _tours(plan, without=job_id)
    target = tours.get(vehicle_id, [])
    place = _cheapest(problem, vehicle, target, job) if position is None else min(max(0, position), len(target))
    return _changed(problem, plan, tours | {vehicle_id: [*target[:place], job_id, *target[place:]]}, job_id)


def insert(problem: Problem, plan: Plan, job_id: int) -> Change:
    """Return the plan with the job at the cheapest place that breaks no promise; raise ``NoRoom`` without one."""
    job, tours = _job(problem, job_id), _tours(plan, without=job_id)
    able = nearby(problem, job, [v for v in problem.vehicles if may_serve(problem, v, job)], tours)
    if not able:
        raise NoRoom(explain(problem, tours, [job_id])[0])
    place = _cheapest_of(problem, able, tours, job)
    if place is None:
        raise NoRoom(explain(problem, tours, [job_id])[0])
    vehicle, spot = place
    vehicle_id, target = vehicle.id, tours.get(vehicle.id, [])
    new = [*target[: spot.position], job_id, *target[spot.position :]]
    return _changed(problem, plan, tours | {vehicle_id: new}, job_id)


def remove(problem: Problem, plan: Plan, job_id: int) -> Change:
    """Return the plan without the job, which is then listed as left out."""
    _job(problem, job_id)
    return _changed(problem, plan, _tours(plan, without=job_id), job_id)


def lock(problem: Problem, plan: Plan, job_id: int, vehicle_id: int | None) -> Change:
    """Lock the job to a vehicle (moving it there if need be), or with ``None`` unlock it where it is."""
    _job(problem, job_id)
    locked = tuple(replace(job, vehicle=vehicle_id) if job.id == job_id else job for job in problem.jobs)
    changed = replace(problem, jobs=locked)
    if vehicle_id is None or job_id in _tours(plan).get(vehicle_id, ()):
        return _changed(changed, plan, _tours(plan), job_id)
    return check_move(changed, plan, job_id, vehicle_id)


def _job(problem: Problem, job_id: int) -> Job:
    return {job.id: job for job in problem.jobs}[job_id]


def _vehicle(problem: Problem, vehicle_id: int) -> Vehicle:
    return {vehicle.id: vehicle for vehicle in problem.vehicles}[vehicle_id]


def _tours(plan: Plan, without: int | None = None) -> dict[int, list[int]]:
    return {route.vehicle: [job for job in route.job_ids if job != without] for route in plan.routes}


def _cheapest_of(
    problem: Problem, vehicles: Sequence[Vehicle], tours: Mapping[int, Sequence[int]], job: Job
) -> tuple[Vehicle, Spot] | None:
    """Return the vehicle and its cheapest place that breaks nothing, or ``None``.

    Each route is a model of its own: a matrix between stops of different routes is never looked at, and costs most.
    """
    job = replace(job, prize=None)
    routes = [(vehicle, _alone(problem, vehicle, tours.get(vehicle.id, ()), job)) for vehicle in vehicles]
    places = [(spot, number) for number, (_, route) in enumerate(routes) for spot in route.spots_in(0, 0)]
    for spot, number in sorted(places, key=lambda place: place[0].delta):
        vehicle, route = routes[number]
        if route.accepts(spot, 0):
            return vehicle, spot
    return None


def _alone(problem: Problem, vehicle: Vehicle, target: Sequence[int], job: Job) -> TourSet:
    """One vehicle with its route, and the job, which has number 0, beside it."""
    jobs = {other.id: other for other in problem.jobs if other.id in target}
    model = Model(replace(problem, vehicles=(vehicle,), jobs=(job, *(jobs[number] for number in target))))
    return TourSet(model, {0: list(range(1, len(target) + 1))})


def _cheapest(problem: Problem, vehicle: Vehicle, target: Sequence[int], job: Job) -> int:
    """Return the cheapest position, one that breaks nothing if there is one."""
    route = _alone(problem, vehicle, target, job)
    return (route.cheapest(0, [0]) or min(route.spots_in(0, 0))).position


def _changed(problem: Problem, plan: Plan, tours: dict[int, list[int]], job_id: int) -> Change:
    """Judge the routes that differ again and put the plan together."""
    before = {route.vehicle: route for route in plan.routes}
    touched = {v: tour for v, tour in tours.items() if _differs(before.get(v), tour, job_id)}
    fresh = {route.vehicle: route for route in evaluate(problem, touched).routes}
    kept = {v: route for v, route in before.items() if v not in touched} | fresh
    judged = summed(problem, [kept[vehicle.id] for vehicle in problem.vehicles if vehicle.id in kept])
    known = {entry.id: entry for entry in plan.unassigned}
    new = [number for number in judged.unserved if number not in known]
    reasons = known | {entry.id: entry for entry in explain(problem, judged.sequences, new)}
    left = [reasons[number] for number in judged.unserved]
    after = replace(
        to_plan(judged, left, engine=plan.engine, seed=plan.seed, problem_hash=plan.problem_hash), engines=plan.engines
    )
    return Change(
        problem,
        after,
        judged.violations,
        after.objective - plan.objective,
        after.distance - plan.distance,
        after.duration - plan.duration,
    )


def _differs(before: Route | None, tour: Sequence[int], job_id: int) -> bool:
    return before is None or tuple(tour) != before.job_ids or job_id in tour
