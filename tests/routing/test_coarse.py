from dataclasses import replace
from itertools import pairwise

import pytest
from pyvrp.stop import MaxIterations

from routing.engines.coarse import LONGEST_S, MOST, NEAR_S, Chains, Coarse
from routing.engines.pyvrp_search import Instance, clients_of, search
from routing.model import Model
from tests.bench.routing.days import gia_lai

SIZES = {"with rules": (50, 1, 2, True), "plain": (40, 1, 3, False), "five offices": (80, 5, 4, True)}
"""Stops, offices, seed, and whether there are breaks, skills and second windows."""


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def instance(request: pytest.FixtureRequest) -> Instance:
    stops, offices, seed, rules = request.param
    return Instance(Model(gia_lai(stops, offices, seed, rules=rules, assignment="free")), complete=True)


def test_every_stop_is_in_one_chain_of_near_stops_with_the_same_rules(instance: Instance) -> None:
    maker, jobs, allowed = Chains(instance), instance.model.jobs, instance.model.allowed
    chains = maker.of_nothing()
    assert sorted(j for chain in chains for j in chain) == list(range(len(jobs)))
    assert 1 < max(len(chain) for chain in chains) <= MOST
    for chain in chains:
        assert len({(jobs[j].windows, tuple(j in able for able in allowed)) for j in chain}) == 1
        assert all(maker.way(a, b) <= NEAR_S for a, b in pairwise(chain))
        assert maker.span(chain) <= min([LONGEST_S, *((late - early) // 2 for early, late in jobs[chain[0]].windows)])


def test_a_plan_of_chains_costs_the_same_stop_by_stop_and_keeps_its_promises(instance: Instance) -> None:
    maker = Chains(instance)
    coarse = Coarse.of(maker, maker.of_nothing())
    rough = search(coarse.data, MaxIterations(60), 1, None, thorough=False)
    fine = coarse.fine(rough)
    assert rough.is_feasible()
    assert fine.is_feasible()
    assert fine.distance_cost() == rough.distance_cost()
    served = sorted(instance.job_of[client] for route in fine.routes() for client in clients_of(route))
    assert served == list(range(len(instance.model.jobs)))


def test_chains_cut_along_a_plan_are_that_plan(instance: Instance) -> None:
    plan = search(instance.data, MaxIterations(60), 1, None, thorough=False)
    maker = Chains(instance)
    coarse = Coarse.of(maker, maker.along(plan))
    assert len(coarse.chains) < len(instance.model.jobs)
    rough = coarse.rough(plan)
    assert rough.distance_cost() == plan.distance_cost()
    routes = [clients_of(route) for route in coarse.fine(rough).routes()]
    assert routes == [clients_of(route) for route in plan.routes()]


def test_a_chain_never_fills_more_than_half_of_a_bag() -> None:
    day = gia_lai(40, 1, 3)
    small = replace(day, vehicles=tuple(replace(vehicle, capacity=(6,)) for vehicle in day.vehicles))
    maker = Chains(Instance(Model(small), complete=True))
    loads = [[small.jobs[j] for j in chain] for chain in maker.of_nothing()]
    assert max(sum(job.delivery[0] for job in chain) for chain in loads if len(chain) > 1) <= 3
    assert max(sum(job.pickup[0] for job in chain) for chain in loads if len(chain) > 1) <= 3
