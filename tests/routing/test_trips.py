"""Second trips: where a tour is cut, how it is timed and priced, and that a day of single trips is planned as ever."""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import solve
from routing.engines import ortools_routing, pipeline
from routing.engines.interface import Limit
from routing.evaluate import evaluate, evaluate_planned
from routing.explain import explain
from routing.fingerprint import problem_hash
from routing.matrix import Geodesic
from routing.model import Model
from routing.plan import Plan, Route, Step, Unassigned
from routing.problem import Break, Job, Onward, PlannedStep, Problem, TravelTable, Vehicle, Window
from routing.replan import CourierPosition, rest_of_day
from routing.search_params import SearchParams
from routing.tours import TourSet, breaks_rule
from routing.trips import trips_of
from routing.validate import validate
from routing.vroom_json import plan_to_json
from tests.bench.problems import planned
from tests.routing import oracle
from tests.routing.days import bag_day, office_day, small_problem
from tests.routing.test_evaluate import tiny_problem


def trips_problem(seed: int, jobs: int) -> Problem:
    """A tiny problem whose vehicle fills a small bag two or three times."""
    problem, rng = tiny_problem(seed, jobs), random.Random(f"trips {seed}")
    vehicle = replace(
        problem.vehicles[0],
        start_index=0,
        capacity=(rng.randint(2, 4), rng.randint(2, 4)),
        max_tasks=None,
        max_travel_time=rng.choice((None, None, 40)),
        max_distance=rng.choice((None, None, 25_000)),
        max_duration=rng.choice((None, None, rng.randint(30, 80))),
        skills=frozenset({1}),
        window=(rng.choice((0, 3)), rng.randint(40, 90)),
        max_trips=rng.choice((2, 2, 3)),
        reload=rng.randint(0, 4),
    )
    stops = (replace(job, windows=_often(rng, job), delivery=(rng.randint(0, 2), 1)) for job in problem.jobs)
    return replace(problem, vehicles=(vehicle,), jobs=tuple(stops))


def _often(rng: random.Random, job: Job) -> tuple[Window, ...]:
    return job.windows if rng.random() < 0.2 else ((0, 90),)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), jobs=st.integers(1, 8))
def test_the_judge_cuts_a_tour_as_brute_force_does(seed: int, jobs: int) -> None:
    problem, rng = trips_problem(seed, jobs), random.Random(seed)
    order = rng.sample(problem.jobs, rng.randint(1, jobs))
    walk = oracle.best_cuts(problem, problem.vehicles[0], order)
    judged = evaluate(problem, {7: [job.id for job in order]})
    assert bool(judged.violations) == (walk is None)
    if walk is not None:
        (route,) = judged.routes
        assert route.cost == walk.cost()
        assert reloads_after(route) == walk.cuts
        times = walk.best_times()
        assert times is not None
        assert route.steps[-1].arrival == times[1]


def reloads_after(route: Route) -> tuple[int, ...]:
    """Return how many jobs were served before each reload."""
    kinds = [step.type for step in route.steps]
    return tuple(kinds[:at].count("job") for at, kind in enumerate(kinds) if kind == "reload")


LINE = np.array([[abs(a - b) * 10 for b in range(6)] for a in range(6)])
COURIER = Vehicle(7, start_index=0, end_index=0, capacity=(2,), window=(0, 999), max_trips=2, reload=5)


def line(vehicle: Vehicle, *jobs: Job) -> Problem:
    """The office at 0, and places 10 s apart in a row."""
    return Problem((vehicle,), jobs, Geodesic(), tables={"car": TravelTable(LINE, LINE)})


def stop(number: int, **rules: object) -> Job:
    return Job(number, location_index=number, **{"delivery": (1,), **rules})  # type: ignore[arg-type]  # any field


def route_of(problem: Problem, order: Sequence[int]) -> Route:
    judged = evaluate(problem, {7: order})
    assert not judged.violations
    return judged.routes[0]


def test_a_tour_too_large_for_the_bag_is_cut_where_it_costs_least_and_as_late_as_may_be() -> None:
    day = line(COURIER, *(stop(number) for number in (1, 2, 3)))
    assert reloads_after(route_of(day, [3, 1, 2])) == (2,)
    route = route_of(day, [1, 3, 2])
    assert reloads_after(route) == (1,), "from 1 the office is nearer than from 3"
    assert route.cost == route.duration == 10 + 10 + 30 + 10 + 20
    assert [(step.type, step.arrival, step.load, step.service) for step in route.steps][1:4] == [
        ("job", route.steps[0].arrival + 10, (0,), 0),
        ("reload", route.steps[0].arrival + 20, (2,), 5),
        ("job", route.steps[0].arrival + 55, (1,), 0),
    ]


