"""Perturbation: pieces of routes moved, stops at another hour, and the way down."""

from dataclasses import replace

import pytest
import pyvrp

from routing.engines.interface import Limit
from routing.engines.perturbation import Perturbation
from routing.engines.polish import PhasedSearch
from routing.engines.pyvrp_search import PyvrpInstance, clients_of
from routing.matrix import Geodesic
from routing.model import Model
from routing.problem import Problem, Window
from routing.search_params import SearchParams
from tests.bench.routing.parts import office
from tests.routing.days import office_day

PARAMS = SearchParams()

MORNING, AFTERNOON = (7 * 3600, 11 * 3600), (13 * 3600, 17 * 3600)


def a_day(windows: tuple[Window, ...] = (MORNING, AFTERNOON)) -> PyvrpInstance:
    vehicles, jobs = office_day(1, 12, seed=3)
    half = tuple(replace(job, windows=windows if number % 2 else (MORNING,)) for number, job in enumerate(jobs))
    return PyvrpInstance(Model(Problem(tuple(vehicles[:1]), half, Geodesic(), "home")), complete=True)


def stops_of(instance: PyvrpInstance, plan: pyvrp.Solution) -> list[int]:
    return sorted(instance.job_of[client] for route in plan.routes() for client in clients_of(route))


def test_perturbation_leaves_a_plan_that_no_single_move_improves() -> None:
    model = Model(office(40).problem)
    work = PhasedSearch(PyvrpInstance(model, complete=True), Limit.of(None, 400), 1, PARAMS)
    begun = work.begin({}, cold=True)
    perturbation = Perturbation(work.instance, 1, PARAMS.perturbation)
    stuck = perturbation.down(
        work.reduce_fleet(Limit.of(None, 400), begun) or begun, perturbation.price, exhaustive=True
    )
    assert work.cost(perturbation.down(stuck, perturbation.price, exhaustive=True)) == work.cost(stuck)
    better = perturbation.run(Limit.of(None, 400), stuck)
    assert better.is_feasible()
    assert stops_of(work.instance, better) == list(range(len(model.jobs)))
    assert work.cost(better) < work.cost(stuck)


def test_without_time_the_plan_stands() -> None:
    instance = a_day()
    plan = PhasedSearch(instance, Limit.of(None, 20), 1, PARAMS).begin({}, cold=True)
    assert Perturbation(instance, 1, PARAMS.perturbation).run(Limit.of(None, 0), plan) is plan


def test_a_plan_that_serves_nobody_has_nothing_to_perturb() -> None:
    nobody = a_day()
    optional = tuple(replace(job, prize=1) for job in nobody.model.jobs)
    instance = PyvrpInstance(Model(replace(nobody.model.problem, jobs=optional)), complete=False)
    empty = pyvrp.Solution(instance.data, [])
    assert empty.is_feasible()
    assert Perturbation(instance, 1, PARAMS.perturbation).run(Limit.of(None, 50), empty) is empty


def test_a_piece_goes_elsewhere_and_every_stop_stays() -> None:
    perturbation = Perturbation(a_day(windows=(MORNING,)), 2, PARAMS.perturbation)
    before, orders = [list(range(8)), list(range(8, 12))], set()
    for _ in range(40):
        routes = [list(visits) for visits in before]
        perturbation.move_piece(routes)
        assert sorted(client for visits in routes for client in visits) == list(range(12))
        orders.add(tuple(map(tuple, routes)))
    assert len(orders) > 20


def test_a_stop_with_two_windows_goes_to_the_other_half_of_the_day() -> None:
    instance = a_day()
    perturbation = Perturbation(instance, 4, PARAMS.perturbation)
    assert perturbation.flexible == [j for j in range(12) if j % 2]
    mornings = [instance.first_of[j] for j in range(12)]
    routes = [list(mornings)]
    perturbation.change_hours(routes, [0])
    (visits,) = routes
    moved = [client for client in visits if client not in mornings]
    assert 1 <= len(moved) <= 3
    assert visits[-len(moved) :] == moved
    assert sorted(instance.job_of[client] for client in visits) == list(range(12))


@pytest.mark.parametrize(
    ("stops", "perturbations"), [(PARAMS.phases.perturbed_stops, 1), (PARAMS.phases.perturbed_stops + 1, 0)]
)
def test_large_problems_are_searched_only(stops: int, perturbations: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vehicles, jobs = office_day(1, stops, seed=1)
    work = PhasedSearch(
        PyvrpInstance(Model(Problem(tuple(vehicles), tuple(jobs), Geodesic(), "home")), complete=False),
        Limit.of(None, 1),
        1,
        PARAMS,
    )
    begun = work.search(Limit.of(None, 1), None)
    asked: list[Perturbation] = []

    def run(perturbation: Perturbation, limit: Limit, plan: pyvrp.Solution) -> pyvrp.Solution:
        del limit
        asked.append(perturbation)
        return plan

    monkeypatch.setattr(Perturbation, "run", run)
    work.improve(Limit.of(None, 1), begun)
    assert len(asked) == perturbations
