import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.evaluate import HEAD_START, evaluate
from routing.matrix import Geodesic
from routing.plan import Plan, Route, Step, Unassigned
from routing.problem import Break, Job, Onward, Problem, TravelTable, Vehicle, Window
from tests.routing import oracle


def tiny_problem(seed: int, jobs: int) -> Problem:
    """One vehicle, times of a few units, so that a walk of the clock is possible; every rule of a single route."""
    rng = random.Random(seed)
    size = jobs + 1
    durations = np.array([[0 if a == b else rng.randint(1, 5) for b in range(size)] for a in range(size)])
    distances = durations * rng.randint(100, 900) + np.array([[a != b for b in range(size)] for a in range(size)])
    table = TravelTable(durations.astype(np.int64), distances.astype(np.int64))
    stops = tuple(tiny_job(rng, number) for number in range(jobs))
    return Problem((tiny_vehicle(rng, jobs),), stops, Geodesic(), tables={"car": table})


def tiny_vehicle(rng: random.Random, jobs: int) -> Vehicle:
    limit = rng.choice((None, None, (rng.randint(0, 5), rng.randint(0, 5))))
    rests = (
        Break(1, ((5, 9), (14, 20)), rng.randint(1, 4), max_load=limit),
        Break(2, rng.choice((((8, 26),), ((6, 7), (15, 30)))), rng.randint(0, 3), max_load=limit),
    )
    return Vehicle(
        7,
        start_index=rng.choice((0, 0, 0, None)),
        end_index=0,
        capacity=(rng.randint(2, 6), rng.randint(3, 9)),
        skills=rng.choice((frozenset(), frozenset({1}))),
        window=(rng.choice((0, 3)), rng.randint(20, 45) + 3 * jobs),
        breaks=rests[: rng.choice((0, 1, 2))],
        fixed=rng.randint(0, 50),
        per_hour=rng.randint(0, 90_000),
        per_km=rng.randint(0, 9_000),
        per_task_hour=rng.choice((0, 70_000)),
        max_tasks=rng.choice((None, None, None, 3)),
        max_travel_time=rng.choice((None, None, 14)),
        max_distance=rng.choice((None, None, 9_000)),
        max_duration=rng.choice((None, rng.randint(10, 40))),
        type=rng.choice(("", "bike")),
    )


def tiny_job(rng: random.Random, number: int) -> Job:
    early = rng.randint(0, 20)
    late = early + rng.randint(0, 12)
    return Job(
        number,
        None,
        rng.choice((number + 1, number + 1, max(1, number))),
        service=rng.randint(0, 3),
        setup=rng.choice((0, 2)),
        delivery=(rng.randint(0, 2), rng.randint(0, 1)),
        pickup=(rng.randint(0, 2), rng.randint(0, 1)),
        windows=rng.choice((((early, late),), ((early, late), (late + 3, late + 9)), ((0, 90),))),
        skills=rng.choice((frozenset(), frozenset(), frozenset(), frozenset({1}))),
        priority=rng.choice((0, 0, 3)),
        prize=rng.choice((None, None, None, 200)),
        release=rng.choice((None, None, rng.randint(0, 9))),
        vehicle=rng.choice((None, None, 7)),
        service_per_type=rng.choice(({}, {"bike": 1})),
        setup_per_type=rng.choice(({}, {"bike": 4})),
    )


@settings(max_examples=250, deadline=None)
@example(seed=1417, jobs=3)  # its breaks fit only in the order that nobody may take them in
@example(seed=49820, jobs=1)
@given(seed=st.integers(0, 2**32), jobs=st.integers(1, 8))
def test_the_judge_agrees_with_brute_force(seed: int, jobs: int) -> None:
    problem, rng = tiny_problem(seed, jobs), random.Random(seed)
    vehicle = problem.vehicles[0]
    order = rng.sample(problem.jobs, rng.randint(1, jobs))
    walk, judged = oracle.Walk(problem, vehicle, order), evaluate(problem, {7: [job.id for job in order]})
    times = walk.best_times()
    assert judged.cost == walk.cost()
    assert bool(judged.violations) == (times is None or not walk.fits())
    if times is not None:
        start, end = (step.arrival for step in judged.routes[0].steps if step.type in {"start", "end"})
        assert end == times[1]
        assert times[0] - HEAD_START <= start <= times[0]
        assert start == times[0] or vehicle.max_duration is None
    left = [job for job in problem.jobs if job not in order]
    assert judged.weight_left == sum(job.priority + 1 for job in left if job.prize is None)
    assert judged.prizes == sum(job.prize for job in left if job.prize is not None)


@pytest.mark.parametrize(
    ("window", "start"), [((20_000, 30_000), 18_100), ((1_000, 30_000), 0), ((20_000, 20_100), 18_100)]
)
def test_a_route_leaves_half_an_hour_before_it_must_but_not_before_the_shift(window: Window, start: int) -> None:
    table = TravelTable(np.array([[0, 100], [100, 0]]), np.array([[0, 5], [5, 0]]))
    vehicle = Vehicle(1, start_index=0, end_index=0, window=(0, 50_000))
    problem = Problem((vehicle,), (Job(1, location_index=1, windows=(window,)),), Geodesic(), tables={"car": table})
    route = evaluate(problem, {1: [1]}).routes[0]
    assert (route.steps[0].arrival, route.steps[1].start) == (start, window[0])
    held = replace(problem, vehicles=(replace(vehicle, max_duration=10_000),))
    assert evaluate(held, {1: [1]}).routes[0].steps[0].arrival == window[0] - 100


