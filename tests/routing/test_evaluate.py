import random
import subprocess
import sys
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from routing.evaluate import evaluate
from routing.matrix import Geodesic
from routing.plan import Plan, Route, Step, Unassigned
from routing.problem import Break, Job, Onward, Problem, Table, Vehicle, Window
from tests.routing import oracle


def tiny_problem(seed: int, jobs: int) -> Problem:
    """One vehicle, times of a few units, so that a walk of the clock is possible."""
    rng = random.Random(seed)
    size = jobs + 1
    durations = np.array([[0 if a == b else rng.randint(1, 5) for b in range(size)] for a in range(size)])
    distances = durations * rng.randint(100, 900) + np.array([[a != b for b in range(size)] for a in range(size)])
    vehicle = Vehicle(
        7,
        start_index=0,
        end_index=0,
        capacity=(rng.randint(2, 6),),
        window=(0, rng.randint(20, 45)),
        breaks=(Break(1, ((5, 9), (14, 20)), rng.randint(1, 4)),) if rng.random() < 0.7 else (),
        fixed=rng.randint(0, 50),
        per_hour=rng.randint(0, 90_000),
        per_km=rng.randint(0, 9_000),
    )
    stops = []
    for number in range(jobs):
        early = rng.randint(0, 20)
        late = early + rng.randint(0, 12)
        windows: tuple[Window, ...] = ((early, late), (late + 3, late + 9)) if rng.random() < 0.4 else ((early, late),)
        out, back = (rng.randint(0, 2),), (rng.randint(0, 2),)
        service = rng.randint(0, 3)
        stops.append(Job(number, None, number + 1, service=service, delivery=out, pickup=back, windows=windows))
    table = Table(durations.astype(np.int64), distances.astype(np.int64))
    return Problem((vehicle,), tuple(stops), Geodesic(), tables={"car": table})


@pytest.mark.parametrize("seed", range(40))
def test_the_judge_agrees_with_brute_force_on_every_order(seed: int) -> None:
    problem = tiny_problem(seed, jobs=seed % 4 + 1)
    vehicle = problem.vehicles[0]
    for order in permutations(problem.jobs):
        end = oracle.earliest_end(problem, vehicle, order, vehicle.window[0])
        judged = evaluate(problem, {7: [job.id for job in order]})
        assert judged.cost == oracle.cost(problem, vehicle, order)
        assert bool(judged.violations) == (end is None or not oracle.fits(vehicle, order))
        if end is not None:
            assert judged.routes[0].steps[-1].arrival == end
            assert oracle.earliest_end(problem, vehicle, order, judged.routes[0].steps[0].arrival) == end


def test_a_route_leaves_as_late_as_its_end_allows() -> None:
    problem = tiny_problem(3, jobs=3)
    vehicle = problem.vehicles[0]
    for order in permutations(problem.jobs):
        judged = evaluate(problem, {7: [job.id for job in order]})
        if not judged.violations:
            steps = judged.routes[0].steps
            later = oracle.earliest_end(problem, vehicle, order, steps[0].arrival + 1)
            assert later is None or later > steps[-1].arrival


def test_a_break_interrupts_a_drive_and_the_drive_goes_on() -> None:
    table = Table(np.array([[0, 100], [100, 0]]), np.array([[0, 5], [5, 0]]))
    rest = Break(1, ((30, 40),), 20)
    problem = Problem(
        (Vehicle(1, start_index=0, end_index=0, window=(0, 300), breaks=(rest,)),),
        (Job(1, location_index=1, windows=((120, 120),)),),
        Geodesic(),
        tables={"car": table},
    )
    steps = evaluate(problem, {1: [1]}).routes[0].steps
    assert [(step.type, step.arrival, step.duration) for step in steps] == [
        ("start", 0, 0),
        ("break", 30, 30),
        ("job", 120, 100),
        ("end", 220, 200),
    ]


def hand_made(*routes: tuple[int, list[int]]) -> Plan:
    return Plan(tuple(Route(v, tuple(Step("job", job) for job in jobs)) for v, jobs in routes))


