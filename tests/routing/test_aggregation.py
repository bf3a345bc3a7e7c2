from dataclasses import replace
from itertools import pairwise

import pytest
from pyvrp.stop import MaxIterations

from routing.engine_params import GroupParams
from routing.engines.aggregation import AggregatedInstance, StopGroups
from routing.engines.pyvrp_search import PyvrpInstance, clients_of, search
from routing.model import Model
from tests.bench.routing.days import gia_lai

PARAMS = GroupParams()

SIZES = {"with rules": (50, 1, 2, True), "plain": (40, 1, 3, False), "five offices": (80, 5, 4, True)}
"""Stops, offices, seed, and whether there are breaks, skills and second windows."""


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def instance(request: pytest.FixtureRequest) -> PyvrpInstance:
    stops, offices, seed, rules = request.param
    return PyvrpInstance(Model(gia_lai(stops, offices, seed, rules=rules, assignment="free")), complete=True)


def test_every_stop_is_in_one_group_of_near_stops_with_the_same_rules(instance: PyvrpInstance) -> None:
    stop_groups, jobs, allowed = StopGroups(instance, PARAMS), instance.model.jobs, instance.model.allowed
    groups = stop_groups.of_nothing()
    assert sorted(j for group in groups for j in group) == list(range(len(jobs)))
    assert 1 < max(len(group) for group in groups) <= PARAMS.stops
    for group in groups:
        assert len({(jobs[j].windows, tuple(j in able for able in allowed)) for j in group}) == 1
        assert all(stop_groups.way(a, b) <= PARAMS.near for a, b in pairwise(group))
        assert stop_groups.span(group) <= min(
            [PARAMS.longest, *((late - early) // 2 for early, late in jobs[group[0]].windows)]
        )


def test_a_plan_of_chains_costs_the_same_stop_by_stop_and_keeps_its_promises(instance: PyvrpInstance) -> None:
    stop_groups = StopGroups(instance, PARAMS)
    aggregated = AggregatedInstance.of(stop_groups, stop_groups.of_nothing())
    of_groups = search(aggregated.data, MaxIterations(60), 1, None, thorough=False)
    expanded = aggregated.expand(of_groups)
    assert of_groups.is_feasible()
    assert expanded.is_feasible()
    assert expanded.distance_cost() == of_groups.distance_cost()
    served = sorted(instance.job_of[client] for route in expanded.routes() for client in clients_of(route))
    assert served == list(range(len(instance.model.jobs)))


def test_chains_cut_along_a_plan_are_that_plan(instance: PyvrpInstance) -> None:
    plan = search(instance.data, MaxIterations(60), 1, None, thorough=False)
    stop_groups = StopGroups(instance, PARAMS)
    aggregated = AggregatedInstance.of(stop_groups, stop_groups.along(plan))
    assert len(aggregated.groups) < len(instance.model.jobs)
    of_groups = aggregated.aggregate(plan)
    assert of_groups.distance_cost() == plan.distance_cost()
    routes = [clients_of(route) for route in aggregated.expand(of_groups).routes()]
    assert routes == [clients_of(route) for route in plan.routes()]


def test_a_group_never_fills_more_than_half_of_a_bag() -> None:
    day = gia_lai(40, 1, 3)
    small = replace(day, vehicles=tuple(replace(vehicle, capacity=(6,)) for vehicle in day.vehicles))
    stop_groups = StopGroups(PyvrpInstance(Model(small), complete=True), PARAMS)
    loads = [[small.jobs[j] for j in group] for group in stop_groups.of_nothing()]
    assert max(sum(job.delivery[0] for job in group) for group in loads if len(group) > 1) <= 3
    assert max(sum(job.pickup[0] for job in group) for group in loads if len(group) > 1) <= 3
