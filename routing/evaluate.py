"""The judge: cost, times, loads and violations of a plan, computed from nothing but its order of acts.

The only source of truth. Imports no solver; an engine's own opinion of its answer is never asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing.model import RELOAD, Model, load_at, refusals
from routing.plan import Plan, Route, Step, Unassigned, Violation
from routing.problem import PlannedStep, Problem, Vehicle
from routing.simulate import REFILL, Acts, Bounds, Drive, acts_of, bounds_of, drive, drive_latest, stops_of
from routing.timing import Fit, best_start, breaks_of, departure_bound, fit, loads
from routing.trips import split

HEAD_START = 1_800
"""Seconds by which a route leaves before its latest start (measured, T12: 1.7 % instead of 4.8 % late stops)."""

Sequences = Mapping[int, Sequence[int]]
"""Job ids in order by vehicle id; the judge places the breaks, and cuts the order into trips."""
Key = tuple[int, int]
"""What is minimised: Σ(priority + 1) of mandatory jobs left out, then đồng (routes, onward legs, strangers, prizes lost)."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The truth about a plan. Metres, seconds, đồng; ``cost`` is Σ of route costs, onward legs, strangers and prizes apart."""

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    violations: tuple[Violation, ...]
    cost: int
    distance: int
    duration: int
    onward_distance: int
    onward_cost: int
    stranger_cost: int
    prizes: int
    weight_left: int

    @property
    def key(self) -> Key:
        """The objective: smaller is better."""
        return self.weight_left, self.cost + self.onward_cost + self.stranger_cost + self.prizes

    @property
    def sequences(self) -> dict[int, tuple[int, ...]]:
        """The job ids of each used vehicle, in order."""
        return {route.vehicle: route.job_ids for route in self.routes}


def evaluate(problem: Problem, plan: Plan | Sequences, *, model: Model | None = None) -> Evaluation:
    """Judge a plan (acts in its own order, breaks where it has them) or bare sequences of job ids.

    ``model``: the compiled problem when it is at hand; without it one small model per route is made, so that the
    matrix of a province never exists. Unknown ids and double service are violations, not errors.
    """
    judge = _Judge(problem, model)
    if isinstance(plan, Plan):
        routes = [judge.route(route.vehicle, _acts(route.steps)) for route in plan.routes]
        left_out: Sequence[Unassigned] | None = plan.unassigned
    else:
        routes = [judge.route(v, tuple(("job", j) for j in ids), free=True) for v, ids in plan.items() if ids]
        left_out = None
    return judge.total([route for route in routes if route is not None], left_out)


def evaluate_planned(problem: Problem) -> Evaluation:
    """Judge the routes that the vehicles' own ``steps`` describe, with the bounds on their times (VROOM's plan mode)."""
    judge = _Judge(problem, None)
    routes = [
        judge.route(vehicle.id, _acts(vehicle.steps), bounds=bounds_of(vehicle))
        for vehicle in problem.vehicles
        if vehicle.steps is not None
    ]
    return judge.total([route for route in routes if route is not None], None)


def _acts(steps: Sequence[Step] | Sequence[PlannedStep]) -> Acts:
    return tuple(
        REFILL if step.type == "reload" else (step.type, step.id or 0)
        for step in steps
        if step.type == "reload" or (step.type in {"job", "break"} and step.id is not None)
    )


