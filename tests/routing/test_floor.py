"""A start is a floor: whatever a search answers, or nobody, the plan that comes back is not worse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

import routing
from routing.decompose import Subproblem
from routing.evaluate import evaluate
from routing.floor import kept
from routing.matrix import Geodesic
from routing.plan import Plan
from routing.portfolio import _DaySearch
from routing.problem import Onward, PlannedStep, Problem
from routing.search_params import SearchParams
from routing.time_budget import TimeBudget
from tests.routing.days import province

PARAMS = SearchParams()


def begun_with(problem: Problem, tours: Mapping[int, Sequence[int]]) -> Problem:
    """The same day with these routes as its start."""
    steps = {v: tuple(PlannedStep("job", number) for number in tour) for v, tour in tours.items()}
    return replace(problem, vehicles=tuple(replace(v, steps=steps.get(v.id)) for v in problem.vehicles))


def routes(plan: Plan) -> dict[int, Sequence[int]]:
    return {route.vehicle: route.job_ids for route in plan.routes}


def reform(stops: int = 60, seed: int = 6) -> Problem:
    """A day under `free`: papers pay their way home."""
    problem = province(5, stops, seed)
    seats = {vehicle.office or 0: vehicle.start or (0.0, 0.0) for vehicle in problem.vehicles}
    metres = Geodesic().block("car", list(seats.values()), list(seats.values()))[1]
    ways = {(a, b): int(metres[i, j]) for i, a in enumerate(seats) for j, b in enumerate(seats)}
    return replace(problem, assignment="free", onward=Onward(ways, per_km=300))


def searched(problem: Problem, answers: Mapping[int, Sequence[int]]) -> tuple[_DaySearch, list[int]]:
    """Plan a day whose searches bring nothing (`answers` stand in the end), and say how many parts were asked for in each run."""
    budget = TimeBudget(len(problem.jobs), 1.0, PARAMS.time, iterations=1)
    day = _DaySearch(problem, budget, 1, "auto", PARAMS, lambda _done, _total: None)
    asked: list[int] = []

    def run(parts: Sequence[Subproblem], _deadline: float | None, _take: Any) -> None:
        asked.append(len(parts))
        if answers:
            day.sequences = dict(answers)

    day.search(run)
    return day, asked


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_free_from_the_plan_at_home_is_never_dearer_even_where_no_search_brings_anything(seed: int) -> None:
    problem = reform(seed=seed)
    home = routing.solve(replace(problem, assignment="home"), iterations=2, engine="insertion")
    assert home.unassigned == ()
    day, asked = searched(begun_with(problem, routes(home)), {})
    judged = day.judged()
    assert judged.violations == ()
    assert judged.key <= evaluate(problem, routes(home)).key
    assert asked[0] < 5, "the offices are not searched again: the start stands for them"


def test_what_a_search_makes_worse_is_not_taken() -> None:
    problem = replace(reform(), assignment="home")
    home = routes(routing.solve(problem, iterations=2, engine="insertion"))
    backwards = {v: tuple(reversed(tour)) for v, tour in home.items()}
    started = begun_with(problem, home)
    assert searched(started, backwards)[0].judged().key == evaluate(problem, home).key
    assert searched(begun_with(problem, backwards), home)[0].judged().key == evaluate(problem, home).key


def test_of_a_start_that_breaks_a_promise_the_other_routes_are_the_floor() -> None:
    problem = replace(reform(), assignment="home")
    home = routes(routing.solve(problem, iterations=2, engine="insertion"))
    stranger, robbed, *others = home
    broken = {v: home[v] for v in others} | {stranger: [*home[stranger], home[robbed][0]]}  # of another office
    least = kept(begun_with(problem, broken))
    assert least is not None
    assert (least.violations, set(least.sequences)) == ((), set(others))
    assert kept(problem) is None


def test_hours_that_are_evened_out_may_cost_more_than_the_start() -> None:
    problem = replace(province(1, 60, seed=3), assignment="home")
    home = routing.solve(problem, iterations=20, engine="insertion")
    evened = routing.solve(begun_with(problem, routes(home)), iterations=20, engine="insertion", balance=1)
    assert evened.balance is not None
    assert evened.balance.cost_delta > 0
    assert evened.cost > home.cost