def test_every_broken_rule_of_a_hand_made_plan_is_named() -> None:
    problem = tiny_problem(0, jobs=4)
    strict = replace(
        problem.vehicles[0],
        capacity=(0,),
        max_tasks=1,
        max_travel_time=0,
        max_distance=0,
        max_duration=0,
        window=(0, 1),
        breaks=(Break(1, ((0, 0),), 1),),
    )
    jobs = tuple(replace(job, skills=frozenset({9}), vehicle=5, delivery=(1,)) for job in problem.jobs)
    spoiled = replace(problem, vehicles=(strict, replace(strict, id=5)), jobs=jobs)
    causes = {fault.cause for fault in evaluate(spoiled, hand_made((7, [0, 1, 2, 3]))).violations}
    expected = {"load", "max_tasks", "max_travel_time", "max_distance", "max_duration", "delay", "missing_break"}
    assert causes >= expected | {"skills", "locked"}


def test_unknown_and_repeated_ids_are_violations_not_errors() -> None:
    problem = tiny_problem(1, jobs=3)
    plan = replace(hand_made((7, [0, 0, 99]), (7, [1]), (8, [2])), unassigned=(Unassigned(0, "shift"),))
    causes = [fault.cause for fault in evaluate(problem, plan).violations]
    for cause in ("duplicate_job", "unknown_job", "duplicate_vehicle", "unknown_vehicle", "unexplained"):
        assert cause in causes
    assert "served_and_left_out" in causes


def test_a_late_release_delays_the_departure() -> None:
    problem = tiny_problem(2, jobs=2)
    jobs = tuple(replace(job, windows=((0, 90),), release=11, delivery=(1,)) for job in problem.jobs)
    relaxed = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9,))
    judged = evaluate(replace(problem, jobs=jobs, vehicles=(relaxed,)), {7: [0, 1]})
    assert not judged.violations
    assert judged.routes[0].steps[0].arrival >= 11


def test_onward_legs_are_counted_apart_from_the_routes() -> None:
    problem = tiny_problem(2, jobs=2)
    jobs = tuple(replace(job, windows=((0, 90),), office=1, desk=1) for job in problem.jobs)
    away = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9,), office=2)
    onward = Onward({(2, 1): 8_000}, per_km=500)
    there = evaluate(replace(problem, jobs=jobs, vehicles=(away,), onward=onward), {7: [0, 1]})
    assert (there.onward_distance, there.onward_cost) == (16_000, 8_000)
    assert there.key[1] == there.cost + 8_000


def test_a_delivery_stays_where_it_lies_and_an_unmovable_paper_at_its_office() -> None:
    problem = tiny_problem(2, jobs=2)
    lying = replace(problem.jobs[0], delivery=(1,), origin=1, windows=((0, 90),))
    fixed = replace(problem.jobs[1], office=1, movable=False, windows=((0, 90),))
    away = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9,), office=2)
    judged = evaluate(replace(problem, jobs=(lying, fixed), vehicles=(away,)), {7: [0, 1]})
    assert [(fault.cause, fault.job) for fault in judged.violations] == [("office", 0), ("office", 1)]


def test_a_costs_matrix_replaces_time_and_distance() -> None:
    problem = tiny_problem(4, jobs=2)
    costs = np.arange(9).reshape(3, 3)
    table = replace(problem.tables["car"], costs=costs)
    plain = replace(problem.vehicles[0], fixed=100, per_hour=3600, per_km=0)
    judged = evaluate(replace(problem, vehicles=(plain,), tables={"car": table}), {7: [0, 1]})
    assert judged.cost == 100 + costs[0, 1] + costs[1, 2] + costs[2, 0]


def test_setup_falls_away_at_the_same_place_and_types_have_their_own_times() -> None:
    problem = tiny_problem(5, jobs=2)
    jobs = tuple(
        replace(job, location_index=1, setup=4, service=2, service_per_type={"bike": 1}, windows=((0, 90),))
        for job in problem.jobs
    )
    bike = replace(problem.vehicles[0], type="bike", window=(0, 99), breaks=(), capacity=(9,))
    steps = evaluate(replace(problem, jobs=jobs, vehicles=(bike,)), {7: [0, 1]}).routes[0].steps
    assert [(step.setup, step.service) for step in steps[1:3]] == [(4, 1), (0, 1)]


def test_the_judge_loads_no_solver() -> None:
    program = "import sys, routing.evaluate; print({'ortools','pyvrp','vroom'} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