class _Judge:
    """Collects routes, and what belongs to no single route."""

    def __init__(self, problem: Problem, model: Model | None) -> None:
        self.problem, self.model = problem, model
        self.vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
        self.jobs = {job.id: job for job in problem.jobs}
        self.used: set[int] = set()
        self.served: set[int] = set()
        self.loose_violations: list[Violation] = []

    def route(self, vehicle_id: int, acts: Acts, *, free: bool = False, bounds: Bounds | None = None) -> Route | None:
        """Judge one route given by ids; with ``free`` its breaks are placed here, with ``bounds`` its times are bound."""
        if vehicle_id not in self.vehicles or vehicle_id in self.used:
            cause = "duplicate_vehicle" if vehicle_id in self.used else "unknown_vehicle"
            self.loose_violations.append(Violation(cause, vehicle_id))
            return None
        self.used.add(vehicle_id)
        vehicle = self.vehicles[vehicle_id]
        kept = tuple(act for act in acts if act[0] != "job" or self.claim(vehicle_id, act[1]))
        if not any(kind == "job" for kind, _ in kept):
            return None
        model = self.model or self.small_model(vehicle, kept)
        numbered = self.numbered(model, vehicle, kept)
        return judge_route(model, model.vehicle_index[vehicle_id], numbered, free=free, bounds=bounds)

    def claim(self, vehicle_id: int, job_id: int) -> bool:
        if job_id not in self.jobs or job_id in self.served:
            cause = "duplicate_job" if job_id in self.served else "unknown_job"
            self.loose_violations.append(Violation(cause, vehicle_id, None, job_id))
            return False
        self.served.add(job_id)
        return True

    def small_model(self, vehicle: Vehicle, acts: Acts) -> Model:
        jobs = tuple(self.jobs[number] for kind, number in acts if kind == "job")
        return Model(replace(self.problem, vehicles=(vehicle,), jobs=jobs))

    def numbered(self, model: Model, vehicle: Vehicle, acts: Acts) -> Acts:
        rests = {rest.id: number for number, rest in enumerate(breaks_of(model, model.vehicle_index[vehicle.id]))}
        unknown = [number for kind, number in acts if kind == "break" and number not in rests]
        self.loose_violations += [Violation("unknown_break", vehicle.id, None, None, number) for number in unknown]
        numbers = {"job": model.job_index, "break": rests, "reload": {RELOAD: RELOAD}}
        return tuple((kind, numbers[kind][number]) for kind, number in acts if number in numbers[kind])

    def total(self, routes: list[Route], left_out: Sequence[Unassigned] | None) -> Evaluation:
        if left_out is not None:
            named = {entry.id for entry in left_out}
            unserved = [job.id for job in self.problem.jobs if job.id not in self.served]
            self.loose_violations += [Violation("unexplained", None, None, job) for job in unserved if job not in named]
            self.loose_violations += [
                Violation("served_and_left_out", None, None, job) for job in sorted(named & self.served)
            ]
        return summed(self.problem, routes, self.loose_violations)


def summed(problem: Problem, routes: Sequence[Route], loose_violations: Sequence[Violation] = ()) -> Evaluation:
    """Add up judged routes; ``loose_violations`` are violations that belong to no route."""
    served = {job for route in routes for job in route.job_ids}
    missing = [job for job in problem.jobs if job.id not in served]
    return Evaluation(
        routes=tuple(routes),
        unserved=tuple(job.id for job in missing),
        violations=(*(fault for route in routes for fault in route.violations), *loose_violations),
        cost=sum(route.cost for route in routes),
        distance=sum(route.distance for route in routes),
        duration=sum(route.duration for route in routes),
        onward_distance=sum(route.onward_distance for route in routes),
        onward_cost=sum(route.onward_cost for route in routes),
        stranger_cost=sum(route.stranger_cost for route in routes),
        prizes=sum(job.prize for job in missing if job.prize is not None),
        weight_left=sum(job.priority + 1 for job in missing if job.prize is None),
    )


def judge_route(model: Model, v: int, acts: Acts, *, free: bool, bounds: Bounds | None = None) -> Route:
    """Time and price one route given by the numbers of a model."""
    sequence = split(model, v, stops_of(acts)) if free else stops_of(acts)
    if bounds is not None:
        return _priced(model, v, sequence, drive_latest(model, v, acts, bounds))
    gaps = _gaps(acts)
    placed = _early(model, v, sequence, best_start(model, v, sequence))
    if placed is not None and (free or list(placed[1].gaps) == gaps):
        driven = drive(model, v, acts_of(sequence, placed[1].gaps), placed[0])
    else:
        driven = drive_latest(model, v, _with_breaks(model, v, sequence) if free else acts)
    return _priced(model, v, sequence, driven)


def _early(model: Model, v: int, sequence: Sequence[int], placed: tuple[int, Fit] | None) -> tuple[int, Fit] | None:
    """Leave ``HEAD_START`` earlier than the latest start, where nothing else changes by it.

    Whoever leaves as late as all windows allow comes late as soon as one road is slower than thought.
    """
    if placed is None or model.vehicles[v].max_duration is not None:
        return placed
    latest, fitted = placed
    start = max(departure_bound(model, v, sequence), latest - HEAD_START)
    sooner = fit(model, v, sequence, start)
    return (start, sooner) if sooner is not None and sooner.gaps == fitted.gaps and sooner.end <= fitted.end else placed


def _gaps(acts: Acts) -> list[int]:
    """Return for breaks 0, 1, … the number of stops before each; nothing that matches when one is missing."""
    held = [(number, sum(kind != "break" for kind, _ in acts[:at])) for at, (kind, number) in enumerate(acts)]
    rests = [(number, gap) for (kind, _), (number, gap) in zip(acts, held, strict=True) if kind == "break"]
    return [gap for _, gap in rests] if [n for n, _ in rests] == list(range(len(rests))) else [-1]


