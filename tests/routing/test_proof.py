"""What CP-SAT proves: the least change over every order of a short route, never more than the standing order needs."""

import random
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from routing.assign.proof import least, provable
from routing.matrix import Geodesic
from routing.model import Model
from routing.plan import Relaxation
from routing.problem import Break, Job, Problem, TravelTable, Vehicle
from routing.relax import relax, wider
from routing.search_params import SearchParams
from routing.tours import breaks_rule

PARAMS = SearchParams()

REST = Break(1, ((300, 700),), 60)


def small(seed: int) -> Problem:
    """A courier with a break, four stops with one window each; stop 0 is the one to let in."""
    rng = random.Random(seed)
    matrix = np.array([[0 if a == b else rng.randint(20, 150) for b in range(5)] for a in range(5)])
    jobs = []
    for number in range(4):
        early = rng.randint(0, 600)
        jobs.append(Job(number, location_index=number + 1, service=rng.randint(10, 60),
                        windows=((early, early + rng.randint(60, 300)),)))  # fmt: skip
    courier = Vehicle(1, start_index=0, end_index=0, window=(0, 900), breaks=(REST,) if seed % 2 else ())
    return Problem((courier,), tuple(jobs), Geodesic(), tables={"car": TravelTable(matrix, matrix)})


def by_hand(problem: Problem, kind: str, most: int) -> int | None:
    """The least amount by trying every order of every amount, in steps that halving can't fool."""
    low, high = 0, most + 1
    while low < high:
        middle = (low + high) // 2
        if any(breaks_rule(lifted(problem, kind, middle), 0, order) is None for order in permutations(range(4))):
            high = middle
        else:
            low = middle + 1
    return None if low > most else low


def lifted(problem: Problem, kind: str, amount: int) -> Model:
    first, courier = problem.jobs[0], problem.vehicles[0]
    if kind == "window":
        return Model(replace(problem, jobs=(replace(first, windows=wider(first.windows, amount)), *problem.jobs[1:])))
    return Model(replace(problem, vehicles=(replace(courier, window=(0, courier.window[1] + amount)),)))


@pytest.mark.parametrize("kind", ["window", "shift"])
@pytest.mark.parametrize("seed", range(20))
def test_the_least_change_is_what_trying_every_order_finds(seed: int, kind: str) -> None:
    problem = small(seed)
    model = Model(problem)
    assert provable(model, 0, [0, 1, 2, 3], PARAMS.explain.proved)
    found = least(model, 0, [0, 1, 2, 3], "window" if kind == "window" else "shift", 600, PARAMS.explain.proof_work)
    expected = by_hand(problem, kind, 600)
    assert (None if found is None else found.amount) == expected
    if found is not None:
        assert found.exact
        assert breaks_rule(lifted(problem, kind, found.amount), 0, found.order) is None


def test_long_routes_and_what_the_model_does_not_know_keep_the_standing_order() -> None:
    problem = small(1)
    courier, most = problem.vehicles[0], PARAMS.explain.proved
    two_breaks = replace(courier, breaks=(REST, replace(REST, id=2)))
    two = replace(problem.jobs[0], windows=((0, 10), (50, 60)))
    long = tuple(replace(problem.jobs[0], id=n) for n in range(most + 1))
    assert not provable(Model(replace(problem, vehicles=(replace(courier, max_duration=800),))), 0, [0, 1], most)
    assert not provable(Model(replace(problem, vehicles=(two_breaks,))), 0, [0], most)
    assert not provable(Model(replace(problem, jobs=(two, *problem.jobs[1:]))), 0, [0, 1], most)
    assert not provable(Model(replace(problem, jobs=long)), 0, range(most + 1), most)
    assert provable(Model(replace(problem, jobs=long[:most])), 0, range(most), most)


def test_another_order_lets_the_stop_in_with_less() -> None:
    """Standing order 2, 3; the stop fits between them only late, but before both at once when they are turned round."""
    matrix = np.array([[0, 100, 100, 10], [100, 0, 10, 100], [100, 10, 0, 100], [10, 100, 100, 0]])
    courier = Vehicle(1, start_index=0, end_index=0, window=(0, 420), per_hour=3600)
    stop = Job(1, location_index=1, windows=((0, 90),))
    others = (Job(2, location_index=2, windows=((0, 400),)), Job(3, location_index=3, windows=((0, 400),)))
    problem = Problem((courier,), (stop, *others), Geodesic(), tables={"car": TravelTable(matrix, matrix)})
    standing = relax(problem, {1: [3, 2]}, stop)
    proved = relax(problem, {1: [3, 2]}, stop, prove=True)
    assert standing is not None
    assert proved is not None
    assert proved.cost_delta <= standing.cost_delta
    assert proved.amount <= standing.amount
    assert proved == Relaxation("window", 10, "s", proved.cost_delta)