def test_what_comes_late_is_fetched_by_a_second_trip_though_the_bag_has_room() -> None:
    day = line(replace(COURIER, capacity=(9,)), stop(1, windows=((0, 100),)), stop(2, release=200))
    route = route_of(day, [1, 2])
    assert reloads_after(route) == (1,)
    refill = next(step for step in route.steps if step.type == "reload")
    assert refill.departure == 200
    assert [step.arrival for step in route.steps if step.type == "job"][1] == 220
    once = replace(day, vehicles=(replace(COURIER, capacity=(9,), max_trips=1),))
    assert evaluate(once, {7: [1, 2]}).violations


def test_what_was_picked_up_leaves_the_bag_at_the_office() -> None:
    day = line(COURIER, *(stop(number, delivery=(0,), pickup=(2,)) for number in (1, 2)))
    assert [step.load for step in route_of(day, [1, 2]).steps] == [(0,), (2,), (0,), (2,), (2,)]


def test_a_light_break_is_taken_after_the_bag_was_left_at_the_office() -> None:
    rest = Break(1, ((0, 999),), 10, max_load=(0,))
    day = line(replace(COURIER, capacity=(9,), breaks=(rest,)), stop(1, delivery=(0,), pickup=(1,)), stop(2))
    route = route_of(day, [2, 1])
    assert reloads_after(route) == ()
    assert not evaluate(day, {7: [1, 2]}).violations


def test_a_bag_too_small_for_all_its_trips_is_told_with_the_stops_where_it_overflows() -> None:
    day = line(COURIER, *(stop(number) for number in (1, 2, 3, 4, 5)))
    judged = evaluate(day, {7: [1, 2, 3, 4, 5]})
    assert {fault.cause for fault in judged.violations} == {"load"}
    assert reloads_after(judged.routes[0]) == (2,)
    assert breaks_rule(Model(day), 0, [0, 1, 2, 3, 4]) == "capacity"


def test_reloads_of_a_plan_made_by_hand_are_judged_where_they_stand() -> None:
    day = line(COURIER, *(stop(number) for number in (1, 2, 3)))
    order = ("start", None), ("job", 1), ("job", 2), ("reload", None), ("job", 3), ("end", None)
    steps = tuple(Step(kind, number) for kind, number in order)  # type: ignore[arg-type]  # literals all
    judged = evaluate(day, Plan((Route(7, steps),)))
    assert not judged.violations
    assert reloads_after(judged.routes[0]) == (2,)
    planned = tuple(PlannedStep(kind, number) for kind, number in order)  # type: ignore[arg-type]  # literals all
    assert not evaluate_planned(replace(day, vehicles=(replace(COURIER, steps=planned),))).violations
    bare = tuple(step for step in steps if step.type != "reload")
    assert {fault.cause for fault in evaluate(day, Plan((Route(7, bare),))).violations} == {"load"}
    once = replace(day, vehicles=(replace(COURIER, max_trips=1),))
    assert {fault.cause for fault in evaluate(once, Plan((Route(7, steps),))).violations} == {"max_trips"}


def test_a_place_for_a_stop_is_priced_with_the_reload_that_it_asks_for() -> None:
    model = Model(line(COURIER, *(stop(number) for number in (1, 2, 3))))
    tours = TourSet(model, {0: [0, 1]})
    before = tours.key()
    tours.place([2])
    assert not tours.left
    spot_price = tours.key()[1] - before[1]
    assert spot_price == evaluate(model.problem, {7: [1, 2, 3]}).cost - 40


@pytest.mark.parametrize("seed", range(40))
def test_insertion_says_of_every_place_what_the_judge_says(seed: int) -> None:
    problem, rng = trips_problem(seed, 7), random.Random(seed)
    model, order = Model(problem), rng.sample(range(7), rng.randint(2, 6))
    j, tour = order[0], order[1:]
    tours = TourSet(model, {0: tour})
    if breaks_rule(model, 0, tour) is None:
        for spot in tours.spots_in(0, j):
            grown = tours.with_job(spot, j)
            ids = [model.jobs[number].id for number in grown]
            assert tours.accepts(spot, j) == (not evaluate(problem, {7: ids}).violations)


AS_BEFORE = "b3a5736f09825ae012defed7c1e47ece5c8aae0a57fb581f18c358ba767bb69f"
"""SHA-256 of these plans as they were made before there were second trips."""


def test_a_day_of_single_trips_is_planned_byte_for_byte_as_before_there_were_others() -> None:
    digest = hashlib.sha256()
    for number in range(24):
        vehicles, jobs = office_day(1, 25, seed=number)
        office = Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")
        for problem in (small_problem(random.Random(number)), office):
            plan = replace(planned(problem, "insertion", 3, None), problem_hash=problem_hash(problem))
            digest.update(json.dumps(plan_to_json(plan, problem)).encode())
    assert digest.hexdigest() == AS_BEFORE