def _with_breaks(model: Model, v: int, sequence: Sequence[int]) -> Acts:
    """Put the breaks of a route that cannot keep its promises where they do the least harm: each in every gap, in order."""
    best: Acts = acts_of(sequence, ())
    after = 0
    for number, _ in enumerate(breaks_of(model, v)):
        tries = [(*best[:at], ("break", number), *best[at:]) for at in range(after, len(best) + 1)]
        best = min(tries, key=lambda acts: drive_latest(model, v, acts).late)
        after = best.index(("break", number)) + 1
    return best


def _priced(model: Model, v: int, sequence: Sequence[int], driven: Drive) -> Route:
    vehicle, steps = model.vehicles[v], tuple(driven.steps)
    width = len(steps[0].load)
    tour = [j for j in sequence if j != RELOAD]
    jobs = [model.jobs[j] for j in tour]
    onward = model.onward[v] if model.problem.onward is not None else []
    return Route(
        vehicle=vehicle.id,
        steps=steps,
        cost=model.route_price(v, sequence),
        distance=steps[-1].distance,
        duration=steps[-1].duration,
        setup=sum(step.setup for step in steps),
        service=sum(step.service for step in steps),
        waiting=sum(step.waiting for step in steps),
        delivery=tuple(sum(load_at(job.delivery, d) for job in jobs) for d in range(width)),
        pickup=tuple(sum(load_at(job.pickup, d) for job in jobs) for d in range(width)),
        priority=sum(job.priority for job in jobs),
        onward_distance=sum(onward[j] for j in tour) if onward else 0,
        onward_cost=model.route_onward(v, tour),
        stranger_cost=model.route_strangers(v, tour),
        office=vehicle.office,
        description=vehicle.description,
        violations=(*driven.violations, *_limits(model, v, sequence, steps)),
    )


def _limits(model: Model, v: int, sequence: Sequence[int], steps: Sequence[Step]) -> list[Violation]:
    """Name every bound of the vehicle that the whole route passes, with the amount beyond it."""
    vehicle = model.vehicles[v]
    span = steps[-1].departure - steps[0].arrival
    tour = [j for j in sequence if j != RELOAD]
    bounds = (
        ("max_tasks", len(tour), vehicle.max_tasks),
        ("max_trips", 1 + len(sequence) - len(tour), vehicle.max_trips),
        ("max_travel_time", steps[-1].duration, vehicle.max_travel_time),
        ("max_distance", steps[-1].distance, vehicle.max_distance),
        ("max_duration", span, vehicle.max_duration),
    )
    violations = [
        Violation(name, vehicle.id, None, None, value - most)
        for name, value, most in bounds
        if most is not None and value > most
    ]
    stops = [number for number, step in enumerate(steps) if step.type in {"start", "job", "reload"}]
    for number, load in zip(stops, loads(model, sequence), strict=True):
        excess = max((load[d] - load_at(vehicle.capacity, d) for d in range(model.dimensions)), default=0)
        if excess > 0:
            violations.append(Violation("load", vehicle.id, number, None, excess))
    for j in tour:
        violations += [Violation(cause, vehicle.id, None, model.jobs[j].id) for cause in _refused(model, v, j)]
    taken = {step.id for step in steps if step.type == "break"}
    missing = [rest for rest in vehicle.breaks if rest.id not in taken]
    return violations + [Violation("missing_break", vehicle.id, None, None, rest.id) for rest in missing]


def _refused(model: Model, v: int, j: int) -> tuple[str, ...]:
    return refusals(model.problem, model.vehicles[v], model.jobs[j])


def to_plan(judged: Evaluation, unassigned: Sequence[Unassigned], *, engine: str, seed: int, problem_hash: str) -> Plan:
    """Turn a judgement into the plan that is handed out."""
    routes = judged.routes
    width = max((len(route.delivery) for route in routes), default=0)
    return Plan(
        routes=routes,
        unassigned=tuple(unassigned),
        cost=judged.cost,
        distance=judged.distance,
        duration=judged.duration,
        setup=sum(route.setup for route in routes),
        service=sum(route.service for route in routes),
        waiting=sum(route.waiting for route in routes),
        delivery=tuple(sum(load_at(route.delivery, d) for route in routes) for d in range(width)),
        pickup=tuple(sum(load_at(route.pickup, d) for route in routes) for d in range(width)),
        prizes=judged.prizes,
        onward_distance=judged.onward_distance,
        onward_cost=judged.onward_cost,
        stranger_cost=judged.stranger_cost,
        violations=judged.violations,
        engine=engine,
        seed=seed,
        problem_hash=problem_hash,
    )
