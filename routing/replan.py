"""Change one stop of a plan and see at once what it does; nothing else moves.

The coordinator's form: move, insert, remove, lock. Only the routes touched are computed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.evaluate import evaluate, summed, to_plan
from routing.explain import explain
from routing.model import Model, may_serve
from routing.nearby import nearby
from routing.plan import Plan, Route, Unassigned, Violation
from routing.problem import Job, Problem, Vehicle
from routing.tours import TourSet

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
    left = explain(problem, tours, [job_id])[0]
    if not able:
        raise NoRoom(left)
    jobs = {other.id: other for other in problem.jobs}
    company = [jobs[number] for vehicle in able for number in tours.get(vehicle.id, ())]
    model = Model(replace(problem, vehicles=able, jobs=(replace(job, prize=None), *company)))
    held = {v: [model.job_index[number] for number in tours.get(vehicle.id, ())] for v, vehicle in enumerate(able)}
    spot = TourSet(model, held).cheapest(0)
    if spot is None:
        raise NoRoom(left)
    vehicle_id, target = able[spot.v].id, tours.get(able[spot.v].id, [])
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


def _cheapest(problem: Problem, vehicle: Vehicle, target: Sequence[int], job: Job) -> int:
    """Return the cheapest position, one that breaks nothing if there is one."""
    jobs = {other.id: other for other in problem.jobs}
    model = Model(replace(problem, vehicles=(vehicle,), jobs=(job, *(jobs[number] for number in target))))
    tours = TourSet(model, {0: list(range(1, len(target) + 1))})
    spot = tours.cheapest(0, [0]) or min(tours.spots_in(0, 0))
    return spot.position


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