def searched(problem: Problem, engine: str, iterations: int = 60) -> pipeline.Pipeline:
    pipe = pipeline.Pipeline(problem, 1, None, lambda _found: None, SearchParams())
    pipe.run(Limit.of(None, iterations), engine)
    return pipe


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 8, 10])
def test_nothing_is_found_that_trying_every_order_and_every_cut_does_not_find(seed: int) -> None:
    problem = trips_problem(seed, 4)
    problem = replace(problem, jobs=tuple(replace(job, setup=0, setup_per_type={}) for job in problem.jobs))
    best = oracle.best_single_route(problem)
    assert searched(problem, "ortools").key >= best
    assert searched(problem, "insertion", 200).key >= best


@pytest.mark.parametrize("late", [0.0, 0.4])
def test_ortools_alone_serves_with_two_trips_whom_one_bag_does_not_hold(late: float) -> None:
    once, twice = (Model(bag_day(20, 3, bag=8, trips=trips, couriers=1, late=late)) for trips in (1, 2))
    single, tours = (ortools_routing.solve(model, Limit.of(None, 40), 1, {}, SearchParams()) for model in (once, twice))
    assert single is not None
    assert tours is not None
    model = twice
    assert all(breaks_rule(model, v, tour) is None for v, tour in tours.items())
    assert sum(map(len, tours.values())) == 20
    assert len(trips_of(model, 0, tours[0]).stops) == 21
    assert TourSet(once, single).left


@pytest.mark.engines("pyvrp", "vroom")
def test_engines_that_know_one_trip_are_not_asked_about_two() -> None:
    day = bag_day(24, 3, bag=8, trips=2, couriers=3)
    for name in ("pyvrp", "vroom"):
        engine = import_module(pipeline.MODULES[name])
        assert engine.solve(Model(day), Limit.of(None, 5), 1, {}, SearchParams()) is None
    pipe = searched(day, "auto")
    assert not pipe.wanting
    assert pipe.gains.keys().isdisjoint({"pyvrp", "cp-sat", "vroom"})
    assert pipe.failed == []


def left_out(problem: Problem, tour: Sequence[int], number: int) -> Unassigned:
    (entry,) = explain(problem, {7: tour}, [number])
    return entry


def test_who_is_left_out_of_two_trips_is_told_why_and_what_would_help() -> None:
    full = line(COURIER, *(stop(number) for number in (1, 2, 3, 4, 5)))
    entry = left_out(full, [1, 2, 3, 4], 5)
    assert entry.reason == "capacity"
    assert entry.relaxation is not None
    roomier = replace(COURIER, capacity=(3,))
    grown = evaluate(replace(full, vehicles=(roomier,)), {7: [1, 2, 3, 4, 5]})
    before = evaluate(full, {7: [1, 2, 3, 4]})
    assert not grown.violations
    assert (entry.relaxation.kind, entry.relaxation.cost_delta) == ("capacity", grown.cost - before.cost)

    early = line(replace(COURIER, window=(0, 300)), stop(1), stop(2, release=290))
    assert left_out(early, [1], 2).reason == "release"
    shut = line(COURIER, stop(1), stop(2, windows=((0, 5),)))
    assert left_out(shut, [1], 2).reason == "window"


def test_who_is_on_the_way_has_no_second_trip_and_who_is_not_has() -> None:
    place = (108.0, 14.0)
    courier = Vehicle(7, start=place, end=place, capacity=(2,), max_trips=2)
    day = Problem((courier, replace(courier, id=8)), (Job(1, (108.0, 14.1)),), Geodesic())
    gone, here = rest_of_day(day, {7: CourierPosition((108.0, 14.05), 100)}, ()).vehicles
    assert (gone.max_trips, here.max_trips) == (1, 2)
    assert validate(replace(day, vehicles=(gone,))) == []


def test_hours_are_evened_out_with_second_trips_kept() -> None:
    day = bag_day(24, 3, bag=5, trips=3, couriers=2)
    even = solve(day, iterations=30, balance=1800, engine="insertion")
    assert even.violations == ()
    assert sum(step.type == "reload" for route in even.routes for step in route.steps) >= 1
    assert even.served == 24


def test_locks_and_onward_legs_are_as_they_were_in_a_second_trip() -> None:
    onward = Onward({(2, 1): 8_000}, per_km=500)
    jobs = (stop(1), stop(2), stop(3, vehicle=7, desk=1, delivery=(0,), pickup=(1,)))
    day = replace(line(replace(COURIER, office=2), *jobs), onward=onward, assignment="free")
    route = route_of(replace(day, vehicles=(replace(day.vehicles[0], capacity=(1,), max_trips=3),)), [1, 2, 3])
    assert reloads_after(route) == (1,)
    assert (route.onward_distance, route.onward_cost) == (8_000, 4_000)
    other = replace(
        day, jobs=(*jobs[:2], replace(jobs[2], vehicle=9)), vehicles=(*day.vehicles, Vehicle(9, start_index=0))
    )
    assert {fault.cause for fault in evaluate(other, {7: [1, 2, 3]}).violations} == {"locked"}
