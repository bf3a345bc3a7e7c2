"""The parts that look at time: the first plan, a late stop, deadlines, and days driven on roads that no plan knew."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import routing
from routing.evaluate import evaluate
from routing.model import Model
from routing.plan import Route
from routing.problem import Problem, TravelTimes
from routing.replan import replan
from routing.search_params import SearchParams
from routing.simulate import drive
from tests.bench.routing.days import gia_lai
from tests.bench.routing.figures import percentile
from tests.bench.routing.paired import PRODUCT, Runner, Trial, line, say, told
from tests.bench.routing.parts import PLAIN, WITH_RULES, Options
from tests.bench.routing.results import Row, circumstances
from tests.bench.routing.roads import Roads
from tests.bench.routing.seat import Order, Sitting

FIRST = ((50, 1, 0.05), (300, 10, 0.3), (1000, 25, 1.0), (5000, 135, 3.0))
"""Stops, offices, seconds allowed to the first feasible plan."""
ASKED = ((80, 1, (1.0, 3.0)), (300, 10, (1.0, 3.0)), (1000, 25, (1.0, 3.0)), (3000, 80, (3.0, 10.0)))
"""Stops, offices, seconds until the deadline."""
ENGINES = ("auto", "insertion", "PyVRP in our parts", "VROOM in our parts", "OR-Tools in our parts")
WORLD = "tests/bench/routing/roads.py", "tests/bench/routing/parts_of_time.py"
LATE_STOPS = 100


def first(runner: Runner, options: Options) -> None:
    """T7: how long a plan takes when no time at all is given: that is the first one."""
    for stops, offices, target in FIRST[: 3 if options.short else 4]:
        for seed in range(1, 4 if options.short or stops > 1000 else 11):
            day = gia_lai(stops, offices, seed, rules=seed % 2 == 0)
            for engine in ("auto", "insertion"):
                key = _key(runner, "first", f"{stops} stops", engine, target, seed)
                _once(runner, key, Order(engine, day, 0.0, seed, children=2))


def deadline(runner: Runner, options: Options) -> None:
    """T10: how much later than asked every engine answers; nobody is asked before T7 promises a first plan."""
    for stops, offices, times in ASKED[: 2 if options.short else 4]:
        for engine in ENGINES:
            for seconds in times:
                day = gia_lai(stops, offices, 1, rules=True, assignment="free")
                key = _key(runner, "deadline", f"{stops} stops", engine, seconds, 1)
                _once(runner, key, Order(engine, day, 2 * seconds, 1, children=2, within=seconds))


def _key(runner: Runner, part: str, instance: str, contestant: str, seconds: float, seed: int) -> Row:
    names = ("part", "instance", "contestant", "seconds", "seed", "code")
    return dict(zip(names, (part, instance, contestant, seconds, seed, runner.code(*PRODUCT)), strict=True))


def _once(runner: Runner, key: Row, order: Order) -> None:
    if runner.results.find(**key) is None:
        runner.in_time()
        sitting: Sitting = runner.seats.sit(order)
        row = {**key, "budget_s": order.seconds, **told(order.problem, sitting), **circumstances()}
        say(f"{line(runner.results.append(row))} work {row['work_s']:.2f} s")


def insertion(runner: Runner, options: Options) -> None:
    """T9: a late stop into a running day of 80 stops and 6 couriers, in this process."""
    for seed in range(1, 2 if options.short else 6):
        key = _key(runner, "insertion", "80 stops, 6 couriers", "auto", 0.01, seed)
        if runner.results.find(**key) is not None:
            continue
        runner.in_time()
        taken, none = _late_stops(_six_couriers(seed), seed, runner.seats.params)
        figures = {"p50_ms": percentile(taken, 0.5), "p95_ms": percentile(taken, 0.95), "most_ms": max(taken)}
        rounded = {name: round(value, 2) for name, value in figures.items()}
        row = {**key, "objective": 0, "budget_s": 0.0, "inserted": len(taken) - none, **rounded, **circumstances()}
        say(f"insertion seed {seed}: {rounded}, no room for {none} of {len(taken)}")
        runner.results.append(row)


def _six_couriers(seed: int) -> Problem:
    day = gia_lai(80, 1, seed, rules=True)
    spare = [replace(day.vehicles[-1], id=max(v.id for v in day.vehicles) + n) for n in range(1, 7)]
    return replace(day, vehicles=tuple(replace(v, max_tasks=16) for v in (*day.vehicles, *spare)[:6]))


def _late_stops(day: Problem, seed: int, params: SearchParams) -> tuple[list[float], int]:
    """Return the CPU milliseconds of each insertion, and how many found no room."""
    plan, rng = routing.solve(day, iterations=30, seed=seed, engine="insertion"), random.Random(seed)
    standing = {route.vehicle: route.job_ids for route in plan.routes}
    taken, none = [], 0
    for number in range(1, LATE_STOPS + 1):
        near = rng.choice(day.jobs)
        late = replace(near, id=10_000 + number, windows=((13 * 3600, 17 * 3600),))
        asked = replace(day, jobs=(*day.jobs, late))
        began = time.process_time()
        answer = replan(asked, standing, [late.id], params=params)
        taken.append(1000 * (time.process_time() - began))
        none += bool(answer.left_out)
    return taken, none


def same(runner: Runner, options: Options) -> None:
    """T11: the same problem, seed and iterations in two processes."""
    for seed in range(1, 3 if options.short else 6):
        key = _key(runner, "same", "60 stops", "auto", 0.0, seed)
        if runner.results.find(**key) is None:
            runner.in_time()
            plans = {_elsewhere(seed, runner.seats.params) for _ in range(2)}
            row = {**key, "objective": 0, "budget_s": 0.0, "different": len(plans) - 1, **circumstances()}
            say(f"same seed {seed}: {runner.results.append(row)['different']} differ")


def _elsewhere(seed: int, params: SearchParams) -> bytes:
    """Return the plan that a fresh process makes, as written for the outside."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_written, seed, params).result()


