"""The quick answer to `does some start keep the longest span?` is the slow one's."""

import random
from dataclasses import replace

import pytest

from routing.model import Model
from routing.timing import best_start, departure_bound, fit, keeps_span, least_span
from tests.routing.days import small_problem


@pytest.mark.parametrize("seed", range(150))
def test_a_span_is_kept_exactly_where_the_judge_finds_a_start_that_keeps_it(seed: int) -> None:
    rng = random.Random(seed)
    problem = small_problem(rng)
    vehicles = tuple(replace(v, max_duration=rng.randint(600, 30_000)) for v in problem.vehicles)
    model = Model(replace(problem, vehicles=vehicles))
    for v in range(len(vehicles)):
        sequence = rng.sample(range(len(model.jobs)), rng.randint(1, len(model.jobs)))
        assert keeps_span(model, v, sequence) == (best_start(model, v, sequence) is not None)


@pytest.mark.parametrize("seed", range(50))
def test_no_route_is_shorter_than_its_driving_work_and_breaks(seed: int) -> None:
    rng = random.Random(seed)
    model = Model(small_problem(rng))
    for v in range(len(model.vehicles)):
        sequence = rng.sample(range(len(model.jobs)), rng.randint(1, len(model.jobs)))
        start = departure_bound(model, v, sequence)
        found = fit(model, v, sequence, start)
        assert found is None or found.end - start >= least_span(model, v, sequence)
