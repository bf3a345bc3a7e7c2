"""A price for strangers: the courier who usually comes is worth a detour, and no more than his price."""

import random
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import permutations

import pytest

import routing
from routing.engines import pipeline
from routing.engines.pipeline import Pipeline
from routing.evaluate import Key, evaluate
from routing.matrix import Geodesic
from routing.model import Model
from routing.problem import Job, Problem
from routing.search_params import SearchParams
from routing.vroom_json import plan_to_json, problem_from_json, problem_to_json
from tests.routing.auditor import audit
from tests.routing.days import COURIER
from tests.routing.mixed import mixed_problem

SEAT = (108.0, 14.0)


def day(price: int, stops: int = 4) -> Problem:
    """Two couriers of one office; one side of it is the first one's, the other the second one's."""
    rng = random.Random(7)
    vehicles = tuple(
        replace(COURIER, id=number, start=SEAT, end=SEAT, office=1, breaks=(), fixed=20_000) for number in (1, 2)
    )
    jobs = tuple(
        Job(
            number,
            (SEAT[0] + rng.uniform(-0.03, 0.03), SEAT[1] + rng.uniform(-0.03, 0.03)),
            service=300,
            office=1,
            usual=frozenset({1 + number % 2}),
            stranger=price,
        )
        for number in range(1, stops + 1)
    )
    return Problem(vehicles, jobs, Geodesic(), "home")


def every_plan(problem: Problem) -> Iterator[dict[int, list[int]]]:
    ids = [job.id for job in problem.jobs]
    for order in permutations(ids):
        for cut in range(len(ids) + 1):
            yield {1: list(order[:cut]), 2: list(order[cut:])}


def least(problem: Problem) -> Key:
    model = Model(problem)
    return min(evaluate(problem, plan, model=model).key for plan in every_plan(problem))


def test_a_stranger_s_visits_are_counted_apart_from_the_routes() -> None:
    problem = day(7_000)
    judged = evaluate(problem, {1: [1, 2], 2: [3, 4]})
    assert judged.stranger_cost == 14_000
    assert judged.key == (0, judged.cost + 14_000)
    assert evaluate(day(0), {1: [1, 2], 2: [3, 4]}).cost == judged.cost


def test_a_door_without_usual_couriers_knows_no_strangers() -> None:
    problem = day(7_000)
    free = replace(problem, jobs=tuple(replace(job, usual=frozenset()) for job in problem.jobs))
    assert evaluate(free, {1: [1, 2, 3, 4]}).stranger_cost == 0


@pytest.mark.parametrize("price", [0, 6_000, 80_000])
@pytest.mark.parametrize("engine", [name for name in pipeline.NAMES if name == "auto" or pipeline.available(name)])
def test_no_engine_beats_brute_force_and_those_that_search_reach_it(engine: str, price: int) -> None:
    problem = day(price)
    plan = routing.solve(problem, iterations=20, seed=1, engine=engine)
    best = least(problem)
    assert (0, plan.objective) >= best
    if engine in {"auto", "ortools", "sisr"}:
        assert (0, plan.objective) == best


def test_a_high_price_keeps_everybody_with_their_courier_and_none_sends_one_alone() -> None:
    dear, free = (routing.solve(day(price), iterations=20, seed=1) for price in (80_000, 0))
    assert dear.stranger_cost == 0
    assert {route.vehicle: set(route.job_ids) for route in dear.routes} == {1: {2, 4}, 2: {1, 3}}
    assert len(free.routes) == 1


@pytest.mark.engines("vroom")
def test_vroom_is_not_asked_and_pyvrp_only_where_its_matrices_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    vroom_start = import_module(pipeline.MODULES["vroom"])
    assert not vroom_start.knows(Model(day(1)))
    assert vroom_start.knows(Model(day(0)))
    monkeypatch.setattr(pipeline, "available", lambda _name: True)
    params = SearchParams(pipeline=replace(SearchParams().pipeline, pyvrp_cells=1))
    few, many, plain = (
        Pipeline(day(price, stops), 1, None, lambda *_told: None, params) for price, stops in ((1, 4), (1, 30), (0, 30))
    )
    assert (few.has("pyvrp"), many.has("pyvrp"), plain.has("pyvrp")) == (True, False, True)


def test_under_free_an_office_whose_couriers_know_the_door_is_cheaper_by_the_price() -> None:
    problem = day(500_000)
    east = (SEAT[0] + 0.04, SEAT[1])
    other = replace(problem.vehicles[1], office=2, start=east, end=east)
    jobs = tuple(replace(job, location=SEAT, usual=frozenset({2})) for job in problem.jobs)
    both = replace(problem, vehicles=(problem.vehicles[0], other), jobs=jobs, assignment="free")
    assert {route.vehicle for route in routing.solve(both, iterations=5, seed=1).routes} == {2}
    blind = replace(both, jobs=tuple(replace(job, stranger=0) for job in jobs))
    assert {route.vehicle for route in routing.solve(blind, iterations=5, seed=1).routes} == {1}


def test_the_format_carries_them_and_an_outsider_counts_the_same() -> None:
    problem = day(6_000)
    document = problem_to_json(problem)
    assert document["jobs"][0]["usual"] == [2]
    assert document["jobs"][0]["stranger"] == 6_000
    assert problem_from_json(document).jobs == problem.jobs
    told = plan_to_json(routing.solve(problem, iterations=2, seed=1, engine="insertion"), problem)
    assert audit(document, told) == []
    told["summary"]["stranger_cost"] += 1
    for route in told["routes"]:
        route["stranger_cost"] = route.get("stranger_cost", 0) + 1
    assert len(audit(document, told)) >= len(told["routes"])


def test_random_problems_have_strangers_at_times() -> None:
    drawn = [mixed_problem(random.Random(f"verdict {number}")) for number in range(1, 60, 2)]
    assert any(job.stranger and job.usual for problem in drawn for job in problem.jobs)