def _written(seed: int, params: SearchParams) -> bytes:
    day = gia_lai(60, 3, seed, rules=seed % 2 == 0, assignment="free", kind="transfers")
    return repr(routing.solve(day, iterations=20, seed=seed, params=params)).encode()


def driven(runner: Runner, options: Options) -> None:
    """T12: plans made with geodesic times, driven at the planned start over roads with rivers and passes.

    Who sends more couriers comes late less often: so ours says first whom a day needs, and everybody plans with those alone.
    """
    for seed in range(1, 3 if options.short else 31):
        rules = seed % 2 == 0
        day = gia_lai(60, 2, seed, rules=rules)
        trial = Trial("driven", "with rules" if rules else "plain", day, 1.0, seed)
        needed = runner.run(replace(trial, part="driven first"), "auto", trial.seconds)
        drivers = needed.get("drivers") or [vehicle.id for vehicle in day.vehicles]
        day = replace(day, vehicles=tuple(vehicle for vehicle in day.vehicles if vehicle.id in drivers))
        trial = replace(trial, problem=day)
        for name in (*(WITH_RULES if rules else PLAIN), "insertion"):
            key = _key(runner, trial.part, trial.instance, name, trial.seconds, seed) | {
                "code": runner.code(*PRODUCT, *WORLD)
            }
            if runner.results.find(**key) is not None:
                continue
            runner.in_time()
            sitting = runner.sit(trial, name, trial.seconds)
            late = driven_late(day, sitting.tours or {}, Roads(seed))
            row = {**key, "budget_s": trial.seconds, **told(day, sitting), **late, **circumstances()}
            say(f"{line(runner.results.append(row))} late {late}")


def driven_late(day: Problem, tours: Mapping[int, Sequence[int]], roads: TravelTimes) -> Row:
    """Drive the planned routes and count the stops whose service begins after their last window."""
    world, late, stops = replace(day, travel_times=roads), 0, 0
    for route in evaluate(day, tours).routes:
        breaches = _drive(world, route)
        late += breaches
        stops += len(route.job_ids)
    return {"late": late, "stops": stops}


def _drive(world: Problem, route: Route) -> int:
    """Return how many stops come late; who misses the planned window serves at once, and waits for no second one."""
    vehicle = next(v for v in world.vehicles if v.id == route.vehicle)
    begins = {step.id: step.start for step in route.steps if step.type == "job"}
    jobs = tuple(
        replace(job, windows=tuple(w for w in job.windows if w[0] <= begins[job.id] <= w[1])[:1] or job.windows)
        for job in world.jobs
        if job.id in begins
    )
    model = Model(replace(world, vehicles=(vehicle,), jobs=jobs))
    numbers = {rest.id: number for number, rest in enumerate(vehicle.breaks)}
    acts = tuple(
        (step.type, model.job_index[step.id] if step.type == "job" else numbers[step.id])
        for step in route.steps
        if step.type in {"job", "break"} and step.id is not None
    )
    result = drive(model, 0, acts, route.steps[0].arrival)
    return len({fault.job for fault in result.violations if fault.cause == "delay" and fault.job is not None})