def bare_problem(seed: int, jobs: int) -> Problem:
    """A tiny problem without any rule but the way: open all day, room for all."""
    problem = tiny_problem(seed, jobs)
    stops = tuple(Job(job.id, None, job.id + 1, service=job.service) for job in problem.jobs)
    vehicle = Vehicle(7, start_index=0, end_index=0, capacity=(9, 9), window=(0, 99), fixed=20, per_km=7_000)
    return replace(problem, vehicles=(vehicle,), jobs=stops)


def test_a_break_interrupts_a_drive_and_the_drive_goes_on() -> None:
    table = TravelTable(np.array([[0, 100], [100, 0]]), np.array([[0, 5], [5, 0]]))
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
    problem = bare_problem(0, jobs=4)
    strict = replace(
        problem.vehicles[0],
        capacity=(0, 0),
        max_tasks=1,
        max_travel_time=0,
        max_distance=0,
        max_duration=0,
        window=(0, 1),
        breaks=(Break(1, ((0, 0),), 1),),
    )
    jobs = tuple(replace(job, skills=frozenset({9}), vehicle=5, delivery=(1, 0)) for job in problem.jobs)
    spoiled = replace(problem, vehicles=(strict, replace(strict, id=5)), jobs=jobs)
    causes = {fault.cause for fault in evaluate(spoiled, hand_made((7, [0, 1, 2, 3]))).violations}
    expected = {"load", "max_tasks", "max_travel_time", "max_distance", "max_duration", "delay", "missing_break"}
    assert causes >= expected | {"skills", "locked"}


def test_unknown_and_repeated_ids_are_violations_not_errors() -> None:
    problem = bare_problem(1, jobs=3)
    plan = replace(hand_made((7, [0, 0, 99]), (7, [1]), (8, [2])), unassigned=(Unassigned(0, "shift"),))
    causes = [fault.cause for fault in evaluate(problem, plan).violations]
    for cause in ("duplicate_job", "unknown_job", "duplicate_vehicle", "unknown_vehicle", "unexplained"):
        assert cause in causes
    assert "served_and_left_out" in causes


def test_a_late_release_delays_the_departure() -> None:
    problem = bare_problem(2, jobs=2)
    jobs = tuple(replace(job, windows=((0, 90),), release=11, delivery=(1, 0)) for job in problem.jobs)
    relaxed = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9, 9))
    judged = evaluate(replace(problem, jobs=jobs, vehicles=(relaxed,)), {7: [0, 1]})
    assert not judged.violations
    assert judged.routes[0].steps[0].arrival >= 11


def test_onward_legs_are_counted_apart_from_the_routes() -> None:
    problem = bare_problem(2, jobs=2)
    jobs = tuple(replace(job, windows=((0, 90),), office=1, desk=1) for job in problem.jobs)
    away = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9, 9), office=2)
    onward = Onward({(2, 1): 8_000}, per_km=500)
    there = evaluate(replace(problem, jobs=jobs, vehicles=(away,), onward=onward), {7: [0, 1]})
    assert (there.onward_distance, there.onward_cost) == (16_000, 8_000)
    assert there.key[1] == there.cost + 8_000


def test_a_delivery_stays_where_it_lies_and_an_unmovable_paper_at_its_office() -> None:
    problem = bare_problem(2, jobs=2)
    lying = replace(problem.jobs[0], delivery=(1, 0), origin=1, windows=((0, 90),))
    fixed = replace(problem.jobs[1], office=1, movable=False, windows=((0, 90),))
    away = replace(problem.vehicles[0], window=(0, 99), breaks=(), capacity=(9, 9), office=2)
    judged = evaluate(replace(problem, jobs=(lying, fixed), vehicles=(away,)), {7: [0, 1]})
    assert [(fault.cause, fault.job) for fault in judged.violations] == [("office", 0), ("office", 1)]


def test_a_costs_matrix_replaces_time_and_distance() -> None:
    problem = bare_problem(4, jobs=2)
    costs = np.arange(9).reshape(3, 3)
    table = replace(problem.tables["car"], costs=costs)
    plain = replace(problem.vehicles[0], fixed=100, per_hour=3600, per_km=0)
    judged = evaluate(replace(problem, vehicles=(plain,), tables={"car": table}), {7: [0, 1]})
    assert judged.cost == 100 + costs[0, 1] + costs[1, 2] + costs[2, 0]


def test_setup_falls_away_at_the_same_place_and_types_have_their_own_times() -> None:
    problem = bare_problem(5, jobs=2)
    jobs = tuple(
        replace(job, location_index=1, setup=4, service=2, service_per_type={"bike": 1}, windows=((0, 90),))
        for job in problem.jobs
    )
    bike = replace(problem.vehicles[0], type="bike", window=(0, 99), breaks=(), capacity=(9, 9))
    steps = evaluate(replace(problem, jobs=jobs, vehicles=(bike,)), {7: [0, 1]}).routes[0].steps
    assert [(step.setup, step.service) for step in steps[1:3]] == [(4, 1), (0, 1)]


def test_the_judge_loads_no_solver() -> None:
    program = "import sys, routing.evaluate; print({'ortools','pyvrp','vroom'} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
